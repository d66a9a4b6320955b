"""Makes video files: whole ones with PyAV, and odd ones box by box."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import av

from tests.support.responses import boxes

FRAMES = 15
# How bright each pixel of a frame is, by the frame's number.
Shade = Callable[[int], int]


def moving(number: int) -> int:
    """Return a shade that changes."""
    return 60 + 10 * number


def make(
    path: Path,
    shade: Shade = moving,
    *,
    size: tuple[int, int] = (64, 48),
    frames: int = FRAMES,
    audio: bool = False,
    data: bool = False,
    options: Mapping[str, str] | None = None,
    tags: Mapping[str, str] | None = None,
) -> Path:
    """Write a video with one shade of grey in each frame, half a second long by default."""
    with av.open(path, "w", options=dict(options or {})) as container:
        container.metadata.update(tags or {})
        stream: Any = container.add_stream("libx264", rate=30)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        sound: Any = container.add_stream("aac", rate=44100) if audio else None
        extra: Any = container.add_data_stream("bin_data") if data else None
        for number in range(frames):
            container.mux(stream.encode(_frame(size, shade(number), number)))
        container.mux(stream.encode(None))
        if sound:
            add_silence(container, sound)
        if extra:
            _add_data(container, extra)
    return path


def _frame(size: tuple[int, int], shade: int, number: int) -> av.VideoFrame:
    frame = av.VideoFrame(*size, "yuv420p")
    for plane, value in zip(frame.planes, (shade, 128, 128), strict=True):
        plane.update(bytes([value]) * plane.buffer_size)
    frame.pts = number
    return frame


def add_silence(container: Any, sound: Any) -> None:
    """Add sound of a quarter of a second."""
    frame = av.AudioFrame("fltp", "stereo", 1024)
    frame.rate = 44100
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))
    for number in range(10):
        frame.pts = 1024 * number
        container.mux(sound.encode(frame))
    container.mux(sound.encode(None))


def _add_data(container: Any, stream: Any) -> None:
    packet = av.Packet(b"12345678")
    packet.stream, packet.pts, packet.dts, packet.duration = stream, 0, 0, 100
    container.mux(packet)


def packets(path: Path) -> list[tuple[Any, ...]]:
    """Return every packet of every stream, with its times."""
    with av.open(path) as container:
        return [
            (p.stream.index, p.stream.type, p.pts, p.dts, p.duration, p.is_keyframe, bytes(p))
            for p in container.demux()
        ]


def tags_of(path: Path) -> dict[str, str]:
    """Return the tags that FFmpeg reads."""
    with av.open(path) as container:
        return dict(container.metadata)


def track(**tables: bytes) -> bytes:
    """Return a track whose sample tables are these."""
    return boxes(trak=boxes(mdia=boxes(minf=boxes(stbl=boxes(**tables)))))


def table(*offsets: int, size: int = 4) -> bytes:
    """Return the content of a table of offsets."""
    numbers = b"".join(offset.to_bytes(size) for offset in offsets)
    return bytes(4) + len(offsets).to_bytes(4) + numbers


# Where the content of mdat begins in what `odd` returns.
BEGIN = 24
MDAT = bytes(range(100))


def odd(moov: bytes, mdat: bytes = MDAT, **more: bytes) -> bytes:
    """Return an MP4 whose index comes last."""
    return boxes(ftyp=b"isom\0\0\0\0", mdat=mdat, moov=moov, **more)
