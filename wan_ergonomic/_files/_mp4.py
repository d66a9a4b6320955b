"""Recognises MP4 files, and complete ones, from their top-level boxes.

The video stream itself is not decoded.
"""

from __future__ import annotations

from typing import IO

# The first box of an MP4: its size, "ftyp", and a brand.
HEAD = 12
_BOX_HEADER = 16
# The index of the streams, and their data.
_REQUIRED = {b"moov", b"mdat"}
# Far more than any video has; a large file could hold millions of empty boxes.
_MAX_BOXES = 100_000


def is_mp4(head: bytes) -> bool:
    """Whether the first bytes of a file are those of an MP4."""
    return head[4:8] == b"ftyp"


def is_complete_mp4(file: IO[bytes], size: int) -> bool:
    """Whether the boxes end exactly at the end of the file and none is missing.

    Args:
        file: Open for reading; its position changes.
        size: Its size in bytes.
    """
    kinds: set[bytes] = set()
    position = boxes = 0
    while position < size and boxes < _MAX_BOXES:
        boxes += 1
        file.seek(position)
        head = file.read(_BOX_HEADER)
        length, kind = int.from_bytes(head[:4]), head[4:8]
        if length == 1:
            length = int.from_bytes(head[8:])
        elif length == 0:
            # The box extends to the end of the file.
            length = size - position
        if len(kind) < 4 or length < 8:
            return False
        kinds.add(kind)
        position += length
    return position == size and kinds >= _REQUIRED
