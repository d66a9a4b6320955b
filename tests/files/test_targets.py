"""The path or the file object that a video is written to, checked before anything is requested."""

from __future__ import annotations

import codecs
import io
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.support.actions import Serve, response
from tests.support.files import names
from tests.support.responses import ID, VIDEO, boxes, finished
from wan_ergonomic import DownloadError, IncompleteDownloadError

# More than a pipe holds.
LARGE = VIDEO + boxes(free=bytes(200_000))


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


def test_a_relative_path_is_in_the_current_folder(wan, server, tmp_path, monkeypatch):
    """A bare name is a path too."""
    monkeypatch.chdir(tmp_path)
    server.script("download", Serve(VIDEO))
    wan.download(finished(server), "v.mp4")
    assert names(tmp_path) == ["v.mp4"]


def closed() -> io.BytesIO:
    """Return a file object that is closed."""
    file = io.BytesIO()
    file.close()
    return file


class Awaited:
    """An asynchronous file object."""

    async def write(self, data: bytes) -> int:
        """Write nothing, for nobody awaits it."""
        return len(data)


class Drained:
    """An asynchronous file object whose write is plain, as asyncio's is."""

    def write(self, data: bytes) -> None:
        """Write in the event loop only."""

    async def drain(self) -> None:
        """Wait until it was sent."""


UNWRITABLE: dict[str, Callable[[], Any]] = {
    "nothing": lambda: None,
    "a number": lambda: 5,
    "bytes": lambda: b"v.mp4",
    "text": io.StringIO,
    "text over bytes": lambda: codecs.getwriter("utf-8")(io.BytesIO()),
    "a temporary file for text": partial(tempfile.NamedTemporaryFile, "w"),
    "closed": closed,
    "read-only": partial(open, os.devnull, "rb"),
    "a read-only temporary file": partial(tempfile.NamedTemporaryFile, "rb"),
    "asynchronous": Awaited,
    "asyncio's": Drained,
    "a null character": lambda: "a\0b.mp4",
    "too long": lambda: f"{'v' * 300}.mp4",
}


@pytest.mark.parametrize("make", UNWRITABLE.values(), ids=UNWRITABLE)
def test_a_target_that_cannot_be_written_is_rejected_first(
    wan, server, tmp_path, monkeypatch, make
):
    """Nothing is requested for it."""
    monkeypatch.chdir(tmp_path)
    with closing_if_open(make()) as target, pytest.raises(DownloadError):
        wan.download(finished(server), target)
    assert (server.requests, names(tmp_path)) == ([], [])


@contextmanager
def closing_if_open(target: Any) -> Iterator[Any]:
    """Close a target at the end, if it is a file."""
    yield target
    getattr(target, "close", lambda: None)()


def test_an_asynchronous_file_of_anyio_is_rejected_first(client_kind, server, tmp_path):
    """It would take nothing, for the video is written in a thread."""
    with (
        open(tmp_path / "v.mp4", "wb") as file,
        client_kind.client(base_url=server.url) as wan,
        pytest.raises(DownloadError, match="open for writing bytes"),
    ):
        wan.download(finished(server), anyio.wrap_file(file))
    assert server.requests == []


class TextOnly:
    """A file object that takes text only, which only writing to it shows."""

    def write(self, text: str) -> int:
        """Take text."""
        raise TypeError(f"text expected, not {type(text).__name__}")


def test_a_file_object_that_takes_no_bytes_after_all_is_an_error(wan, server):
    """The error is a typed one."""
    server.script("download", Serve(VIDEO))
    with pytest.raises(DownloadError, match="text expected, not bytes"):
        wan.download(finished(server), TextOnly())


def test_a_non_blocking_pipe_gets_the_whole_video(wan, server):
    """It is waited for while the pipe is full."""
    server.script("download", Serve(LARGE))
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    got: list[bytes] = []
    with open(reading, "rb") as source, open(writing, "wb", buffering=0) as file:
        reader = threading.Thread(target=lambda: got.append(source.read(len(LARGE))), daemon=True)
        reader.start()
        wan.download(finished(server), file)
        reader.join(30)
    assert got == [LARGE]


