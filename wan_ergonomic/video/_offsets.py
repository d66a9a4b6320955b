"""Where the index of an MP4 says that its pictures and sounds are: moved with them."""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Mapping, Sequence

from wan_ergonomic._errors import VideoFileError

from ._boxes import Box, boxes_of

# The boxes on the way from moov to the tables of offsets.
_OUTER = frozenset({b"trak", b"mdia", b"minf", b"stbl"})
# The tables, with the form of a number in them.
_TABLES: Mapping[bytes, str] = {b"stco": "I", b"co64": "Q"}
# Boxes that say in further ways where something is.
_NOT_MOVED = {b"mvex": "it is fragmented", b"saio": "it is encrypted"}
_HEADER = 8


class Moves:
    """Where each byte of a file goes when its boxes change places."""

    def __init__(self, old: Sequence[Box], starts: Sequence[int]) -> None:
        """Note the moves.

        Args:
            old: The boxes, in the order of the file.
            starts: Where each of them is going to start.
        """
        self._old = old
        self._by = [start - box.start for box, start in zip(old, starts, strict=True)]
        self._starts = [box.start for box in old]

    def of(self, offset: int) -> int:
        """Return where a byte goes.

        Raises:
            VideoFileError: It is not among the pictures and sounds.
        """
        number = bisect_right(self._starts, offset) - 1
        if number < 0 or self._old[number].kind != b"mdat" or offset > self._old[number].end:
            raise VideoFileError("its index leads out of the video")
        return offset + self._by[number]


def moved(moov: bytes, moves: Moves) -> bytes:
    """Return the content of an index whose offsets lead to where the bytes go.

    Raises:
        VideoFileError: A box is damaged, or it has offsets of a kind that is not known here.
    """
    result = bytearray(moov)
    tracks, left = 0, [(0, moov)]
    while left:
        base, content = left.pop()
        for one in boxes_of(content):
            tracks += one.kind == b"trak"
            inner = content[one.content : one.end]
            if reason := _NOT_MOVED.get(one.kind):
                raise VideoFileError(reason)
            if one.kind in _OUTER:
                left.append((base + one.content, inner))
            elif form := _TABLES.get(one.kind):
                begin = base + one.content + _HEADER
                table = _moved_table(inner, form, moves)
                result[begin : begin + len(table)] = table
    if not tracks:
        raise VideoFileError("it has no pictures")
    return bytes(result)


def _moved_table(content: bytes, form: str, moves: Moves) -> bytes:
    count = int.from_bytes(content[4:_HEADER])
    if count * struct.calcsize(f">{form}") > len(content) - _HEADER:
        raise VideoFileError("its index is damaged")
    numbers = struct.unpack_from(f">{count}{form}", content, _HEADER)
    try:
        return struct.pack(f">{count}{form}", *map(moves.of, numbers))
    except struct.error as error:
        raise VideoFileError("it is too large for its index") from error
