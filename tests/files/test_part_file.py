"""A part file gets the name of its target once it is whole, and never over another file."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path, PosixPath

import pytest

from tests.support.files import names
from tests.support.responses import ID, VIDEO
from tests.support.stand_in import stand_in
from wan_ergonomic import DownloadError

# Not in the door: the tests replace the file system for them.
from wan_ergonomic._files import PartFile, _naming, _target

STRONG = {"etag": '"v1"'}


def whole_part(
    folder: Path, *, overwrite: bool = False, headers: Mapping[str, str] = STRONG
) -> PartFile:
    """Return an open part file that holds a whole video."""
    part = PartFile(folder / "v.mp4", ID, overwrite=overwrite)
    part.open()
    part.begin(200, headers)
    part.write(VIDEO)
    return part


def test_the_second_of_two_downloads_to_one_name_is_an_error(tmp_path):
    """The first video is not replaced; the same video is not kept a second time."""
    first, second = whole_part(tmp_path), whole_part(tmp_path)
    first.publish()
    with pytest.raises(DownloadError, match="already exists"):
        second.publish()
    for part in (first, second):
        part.close()
    assert names(tmp_path) == ["v.mp4"]


def test_a_file_that_appears_after_the_last_check_is_not_replaced(tmp_path, monkeypatch):
    """Checking that a name is free and taking it are one step."""
    target, replaced = tmp_path / "v.mp4", []

    class Late(PosixPath):
        def replace(self, to):
            target.write_bytes(b"mine")
            replaced.append(to)
            return super().replace(to)

    monkeypatch.setattr(_target, "Path", Late)
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

    monkeypatch.setattr(_target, "Path", WithoutLinks)
    part, target = whole_part(tmp_path), tmp_path / "v.mp4"
    if exists:
        target.write_bytes(b"mine")
        with pytest.raises(DownloadError, match="already exists"):
            part.publish()
    else:
        part.publish()
    part.close()
    assert target.read_bytes() == (b"mine" if exists else VIDEO)


@pytest.mark.parametrize("reason", [errno.EINVAL, errno.ENOTSUP, errno.EPERM])
def test_a_file_system_that_refuses_fsync_still_gets_its_file(tmp_path, monkeypatch, reason):
    """Some network and FUSE file systems do."""
    stand_in(monkeypatch, _naming, "os", fsync=failing(reason))
    part = whole_part(tmp_path)
    part.publish()
    part.close()
    assert names(tmp_path) == ["v.mp4"]


@pytest.mark.parametrize("loss", [errno.EIO, errno.ENOSPC])
def test_bytes_that_fsync_lost_are_not_a_saved_video(tmp_path, monkeypatch, loss):
    """A disk may say only then that it is full or broken."""
    stand_in(monkeypatch, _naming, "os", fsync=failing(loss))
    part = whole_part(tmp_path)
    with pytest.raises(DownloadError, match=os.strerror(loss)):
        part.publish()
    part.close()
    assert names(tmp_path) == []


def failing(number: int) -> Callable[..., None]:
    """Return a function that fails with an error of the operating system."""

    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return fail


def test_a_file_that_is_overwritten_keeps_its_mode(tmp_path):
    """What was private stays private."""
    target = tmp_path / "v.mp4"
    target.write_bytes(b"old")
    target.chmod(0o640)
    part = whole_part(tmp_path, overwrite=True)
    part.publish()
    assert (target.stat().st_mode & 0o777, target.read_bytes()) == (0o640, VIDEO)


def test_a_file_system_without_modes_still_gets_its_file(tmp_path, monkeypatch):
    """Such as FAT."""

    class WithoutModes(PosixPath):
        def chmod(self, mode, **_):
            raise PermissionError(errno.EPERM, f"no mode {mode:o} here")

    monkeypatch.setattr(_target, "Path", WithoutModes)
    (tmp_path / "v.mp4").write_bytes(b"old")
    whole_part(tmp_path, overwrite=True).publish()
    assert (tmp_path / "v.mp4").read_bytes() == VIDEO


def test_a_video_whose_name_is_taken_meanwhile_is_kept(tmp_path):
    """Another target in the same folder, or the same one, needs no byte again."""
    part = whole_part(tmp_path)
    (tmp_path / "v.mp4").write_bytes(b"mine")
    with pytest.raises(DownloadError, match=r"already exists.* is kept beside it"):
        part.publish()
    part.close()
    again = PartFile(tmp_path / "w.mp4", ID, overwrite=False)
    again.open()
    assert again.request_headers()["Range"] == f"bytes={len(VIDEO)}-"
    assert again.has_all(416, {"content-range": f"bytes */{len(VIDEO)}"})
    again.publish()
    assert (names(tmp_path), (tmp_path / "w.mp4").read_bytes()) == (["v.mp4", "w.mp4"], VIDEO)


@pytest.mark.parametrize(
    ("status", "content_range"),
    [(416, ""), (416, "bytes */99"), (416, "bytes */x"), (200, f"bytes */{len(VIDEO)}")],
)
def test_a_part_is_whole_only_if_the_storage_has_as_many_bytes(tmp_path, status, content_range):
    """Any other response to a range begins anew."""
    part = whole_part(tmp_path)
    assert not part.has_all(status, {"content-range": content_range})
    part.close()


def test_a_name_taken_by_something_that_cannot_be_read_is_taken(tmp_path, monkeypatch):
    """Whether it is the same video is not known then, so the bytes are kept."""
    part = whole_part(tmp_path)
    (tmp_path / "v.mp4").write_bytes(b"mine")
    stand_in(monkeypatch, _naming, "filecmp", cmp=failing(errno.EACCES))
    with pytest.raises(DownloadError, match="is kept beside it"):
        part.publish()
    part.close()
    assert len(names(tmp_path)) == 2


def test_without_a_validator_nothing_is_kept(tmp_path):
    """A later call could not tell whether the storage still has the same video."""
    part = whole_part(tmp_path, headers={})
    (tmp_path / "v.mp4").write_bytes(b"mine")
    with pytest.raises(DownloadError, match=r"pass overwrite=True\.$"):
        part.publish()
    part.close()
    assert names(tmp_path) == ["v.mp4"]


def test_the_validator_of_a_part_is_that_of_its_last_response(tmp_path):
    """A video without a validator is not kept under the name of an earlier version."""
    part = whole_part(tmp_path)
    part.begin(200, {})
    part.write(VIDEO[:100])
    part.close()
    assert names(tmp_path) == []


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux can be told to begin.")
@pytest.mark.parametrize("fails", [False, True])
def test_a_large_video_is_written_while_it_comes(tmp_path, monkeypatch, fails):
    """In parts of 8 MiB, each once, so that little is left for the end; if it fails, then."""
    told: list[tuple[int, int]] = []

    def advise(_: int, first: int, size: int, __: int) -> None:
        told.append((first, first + size))
        if fails:
            raise OSError(errno.ENOSYS, "not here")

    stand_in(monkeypatch, _naming, "os", posix_fadvise=advise)
    part = whole_part(tmp_path)
    for _ in range(20):
        part.write(bytes(2**20))
    part.close()
    sizes = [last - first for first, last in told]
    assert len(told) == 2
    assert all(size >= 2**23 - 2**20 for size in sizes)
    assert told[-1][1] == len(VIDEO) + 16 * 2**20


def test_a_video_for_a_file_object_is_not_written_ahead(monkeypatch):
    """It may never be on a disk."""
    stand_in(monkeypatch, _naming, "os", posix_fadvise=failing(errno.EIO))
    part = PartFile(io.BytesIO(), ID, overwrite=False)
    part.open()
    part.begin(200, STRONG)
    part.write(VIDEO + bytes(2**24))
    assert part.offset == len(VIDEO) + 2**24
    part.close()


def test_a_file_is_no_folder(tmp_path):
    """The advice to create a folder would not help."""
    (tmp_path / "v.mp4").write_bytes(b"mine")
    with pytest.raises(DownloadError, match=r"v\.mp4 is a file, not a folder\."):
        PartFile(tmp_path / "v.mp4" / "w.mp4", "gen-1", overwrite=False).open()
