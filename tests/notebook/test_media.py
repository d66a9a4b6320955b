"""The video in a cell: embedded, a still, or a sentence."""

from __future__ import annotations

import base64
import io
import os
import re
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.gallery.folders import frames, write_video
from tests.support.responses import ID
from wan_ergonomic import Generation
from wan_ergonomic.notebook import EMBED_BYTES, Budget, bundle

DATA = re.compile(r'src="data:([\w/]+);base64,([^"]+)"')


@pytest.fixture
def video(tmp_path) -> Path:
    """A video of a second."""
    return write_video(tmp_path / "a.mp4", frames(20))


def shown(file: Path, size: int = EMBED_BYTES) -> tuple[str, dict[str, bytes]]:
    """Return the HTML for a saved video, and what is embedded in it by its type."""
    generation = Generation(id=ID, status="completed", request={"prompt": 'A "boat"'}, file=file)
    html = bundle([generation], Budget(size))["text/html"]
    return html, {kind: base64.b64decode(data) for kind, data in DATA.findall(html)}


def test_a_saved_video_is_embedded_whole(video):
    """It plays without its file and without a link, and has a label for who cannot see it."""
    html, data = shown(video)
    assert data == {"video/mp4": video.read_bytes()}
    assert 'aria-label="A &quot;boat&quot;"' in html
    assert "<video controls loop muted playsinline" in html


def test_a_video_that_is_exactly_as_large_as_allowed_is_embedded(video):
    """One byte less, and it is not."""
    size = video.stat().st_size
    assert "video/mp4" in shown(video, size)[1]
    assert "video/mp4" not in shown(video, size - 1)[1]


def test_of_a_large_video_there_is_a_still_and_its_path(video, monkeypatch):
    """The notebook would grow too large."""
    monkeypatch.chdir(video.parent)
    html, data = shown(video, 100)
    assert Image.open(io.BytesIO(data["image/webp"])).size == (192, 108)
    assert 'alt="A &quot;boat&quot;"' in html
    assert "0.0 MB: too large for this cell." in html
    assert ">a.mp4<" in html


def test_without_the_extra_there_is_only_the_path(video, monkeypatch):
    """The core needs no library for pictures."""
    monkeypatch.setitem(sys.modules, "wan_ergonomic._stills", None)
    html, data = shown(video, 100)
    assert data == {}
    assert ("too large for this cell." in html, "a.mp4" in html) == (True, True)


def test_a_large_file_that_is_no_video_has_no_still(tmp_path):
    """The cell is made all the same."""
    file = tmp_path / "a.mp4"
    file.write_bytes(bytes(200))
    html, data = shown(file, 100)
    assert (data, "too large for this cell." in html) == ({}, True)


def test_a_file_that_is_no_mp4_is_not_embedded(tmp_path):
    """Somebody has put it there since."""
    file = tmp_path / "a.mp4"
    file.write_text("<html>")
    html, data = shown(file)
    assert (data, "The file is not an MP4." in html) == ({}, True)


@pytest.mark.parametrize("name", ["gone.mp4", ".", "gone/a.mp4"])
def test_a_file_that_is_gone_is_said_to_be(tmp_path, name):
    """The path remains."""
    html, data = shown(tmp_path / name)
    assert (data, "The file is no longer there." in html) == ({}, True)


@pytest.mark.skipif(os.name == "nt", reason="pipes have no name")
def test_a_pipe_is_not_opened(tmp_path):
    """That would take forever."""
    os.mkfifo(tmp_path / "a.mp4")
    assert "The file is no longer there." in shown(tmp_path / "a.mp4")[0]


class Unreadable(type(Path())):  # type: ignore[misc]
    """A file that may not be opened."""

    def open(self, *_: object, **__: object) -> None:
        """Refuse."""
        raise PermissionError(13, "Permission denied")


def test_a_file_that_cannot_be_read_says_why(video):
    """The card is shown all the same."""
    html, data = shown(Unreadable(video))
    assert (data, "The file cannot be read: Permission denied." in html) == ({}, True)


class Growing(type(Path())):  # type: ignore[misc]
    """A file that has grown by the time that it is read."""

    def open(self, *_: object, **__: object) -> io.BytesIO:
        """Return more than there was."""
        return io.BytesIO(self.read_bytes() + bytes(10))

    def read_bytes(self) -> bytes:
        """Return what there was."""
        return Path(self).read_bytes()


def test_a_file_that_grows_is_not_embedded_beyond_the_limit(video):
    """Only what fits is read."""
    assert "video/mp4" not in shown(Growing(video), video.stat().st_size)[1]
