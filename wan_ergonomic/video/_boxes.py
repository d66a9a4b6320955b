"""The boxes that an MP4 consists of: found in a file or in another box, and made.

Only what is read here is trusted: a size that leads out of its box is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO, NamedTuple

from wan_ergonomic._errors import VideoFileError

_SHORT, _LONG = 8, 16
# Far more than any video has; a large box could hold millions of empty ones.
_MAX_BOXES = 100_000


class Box(NamedTuple):
    """One box: where it starts, where its content starts, and where it ends, in bytes."""

    kind: bytes
    start: int
    content: int
    end: int


def boxes_of_file(file: IO[bytes], size: int) -> Iterator[Box]:
    """Yield the top-level boxes of a file.

    Raises:
        VideoFileError: A box is cut off or damaged; those before it were yielded.
    """

    def head(position: int) -> bytes:
        file.seek(position)
        return file.read(_LONG)

    return _boxes(head, size)


def boxes_of(content: bytes) -> list[Box]:
    """Return the boxes within a box.

    Args:
        content: The outer box without its header.

    Raises:
        VideoFileError: A box is cut off or damaged.
    """
    return list(_boxes(lambda position: content[position : position + _LONG], len(content)))


def _boxes(head_at: Callable[[int], bytes], end: int) -> Iterator[Box]:
    position = count = 0
    while position < end:
        count += 1
        head = head_at(position)
        length, kind, header = int.from_bytes(head[:4]), head[4:8], _SHORT
        if end - position < _SHORT and not any(head):
            # QuickTime ends a list of boxes with a zero.
            return
        if length == 1:
            length, header = int.from_bytes(head[8:]), _LONG
        elif length == 0:
            # The box extends to the end.
            length = end - position
        if count > _MAX_BOXES or len(kind) < 4 or not header <= length <= end - position:
            raise VideoFileError("it is cut off or damaged")
        yield Box(kind, position, position + header, position + length)
        position += length


def box(kind: bytes, *parts: bytes) -> bytes:
    """Return a box with this content."""
    size = _SHORT + sum(map(len, parts))
    return b"".join((size.to_bytes(4), kind, *parts))


def edited(
    content: bytes,
    kind: bytes,
    edit: Callable[[bytes], bytes],
    is_meant: Callable[[bytes], bool] = lambda _: True,
) -> bytes:
    """Return the content of a box in which the content of one box was edited.

    Args:
        content: The outer box without its header.
        kind: The kind of the inner box.
        edit: Returns its new content; called with nothing if there is no such box yet.
        is_meant: Whether a box of that kind, by its content, is the one to edit.

    Raises:
        VideoFileError: A box is cut off or damaged.
    """
    found = boxes_of(content)
    meant = (b for b in found if b.kind == kind and is_meant(content[b.content : b.end]))
    end = found[-1].end if found else 0
    one = next(meant, Box(kind, end, end, end))
    new = box(kind, edit(content[one.content : one.end]))
    return content[: one.start] + new + content[one.end :]
