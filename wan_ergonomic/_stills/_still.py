"""One picture of a video, small enough that a page can hold a thousand of them."""

from __future__ import annotations

import io
import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import av
from PIL import Image

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

# The length of a still's longer side, in pixels, in a page of hundreds.
_LONGEST = 288
_QUALITY = 60
# The first frames of a video are often empty.
_SECONDS_IN = 0.5
# Of a video with few key frames, not all frames up to that time are decoded.
_MOST_FRAMES = 16


class NoVideoError(Exception):
    """A file cannot be shown as a video; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Still:
    """A picture of a video.

    Attributes:
        webp: The picture, as WebP.
        width: Of the video, in pixels.
        height: Of the video, in pixels.
        seconds: How long the video is; 0 if it does not say.
        rate: Its frames per second; 0 if it does not say.
    """

    webp: bytes
    width: int
    height: int
    seconds: float
    rate: float


def still_of(path: Path, longest: int = _LONGEST) -> Still:
    """Return a picture of a video, from its first second.

    Args:
        path: The video.
        longest: The length of the picture's longer side, in pixels, at most.

    Raises:
        NoVideoError: It is no MP4 file with a video in it, or cannot be read.
    """
    try:
        # The format is given: others could name further files to read, or addresses.
        with av.open(str(path.absolute()), format="mp4") as container:
            return _still(container, longest)
    except (OSError, ValueError, av.error.FFmpegError) as error:
        reason = getattr(error, "strerror", None) or error
        raise NoVideoError(f"{path.name} cannot be read as a video: {reason}.") from error


def _still(container: InputContainer, longest: int) -> Still:
    if not container.streams.video:
        raise ValueError("it has no video stream")
    stream = container.streams.video[0]
    image = _picture(container, stream)
    width, height = image.size
    image.thumbnail((longest, longest))
    webp = io.BytesIO()
    image.save(webp, "WEBP", quality=_QUALITY, method=2)
    return Still(
        webp=webp.getvalue(),
        width=width,
        height=height,
        seconds=round((container.duration or 0) / 1_000_000, 3),
        rate=round(float(stream.average_rate or 0), 3),
    )


def _picture(container: InputContainer, stream: VideoStream) -> Image.Image:
    found = None
    for frame in itertools.islice(container.decode(stream), _MOST_FRAMES):
        found = frame
        if (frame.time or 0) >= _SECONDS_IN:
            break
    if found is None:
        raise ValueError("it has no frames")
    image: Image.Image = found.to_image()  # type: ignore[no-untyped-call]
    return image
