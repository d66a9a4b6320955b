"""Looks at a video itself: decodes every frame, and compares some of them.

Needs the ``video`` extra, which is imported only here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from wan_ergonomic._errors import ConfigurationError, VideoFileError

if TYPE_CHECKING:
    import av
    from av.container import InputContainer
    from av.video.stream import VideoStream

# Frames are compared as grey pictures of this size, 0 to 255. A cell is the mean of the pixels
# that it stands for, so that noise vanishes in it, and a candle in the night does not.
_GRID = (96, 54)
# So many frames are compared, spread evenly over the video.
_SAMPLES = 24
# No cell of a black video is brighter.
BLACK = 40
# No cell of a frozen video differs more from that of the first frame.
FROZEN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What was seen in a video.

    Attributes:
        width: Pixels, as shown: a rotation is taken into account.
        height: Pixels, as shown.
        seconds: From the first to the end of the last frame.
        frames: How many could be decoded.
        codec: FFmpeg's name of it, such as ``h264``.
        audio: Whether there is sound.
        black: Whether no frame that was compared has a cell brighter than ``BLACK`` of 255.
        frozen: Whether no frame that was compared differs from the first one by more than
            ``FROZEN`` of 255 in any cell.
        complete: Whether every frame could be decoded without an error.
    """

    width: int
    height: int
    seconds: float
    frames: int
    codec: str
    audio: bool
    black: bool
    frozen: bool
    complete: bool


@dataclass(slots=True)
class _Seen:
    """What the frames so far show."""

    frames: int = 0
    whole: bool = True
    brightest: int = 0
    change: int = 0
    rotation: int = 0
    first: bytes = b""
    times: list[float] = field(default_factory=list)

    def compare(self, cells: bytes) -> None:
        self.first = self.first or cells
        self.brightest = max(self.brightest, *cells)
        pairs = zip(cells, self.first, strict=True)
        self.change = max(self.change, *(abs(one - other) for one, other in pairs))


def inspect(path: str | os.PathLike[str]) -> Inspection:
    """Decode an MP4 and return what is seen in it.

    Takes about as long as a player needs to decode it; nothing is sent or written.

    Raises:
        VideoFileError: It is no MP4, or no frame of it can be decoded.
        ConfigurationError: The ``video`` extra is not installed.
    """
    try:
        import av
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            "Inspecting a video needs: pip install 'wan-ergonomic[video]'"
        ) from error
    try:
        # In other formats, and as other addresses, FFmpeg would follow links to anywhere.
        with Path(path).open("rb") as file, av.open(file, "r", format="mp4") as container:
            return _inspect(container)
    except (OSError, ValueError, av.FFmpegError) as error:
        reason = getattr(error, "strerror", None) or error
        raise VideoFileError(f"{path}: it cannot be read as a video: {reason}.") from error


def _inspect(container: InputContainer) -> Inspection:
    if not container.streams.video:
        raise ValueError("it has no pictures")
    stream = container.streams.video[0]
    # Several threads cost more than one, but only they report what is damaged within a frame.
    stream.thread_type = "AUTO"
    seen = _see(container, stream)
    if not seen.frames:
        raise ValueError("no frame of it can be decoded")
    size = stream.width, stream.height
    width, height = size if seen.rotation % 180 == 0 else size[::-1]
    return Inspection(
        width=width,
        height=height,
        seconds=_seconds(seen.times, stream),
        frames=seen.frames,
        codec=stream.codec_context.name,
        audio=bool(container.streams.audio),
        black=seen.brightest <= BLACK,
        frozen=seen.change <= FROZEN,
        complete=seen.whole and seen.frames >= stream.frames,
    )


def _see(container: InputContainer, stream: VideoStream) -> _Seen:
    seen = _Seen()
    every = max(1, _expected_frames(container, stream) // _SAMPLES)
    for frame in _decoded(container, stream, seen):
        seen.whole = seen.whole and not frame.is_corrupt
        seen.rotation = frame.rotation
        seen.times.append(frame.time or 0.0)
        if seen.frames % every == 0:
            seen.compare(_cells(frame))
        seen.frames += 1
    return seen


def _decoded(
    container: InputContainer, stream: VideoStream, seen: _Seen
) -> Iterator[av.VideoFrame]:
    """Yield each frame that can be decoded; note that one cannot be."""
    from av.error import FFmpegError

    for packet in container.demux(stream):
        try:
            yield from packet.decode()
        except FFmpegError:
            seen.whole = False


def _expected_frames(container: InputContainer, stream: VideoStream) -> int:
    if stream.frames:
        return stream.frames
    microseconds, rate = container.duration, stream.average_rate
    return int(microseconds * rate / 1_000_000) if microseconds and rate else 0


def _seconds(times: list[float], stream: VideoStream) -> float:
    """Return how long frames are shown; the last one for as long as the others on average."""
    span = max(times) - min(times)
    one = 1 / stream.average_rate if stream.average_rate else 0
    return round(span * len(times) / (len(times) - 1) if span else float(one), 3)


def _cells(frame: av.VideoFrame) -> bytes:
    """Return a frame as a small grey picture."""
    width, height = _GRID
    small = frame.reformat(width, height, "gray", interpolation="AREA")
    plane = small.planes[0]
    rows, length = bytes(plane), plane.line_size
    return b"".join(rows[length * row : length * row + width] for row in range(height))
