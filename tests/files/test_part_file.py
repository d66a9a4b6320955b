"""A part file gets the name of its target once it is whole, and never over another file."""

from __future__ import annotations

import errno
import os
from pathlib import Path, PosixPath

import pytest

from tests.support.files import names
from tests.support.responses import ID, VIDEO
from wan_ergonomic import DownloadError

# _part_file is not in the door: the tests replace the file system for it.
from wan_ergonomic._files import PartFile, _part_file


def whole_part(folder: Path) -> PartFile:
    """Return an open part file that holds a whole video."""
    part = PartFile(folder / "v.mp4", ID, overwrite=False)
    part.open()
    part.begin(200, {"etag": '"v1"'})
    part.write(VIDEO)
    return part


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
