"""Only the caller decides where a video is saved."""

from __future__ import annotations

import errno
import os
from pathlib import Path, PosixPath

import pytest

from tests.support.actions import Serve, response
from tests.support.files import largest_file, names
from tests.support.responses import ID, VIDEO, finished, link, poll_response
from wan_ergonomic import DownloadError

# _part_file is not in the door: the tests replace the file system for it.
from wan_ergonomic._files import PartFile, _part_file

# On Linux nobody can create a file here, not even root.
READ_ONLY = Path("/sys")


def whole_part(folder: Path) -> PartFile:
    """Return an open part file that holds a whole video."""
    part = PartFile(folder / "v.mp4", ID, overwrite=False)
    part.open()
    part.begin(200, {"etag": '"v1"'})
    part.write(VIDEO)
    return part


def test_file_names_in_responses_are_not_used(wan_once, server, tmp_path):
    """Neither the API's, nor the storage's, nor the link's."""
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    video = {"url": link(server).replace("v.mp4", "../../evil.mp4"), "file_name": "../../evil.mp4"}
    server.script("poll", poll_response("completed", video=video))
    headers = {"Content-Disposition": 'attachment; filename="../../evil.mp4"'}
    server.script("download", response(200, VIDEO, headers))
    wan_once.download(ID, folder / "v.mp4")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [folder / "v.mp4"]


@pytest.mark.parametrize("identity", ["../../evil", "/etc/evil", "a/b", "..", "C:evil", "x" * 300])
def test_an_id_is_not_part_of_a_path(wan_once, server, tmp_path, identity):
    """The part file of a broken download is beside its target, whatever the id is."""
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    url = {"url": link(server)}
    server.script("poll", response(200, {"id": identity, "status": "completed", "video": url}))
    server.script("download", Serve(VIDEO, cut=100))
    with pytest.raises(DownloadError) as caught:
        wan_once.download(identity, folder / "v.mp4")
    (left,) = (path for path in tmp_path.rglob("*") if path.is_file())
    assert (left.parent, caught.value.generation_id) == (folder, identity)


def test_an_etag_is_not_part_of_a_path(wan_once, server, tmp_path):
    """The part file encodes it."""
    server.script("download", Serve(VIDEO, etag='"../../evil"', cut=100))
    with pytest.raises(DownloadError):
        wan_once.download(finished(server), tmp_path / "v.mp4")
    (name,) = names(tmp_path)
    assert (name.startswith(".wan-"), "evil" in name) == (True, False)


@pytest.mark.skipif(not READ_ONLY.is_dir(), reason="there is no such folder here")
def test_a_read_only_folder_is_an_error_that_names_the_generation(wan_once, server):
    """Before anything is requested from the storage."""
    with pytest.raises(DownloadError, match=f"{ID} could not be written") as caught:
        wan_once.download(finished(server), READ_ONLY / "v.mp4")
    assert (caught.value.generation_id, server.requests) == (ID, [])


def test_the_error_about_a_file_that_exists_names_the_generation(wan_once, server, tmp_path):
    """A list of videos still to be saved needs the id."""
    (tmp_path / "v.mp4").write_bytes(b"mine")
    with pytest.raises(DownloadError, match="already exists") as caught:
        wan_once.download(finished(server), tmp_path / "v.mp4")
    assert caught.value.generation_id == ID


def test_a_full_disk_during_a_resumption_leaves_no_file(wan_once, server, tmp_path):
    """Not even the part file, which takes room that is needed."""
    server.script("download", Serve(VIDEO, cut=1000), Serve(VIDEO), Serve(VIDEO))
    with pytest.raises(DownloadError):
        wan_once.download(finished(server), tmp_path / "v.mp4")
    with largest_file(2000), pytest.raises(DownloadError, match=f"{ID} could not be written"):
        wan_once.download(finished(server), tmp_path / "v.mp4")
    assert names(tmp_path) == []
    wan_once.download(finished(server), tmp_path / "v.mp4")
    assert names(tmp_path) == ["v.mp4"]


def test_the_second_of_two_downloads_to_one_name_is_an_error(tmp_path):
    """The first video is not replaced; the second one is kept in its part file."""
    first, second = whole_part(tmp_path), whole_part(tmp_path)
    first.publish()
    with pytest.raises(DownloadError, match="already exists"):
        second.publish()
    for part in (first, second):
        part.close()
    kept, name = names(tmp_path)
    assert (Path(kept).suffix, name) == (".part", "v.mp4")


def test_a_file_that_appears_after_the_last_check_is_not_replaced(tmp_path, monkeypatch):
    """Checking that a name is free and taking it are one step."""
    target, replaced = tmp_path / "v.mp4", []

    class Late(PosixPath):
        def replace(self, to):
            target.write_bytes(b"mine")
            replaced.append(to)
            return super().replace(to)

    monkeypatch.setattr(_part_file, "Path", Late)
    part = whole_part(tmp_path)
    part.publish()
    part.close()
    assert (replaced, names(tmp_path), target.read_bytes()) == ([], ["v.mp4"], VIDEO)


@pytest.mark.parametrize("exists", [True, False])
def test_without_hard_links_an_existing_file_is_not_replaced(tmp_path, monkeypatch, exists):
    """Some file systems have no hard links."""

    class WithoutLinks(PosixPath):
        def hardlink_to(self, _):
            raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))

    monkeypatch.setattr(_part_file, "Path", WithoutLinks)
    part, target = whole_part(tmp_path), tmp_path / "v.mp4"
    if exists:
        target.write_bytes(b"mine")
        with pytest.raises(DownloadError, match="already exists"):
            part.publish()
    else:
        part.publish()
    part.close()
    assert target.read_bytes() == (b"mine" if exists else VIDEO)
