"""Tells an MP4 from what is none, and a whole one from a part: by its outermost boxes alone.

What a video shows, and whether it can be played, is not looked at.
"""

from __future__ import annotations

from typing import IO

# What every MP4 begins with: the size of a box, "ftyp", and a brand.
HEAD = 12
_BOX = 16
# How to play it, and what.
_NEEDED = {b"moov", b"mdat"}
# No video has as many boxes as fit into a large file of nothing but empty ones.
_MOST = 100_000


def is_mp4(head: bytes) -> bool:
    """Whether a file that begins so is an MP4."""
    return head[4:8] == b"ftyp"


def is_whole(file: IO[bytes], size: int) -> bool:
    """Whether the boxes of a file end where it ends, and nothing that is needed is missing.

    Args:
        file: Open for reading; left at some place.
        size: Its bytes.
    """
    kinds: set[bytes] = set()
    place = seen = 0
    while place < size and seen < _MOST:
        seen += 1
        file.seek(place)
        head = file.read(_BOX)
        length, kind = int.from_bytes(head[:4]), head[4:8]
        if length == 1:
            length = int.from_bytes(head[8:])
        elif length == 0:
            # To the end of the file, wherever that is.
            length = size - place
        if len(kind) < 4 or length < 8:
            return False
        kinds.add(kind)
        place += length
    return place == size and kinds >= _NEEDED
