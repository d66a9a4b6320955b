"""What a video says of itself: written into its file, and read from it.

The boxes with pictures and sounds are copied byte for byte, and so are all others but
the index (``moov``). It gets the tags, and comes before the pictures, so that a
player can begin before it has the whole file. A remux by FFmpeg would drop data
streams and tags that it does not know, and replace the name of the encoder.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import accumulate
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from wan_ergonomic._errors import VideoFileError

from ._boxes import Box, box, boxes_of_file
from ._offsets import Moves, moved
from ._secrets import without_secrets
from ._tags import about_in, with_about

# An index has some twenty bytes for each picture.
_MAX_INDEX = 2**26
_COPY_BYTES = 2**20
_NOT_WRITTEN = "its metadata was not written, and the file is unchanged"
# These hold offsets, too, or pictures of their own.
_NOT_PLAIN = frozenset({b"moof", b"mfra", b"sidx", b"ssix", b"meta"})


def write_metadata(path: str | os.PathLike[str], about: Mapping[str, Any]) -> None:
    """Write what a video says of itself into its file, which is replaced in one step.

    Keys in use and signed links are masked. Tags of others stay.

    Args:
        path: An MP4. A symbolic link stays; the file that it leads to is replaced.
        about: What JSON can express; ``prompt``, ``options``, ``seed``, ``model``,
            ``generation_id`` and ``submitted`` are also written for players.

    Raises:
        VideoFileError: It is no MP4 that this can be written to, or cannot be read or written.
            The file is unchanged.
    """
    with _naming(path, _NOT_WRITTEN):
        target = Path(os.path.realpath(path))
        new = target.with_name(f".{target.name[:100]}-{uuid4().hex[:8]}.part")
        try:
            with target.open("rb") as source, new.open("xb") as copy:
                _copy_with(source, copy, about)
                os.fsync(copy.fileno())
            new.chmod(target.stat().st_mode & 0o777)
            new.replace(target)
        finally:
            with suppress(OSError):
                new.unlink(missing_ok=True)


def copy_with_metadata(source: IO[bytes], target: IO[bytes], about: Mapping[str, Any]) -> None:
    """Copy a video, and write what it says of itself into the copy; see ``write_metadata``.

    Args:
        source: An MP4 on disk, open for reading.
        target: An empty file, open for writing.
        about: As in ``write_metadata``.

    Raises:
        VideoFileError: It is no MP4 that this can be written to, or cannot be read or written.
            What is in the target then is of no use.
    """
    with _naming("the video", _NOT_WRITTEN):
        _copy_with(source, target, about)


def read_metadata(path: str | os.PathLike[str]) -> dict[str, Any] | None:
    """Return what a video says of itself; None if it says nothing.

    Raises:
        VideoFileError: It is no MP4, or cannot be read.
    """
    with _naming(path, "it cannot be read as a video"), Path(path).open("rb") as file:
        for one in boxes_of_file(file, os.fstat(file.fileno()).st_size):
            if one.kind == b"moov":
                return about_in(_content(file, one))
        raise VideoFileError("it has no index")


def _copy_with(file: IO[bytes], copy: IO[bytes], about: Mapping[str, Any]) -> None:
    old = list(boxes_of_file(file, os.fstat(file.fileno()).st_size))
    kinds = [one.kind for one in old]
    if odd := sorted(_NOT_PLAIN.intersection(kinds)):
        raise VideoFileError(f"it is no plain MP4, but has a box {odd[0].decode()}")
    if b"mdat" not in kinds or kinds.count(b"moov") != 1:
        raise VideoFileError("it is no MP4 with an index and pictures")
    index = kinds.index(b"moov")
    moov = with_about(_content(file, old[index]), without_secrets(about))
    order = _order(kinds, index)
    starts = _starts(old, order, index, len(box(b"moov", moov)))
    moov = moved(moov, Moves(old, starts))
    if about_in(moov) is None:
        # For example, a box that extends to the end takes in what comes after it.
        raise VideoFileError("its index is damaged")
    moov = box(b"moov", moov)
    for number in order:
        if number == index:
            copy.write(moov)
        else:
            _copy(file, old[number], copy)
    copy.flush()


def _order(kinds: Sequence[bytes], index: int) -> list[int]:
    """Return the numbers of the boxes in their new order: the index before the first pictures."""
    order = list(range(len(kinds)))
    order.remove(index)
    order.insert(min(index, kinds.index(b"mdat")), index)
    return order


def _starts(old: Sequence[Box], order: Sequence[int], index: int, size: int) -> list[int]:
    """Return where each box is going to start, if the index gets this size."""
    sizes = [size if number == index else old[number].end - old[number].start for number in order]
    starts = dict(zip(order, accumulate(sizes, initial=0), strict=False))
    return [starts[number] for number in range(len(old))]


def _content(file: IO[bytes], one: Box) -> bytes:
    if one.end - one.content > _MAX_INDEX:
        raise VideoFileError("its index is larger than that of any video")
    file.seek(one.content)
    return file.read(one.end - one.content)


def _copy(file: IO[bytes], one: Box, copy: IO[bytes]) -> None:
    file.seek(one.start)
    left = one.end - one.start
    while left:
        chunk = file.read(min(left, _COPY_BYTES))
        if not chunk:
            raise VideoFileError("it became shorter meanwhile")
        copy.write(chunk)
        left -= len(chunk)


@contextmanager
def _naming(path: str | os.PathLike[str], what: str) -> Iterator[None]:
    """Put the name of the file, and what did not work, before the reason in an error."""
    try:
        yield
    except (OSError, ValueError, VideoFileError) as error:
        reason = getattr(error, "strerror", None) or error
        raise VideoFileError(f"{path}: {what}: {reason}.") from error