@pytest.mark.parametrize("overwrite", [True, False])
def test_a_symbolic_link_leads_to_the_file_that_it_names(wan, server, tmp_path, overwrite):
    """The link stays; the part file is beside that file."""
    (tmp_path / "there").mkdir()
    link, target = tmp_path / "v.mp4", tmp_path / "there" / "w.mp4"
    link.symlink_to(Path("there", "w.mp4"))
    if overwrite:
        target.write_bytes(b"old")
    server.script("download", Serve(VIDEO))
    wan.download(finished(server), link, overwrite=overwrite)
    assert (link.is_symlink(), target.is_symlink(), link.read_bytes()) == (True, False, VIDEO)
    assert (names(tmp_path), names(target.parent)) == (["there", "v.mp4"], ["w.mp4"])


def test_a_symbolic_link_to_itself_is_rejected_first(wan, server, tmp_path):
    """It names no file."""
    (tmp_path / "v.mp4").symlink_to("v.mp4")
    with pytest.raises(DownloadError, match="leads back to itself"):
        wan.download(finished(server), tmp_path / "v.mp4", overwrite=True)
    assert server.requests == []


def test_a_relative_path_means_what_it_meant_when_the_call_was_made(
    wan, server, tmp_path, monkeypatch
):
    """The current folder may change while the video is fetched."""
    (now := tmp_path / "now").mkdir()
    (later := tmp_path / "later").mkdir()
    monkeypatch.chdir(now)
    server.script("download", Serve(VIDEO))
    wan.download(finished(server), "v.mp4", on_progress=lambda *_: monkeypatch.chdir(later))
    assert (names(now), names(later)) == (["v.mp4"], [])


@pytest.mark.skipif(os.name == "nt", reason="a current folder cannot be removed there")
def test_a_relative_path_in_a_folder_that_is_gone_is_an_error(wan, server, tmp_path, monkeypatch):
    """Nothing is requested for it; an absolute one can be written."""
    (gone := tmp_path / "gone").mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    server.script("download", Serve(VIDEO))
    with pytest.raises(DownloadError, match="written"):
        wan.download(finished(server), "v.mp4")
    assert server.requests == []
    wan.download(finished(server), tmp_path / "v.mp4")
    assert names(tmp_path) == ["v.mp4"]


@pytest.mark.skipif(os.name == "nt", reason="every file name there is text")
def test_a_file_name_that_is_not_utf_8_is_accepted(wan, server, tmp_path):
    """Linux allows almost any bytes in a name."""
    target = tmp_path / os.fsdecode(b"caf\xe9.mp4")
    server.script("download", Serve(VIDEO))
    wan.download(finished(server), target)
    assert target.read_bytes() == VIDEO


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


def test_the_error_about_a_file_that_exists_names_the_generation(wan_once, server, tmp_path):
    """A list of videos still to be saved needs the id."""
    (tmp_path / "v.mp4").write_bytes(b"mine")
    with pytest.raises(DownloadError, match="already exists") as caught:
        wan_once.download(finished(server), tmp_path / "v.mp4")
    assert caught.value.generation_id == ID


def test_a_path_with_half_a_character_is_rejected_first(wan_once, server, tmp_path):
    """Nothing is requested for it."""
    with pytest.raises(DownloadError, match="Nothing can be written"):
        wan_once.download(finished(server), tmp_path / "v\ud800.mp4")
    assert server.requests == []


class Slow(io.RawIOBase):
    """An unbuffered file that accepts few bytes at a time."""

    def __init__(self, most: int) -> None:
        self.taken = b""
        self._most = most

    def writable(self) -> bool:
        """Return that it can be written to."""
        return True

    def write(self, data) -> int:
        """Accept some of the bytes."""
        self.taken += bytes(data[: self._most])
        return min(len(data), self._most)


def test_a_file_that_accepts_few_bytes_at_a_time_gets_all_of_them(wan, server):
    """As unbuffered standard output does; it stays open."""
    server.script("download", Serve(VIDEO))
    file = Slow(most=1000)
    wan.download(finished(server), file)
    assert (file.taken, file.closed) == (VIDEO, False)


def test_a_file_that_accepts_no_bytes_is_an_error(wan, server):
    """Writing again would never end."""
    server.script("download", Serve(VIDEO))
    with pytest.raises(DownloadError, match="it takes no more bytes") as caught:
        wan.download(finished(server), Slow(most=0))
    assert caught.value.generation_id == ID
