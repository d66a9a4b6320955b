"""Where a video ends up is the caller's word alone."""

from __future__ import annotations

import errno
import os
from pathlib import Path, PosixPath

import pytest

from tests.client.test_download import largest_file, names
from tests.support.actions import Serve, response
from tests.support.responses import ID, VIDEO, finished, link, poll_response
from wan_ergonomic import DownloadError, RetryPolicy
from wan_ergonomic._files import _part_file
from wan_ergonomic._files._part_file import PartFile

# Linux lets nobody make a file here, not even root.
READ_ONLY = Path("/sys")


@pytest.fixture
def wan(client_kind, server, clock):
    """A client that tries everything once."""
    once = RetryPolicy(attempts=1)
    with client_kind.client(base_url=server.url, clock=clock, retrying=once) as client:
        yield client


def held(folder: Path) -> PartFile:
    """Return an open part file that holds a whole video."""
    part = PartFile(folder / "v.mp4", ID, overwrite=False)
    part.open()
    part.begin(200, {"etag": '"v1"'})
    part.write(VIDEO)
    return part


def test_the_vendors_names_for_a_file_are_not_used(wan, server, tmp_path):
    """Neither the answer's, nor the storage's, nor the link's."""
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    video = {"url": link(server).replace("v.mp4", "../../evil.mp4"), "file_name": "../../evil.mp4"}
    server.script("poll", poll_response("completed", video=video))
    headers = {"Content-Disposition": 'attachment; filename="../../evil.mp4"'}
    server.script("download", response(200, VIDEO, headers))
    wan.download(ID, folder / "v.mp4")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [folder / "v.mp4"]


@pytest.mark.parametrize("identity", ["../../evil", "/etc/evil", "a/b", "..", "C:evil", "x" * 300])
def test_an_id_is_no_part_of_a_path(wan, server, tmp_path, identity):
    """What is kept of a video that broke off lies beside its target, whatever the id says."""
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    url = {"url": link(server)}
    server.script("poll", response(200, {"id": identity, "status": "completed", "video": url}))
    server.script("download", Serve(VIDEO, cut=100))
    with pytest.raises(DownloadError) as caught:
        wan.download(identity, folder / "v.mp4")
    (left,) = (path for path in tmp_path.rglob("*") if path.is_file())
    assert (left.parent, caught.value.generation_id) == (folder, identity)


def test_an_etag_is_no_part_of_a_path_either(wan, server, tmp_path):
    """A storage may call its versions what it likes."""
    server.script("download", Serve(VIDEO, etag='"../../evil"', cut=100))
    with pytest.raises(DownloadError):
        wan.download(finished(server), tmp_path / "v.mp4")
    (name,) = names(tmp_path)
    assert (name.startswith(".wan-"), "evil" in name) == (True, False)


@pytest.mark.skipif(not READ_ONLY.is_dir(), reason="there is no such folder here")
def test_a_folder_that_is_read_only_is_an_error_that_names_the_generation(wan, server):
    """Before anything is asked of the storage."""
    with pytest.raises(DownloadError, match=f"{ID} could not be written") as caught:
        wan.download(finished(server), READ_ONLY / "v.mp4")
    assert (caught.value.generation_id, server.requests) == (ID, [])


def test_a_place_that_is_refused_is_told_with_its_generation(wan, server, tmp_path):
    """Whoever keeps a list of what is not saved yet needs the id."""
    (tmp_path / "v.mp4").write_bytes(b"mine")
    with pytest.raises(DownloadError, match="already exists") as caught:
        wan.download(finished(server), tmp_path / "v.mp4")
    assert caught.value.generation_id == ID


def test_a_disk_that_is_full_when_going_on_leaves_nothing(wan, server, tmp_path):
    """What an earlier call left is not worth more than the room it takes."""
    server.script("download", Serve(VIDEO, cut=1000), Serve(VIDEO), Serve(VIDEO))
    with pytest.raises(DownloadError):
        wan.download(finished(server), tmp_path / "v.mp4")
    with largest_file(2000), pytest.raises(DownloadError, match=f"{ID} could not be written"):
        wan.download(finished(server), tmp_path / "v.mp4")
    assert names(tmp_path) == []
    wan.download(finished(server), tmp_path / "v.mp4")
    assert names(tmp_path) == ["v.mp4"]


def test_of_two_downloads_to_one_name_the_second_is_refused(tmp_path):
    """What the first one saved is not replaced; what the second one has is kept."""
    first, second = held(tmp_path), held(tmp_path)
    first.publish()
    with pytest.raises(DownloadError, match="already exists"):
        second.publish()
    for part in (first, second):
        part.close()
    kept, name = names(tmp_path)
    assert (Path(kept).suffix, name) == (".part", "v.mp4")


def test_a_file_that_appears_after_the_last_look_is_not_replaced(tmp_path, monkeypatch):
    """Looking whether a name is free and taking it are one step."""
    target, lost = tmp_path / "v.mp4", []

    class Late(PosixPath):
        def replace(self, to):
            target.write_bytes(b"mine")
            lost.append(to)
            return super().replace(to)

    monkeypatch.setattr(_part_file, "Path", Late)
    part = held(tmp_path)
    part.publish()
    part.close()
    assert (lost, names(tmp_path), target.read_bytes()) == ([], ["v.mp4"], VIDEO)


@pytest.mark.parametrize("there", [True, False])
def test_where_files_have_one_name_only_the_target_is_looked_at(tmp_path, monkeypatch, there):
    """Some file systems have no links; a file that exists is safe on them too."""

    class WithoutLinks(PosixPath):
        def hardlink_to(self, _):
            raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))

    monkeypatch.setattr(_part_file, "Path", WithoutLinks)
    part, target = held(tmp_path), tmp_path / "v.mp4"
    if there:
        target.write_bytes(b"mine")
        with pytest.raises(DownloadError, match="already exists"):
            part.publish()
    else:
        part.publish()
    part.close()
    assert target.read_bytes() == (b"mine" if there else VIDEO)
