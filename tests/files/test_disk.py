"""A disk that is full, and a folder that nothing can be written to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.actions import Serve
from tests.support.files import largest_file, names
from tests.support.responses import ID, VIDEO, finished
from wan_ergonomic import DownloadError

# On Linux nobody can create a file here, not even root.
READ_ONLY = Path("/sys")


@pytest.mark.skipif(not READ_ONLY.is_dir(), reason="there is no such folder here")
def test_a_read_only_folder_is_an_error_that_names_the_generation(wan_once, server):
    """Before anything is requested from the storage."""
    with pytest.raises(DownloadError, match=f"{ID} could not be written") as caught:
        wan_once.download(finished(server), READ_ONLY / "v.mp4")
    assert (caught.value.generation_id, server.requests) == (ID, [])


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


def test_a_full_disk_leaves_no_file(wan, server, tmp_path):
    """The error names the generation."""
    server.script("download", Serve(VIDEO * 10))
    with largest_file(5000), pytest.raises(DownloadError, match=f"{ID} could not be written"):
        wan.download(finished(server), tmp_path / "v.mp4")
    assert (names(tmp_path), len(server.requests)) == ([], 1)


def test_a_full_disk_under_a_file_object_is_the_same_error(wan, server):
    """The cause is the operating system's error."""
    server.script("download", Serve(VIDEO))
    with (
        open("/dev/full", "wb", buffering=0) as full,
        pytest.raises(DownloadError, match="No space left") as caught,
    ):
        wan.download(finished(server), full)
    assert isinstance(caught.value.__cause__, OSError)
