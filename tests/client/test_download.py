"""Where a video is saved: whole or not at all, and never over a file by surprise.

tests/faults plays what storages do wrong.
"""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from tests.support.actions import Hang, Send, Serve, head, response
from tests.support.files import largest_file, names
from tests.support.responses import ID, VIDEO, finished
from wan_ergonomic import DownloadError, IncompleteDownloadError

MP4 = {"Content-Type": "video/mp4"}


@pytest.mark.parametrize("kind", [str, Path])
def test_a_video_is_saved_to_a_path(wan, server, tmp_path, kind):
    """Nothing else is left in the folder, and the generation is returned."""
    server.script("download", Serve(VIDEO))
    generation = wan.download(finished(server), kind(tmp_path / "v.mp4"))
    assert (tmp_path / "v.mp4").read_bytes() == VIDEO
    assert (names(tmp_path), generation) == (["v.mp4"], finished(server))


def test_a_video_is_written_to_a_file_object(wan, server):
    """It is written at the current position, and the file object stays open."""
    server.script("download", Serve(VIDEO))
    file = io.BytesIO(b"before ")
    file.seek(0, io.SEEK_END)
    wan.download(finished(server), file)
    assert file.getvalue() == b"before " + VIDEO


def test_a_file_object_gets_nothing_of_an_incomplete_video(wan_once, server):
    """It is written to only once the video is whole."""
    server.script("download", Serve(VIDEO, cut=1000))
    file = io.BytesIO()
    with pytest.raises(IncompleteDownloadError):
        wan_once.download(finished(server), file)
    assert file.getvalue() == b""


def test_a_relative_path_is_in_the_current_folder(wan, server, tmp_path, monkeypatch):
    """A bare name is a path too."""
    monkeypatch.chdir(tmp_path)
    server.script("download", Serve(VIDEO))
    wan.download(finished(server), "v.mp4")
    assert names(tmp_path) == ["v.mp4"]


class Closed(io.BytesIO):
    """A file object that is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.close()


@pytest.mark.parametrize(
    "target",
    [None, 5, b"v.mp4", io.StringIO(), Closed(), "a\0b.mp4", f"{'v' * 300}.mp4"],
    ids=lambda target: f"{target!r:.12}",
)
def test_a_target_that_cannot_be_written_is_rejected_first(
    wan, server, tmp_path, monkeypatch, target
):
    """Nothing is requested for it."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DownloadError):
        wan.download(finished(server), target)
    assert (server.requests, names(tmp_path)) == ([], [])


@pytest.mark.skipif(os.name == "nt", reason="every file name there is text")
def test_a_file_name_that_is_not_utf_8_is_accepted(wan, server, tmp_path):
    """Linux allows almost any bytes in a name."""
    target = tmp_path / os.fsdecode(b"caf\xe9.mp4")
    server.script("download", Serve(VIDEO))
    wan.download(finished(server), target)
    assert target.read_bytes() == VIDEO


def test_a_video_has_its_name_only_once_it_is_whole(wan, server, tmp_path):
    """Another program that watches the folder never finds half a video."""
    server.script("download", Serve(VIDEO, cut=1000), Serve(VIDEO))
    path = tmp_path / "v.mp4"
    existed = []
    wan.download(finished(server), path, on_progress=lambda *_: existed.append(path.exists()))
    assert set(existed) == {False}
    assert path.read_bytes() == VIDEO


def test_a_file_that_exists_is_not_replaced(wan, server, tmp_path):
    """It is an error before anything is requested."""
    (tmp_path / "v.mp4").write_bytes(b"mine")
    with pytest.raises(DownloadError, match="already exists"):
        wan.download(finished(server), tmp_path / "v.mp4")
    assert ((tmp_path / "v.mp4").read_bytes(), server.requests) == (b"mine", [])


def test_a_file_that_appears_during_the_download_is_not_replaced(wan, server, tmp_path):
    """The video is kept in a part file, and need not be transferred again."""
    server.script("download", Serve(VIDEO))
    path = tmp_path / "v.mp4"
    with pytest.raises(DownloadError, match="already exists"):
        wan.download(finished(server), path, on_progress=lambda *_: path.write_bytes(b"mine"))
    assert path.read_bytes() == b"mine"
    path.unlink()
    wan.download(finished(server), path)
    assert (path.read_bytes(), names(tmp_path)) == (VIDEO, ["v.mp4"])


def test_overwrite_replaces_a_file_with_the_whole_video(wan, server, tmp_path):
    """No other file is left."""
    (tmp_path / "v.mp4").write_bytes(b"old")
    server.script("download", Serve(VIDEO))
    wan.download(finished(server), tmp_path / "v.mp4", overwrite=True)
    assert ((tmp_path / "v.mp4").read_bytes(), names(tmp_path)) == (VIDEO, ["v.mp4"])


def test_overwrite_keeps_the_old_file_if_the_download_fails(wan_once, server, tmp_path):
    """The old file goes only once the new one is whole."""
    (tmp_path / "v.mp4").write_bytes(b"old")
    server.script("download", response(500))
    with pytest.raises(IncompleteDownloadError):
        wan_once.download(finished(server), tmp_path / "v.mp4", overwrite=True)
    assert ((tmp_path / "v.mp4").read_bytes(), names(tmp_path)) == (b"old", ["v.mp4"])


@pytest.mark.parametrize(
    ("name", "words"),
    [("none/v.mp4", "does not exist"), (".", "is a folder"), ("pipe", "not a regular file")],
)
def test_a_path_that_cannot_hold_a_file_is_rejected_first(wan, server, tmp_path, name, words):
    """Nothing is requested that could not be written."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DownloadError, match=words):
        wan.download(finished(server), tmp_path / name, overwrite=True)
    assert server.requests == []


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


def test_a_chunked_video_is_saved_without_a_total(wan, server, tmp_path):
    """A chunked body says itself where it ends."""
    chunked = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (VIDEO[:50], VIDEO[50:]))
    calls = []
    server.script(
        "download", Send(head(200, {"Transfer-Encoding": "chunked"}) + chunked + b"0\r\n\r\n")
    )
    wan.download(finished(server), tmp_path / "v.mp4", on_progress=lambda *x: calls.append(x))
    assert (tmp_path / "v.mp4").read_bytes() == VIDEO
    assert calls[-1] == (len(VIDEO), None)


@pytest.mark.parametrize("body", [b"<html>Sorry</html>", b"", b"{}", VIDEO[:7], VIDEO[20:]])
def test_a_response_that_is_not_an_mp4_is_not_saved(wan, server, tmp_path, body):
    """A page in place of a video is an error, and is not requested again."""
    server.script("download", response(200, body, {"ETag": '"v1"', **MP4}))
    with pytest.raises(DownloadError, match="not hold an MP4") as caught:
        wan.download(finished(server), tmp_path / "v.mp4")
    assert caught.value.generation_id == ID
    assert (names(tmp_path), len(server.requests)) == ([], 1)


def test_a_response_that_is_not_an_mp4_is_not_read_to_its_end(wan, server, tmp_path):
    """The first bytes show it; the rest may be endless."""
    server.script("download", (Send(head(200, {}) + b"<html>" * 9), Hang()))
    with pytest.raises(DownloadError, match="not hold an MP4"):
        wan.download(finished(server), tmp_path / "v.mp4")
    assert names(tmp_path) == []
