"""Real videos: the test card with a growing bar and a running clock, as H.264 in MP4.

The same card always gives the same bytes: one thread, fixed settings, no timestamps.
"""

from __future__ import annotations

import hashlib
import tempfile
import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import av
from PIL import Image, ImageDraw

from ._card import TRACK, WHITE, Card, picture
from ._font import write

if TYPE_CHECKING:
    from av.video.stream import VideoStream

RATE = 30
SECONDS = 5
FRAMES = RATE * SECONDS

_KEPT = 16
_OPTIONS = {"preset": "ultrafast", "crf": "24", "threads": "1"}
# ITU-R BT.601 with studio range, which the card's luma and chroma are in.
_SMPTE170M = 6
_STUDIO_RANGE = 1


@dataclass(frozen=True, slots=True)
class Video:
    """A finished file and its strong entity tag."""

    data: bytes
    etag: str


class Videos:
    """Renders each card at its first request and keeps the last few."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._video_of = lru_cache(_KEPT)(_video_of)

    def get(self, card: Card) -> Video:
        """Return a card's video. The first call takes a second or two: call it in a thread."""
        with self._lock:
            return self._video_of(card)


def _video_of(card: Card) -> Video:
    data = render(card)
    return Video(data, f'"{hashlib.sha256(data).hexdigest()[:32]}"')


def render(card: Card) -> bytes:
    """Return a card's video: an MP4 whose index comes first, so that it plays while it loads."""
    still = picture(card)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "video.mp4")
        options = {"movflags": "+faststart", "fflags": "+bitexact"}
        with av.open(path, "w", options=options) as container:
            stream = container.add_stream("libx264", rate=RATE, options=_OPTIONS)
            _configure(stream, card)
            for number in range(FRAMES):
                luma = still.copy()
                _draw_time(card, luma, number)
                container.mux(stream.encode(_frame(card, luma, number)))
            container.mux(stream.encode(None))
        return path.read_bytes()


def _configure(stream: VideoStream, card: Card) -> None:
    stream.width, stream.height = card.size
    stream.pix_fmt = "yuv420p"
    codec = stream.codec_context
    codec.color_range = _STUDIO_RANGE
    codec.colorspace = codec.color_primaries = codec.color_trc = _SMPTE170M


def _frame(card: Card, luma: Image.Image, number: int) -> av.VideoFrame:
    frame = av.VideoFrame(*card.size, "yuv420p")
    whole, *halves = frame.planes
    # The codec pads each row; cropping beyond the edge pads the picture in the same way.
    rows = whole.buffer_size // whole.line_size
    whole.update(luma.crop((0, 0, whole.line_size, rows)).tobytes())
    for plane, value in zip(halves, card.chroma, strict=True):
        plane.update(bytes([value]) * plane.buffer_size)
    frame.pts = number
    return frame


def _draw_time(card: Card, luma: Image.Image, number: int) -> None:
    """Draw a bar that grows with each frame, and the time above it."""
    draw = ImageDraw.Draw(luma)
    left, right = card.margin, card.size[0] - card.margin
    top = card.size[1] - card.margin
    bottom = top + round(2 * card.unit)
    draw.rectangle((left, top, right, bottom), fill=TRACK)
    draw.rectangle((left, top, left + (right - left) * (number + 1) / FRAMES, bottom), fill=WHITE)
    time = f"{number / RATE:05.2f} s    frame {number + 1:03d} / {FRAMES}"
    write(draw, (left, top - 1.5 * card.unit), time, 3 * card.unit, WHITE)
