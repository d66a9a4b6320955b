"""Recognises MP4 files, and complete ones, from their top-level boxes.

The video stream itself is not decoded.
"""

from __future__ import annotations

from typing import IO

# Bytes at the beginning of a file: the size and type of its first box, and four more.
HEAD = 12
_BOX_HEADER = 16
# The brand, the index of the streams, and their data.
_REQUIRED = {b"ftyp", b"moov", b"mdat"}
# The top-level boxes of ISO 14496-12 and QuickTime; a file may begin with any of them.
_KNOWN = _REQUIRED | {
    *(b"emsg", b"free", b"meco", b"meta", b"mfra", b"moof", b"pdin", b"pnot", b"prft", b"sidx"),
    *(b"skip", b"ssix", b"styp", b"udta", b"uuid", b"wide"),
}
# Far more than any video has; a large file could hold millions of empty boxes.
_MAX_BOXES = 100_000


def is_mp4(head: bytes) -> bool:
    """Whether the first bytes of a file are those of a box that an MP4 may begin with."""
    return head[4:8] in _KNOWN


def is_complete_mp4(file: IO[bytes], size: int, *, all_came: bool = False) -> bool:
    """Whether no box is missing or cut off.

    Args:
        file: Open for reading; its position changes.
        size: Its size in bytes.
        all_came: Whether the size is the one that was announced. Then unknown bytes after the
            last box are accepted; otherwise the boxes must end where the file ends.
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
        whole = len(kind) == 4 and 8 <= length <= size - position
        if not whole:
            return all_came and kind not in _KNOWN and kinds >= _REQUIRED
        kinds.add(kind)
        position += length
    return position == size and kinds >= _REQUIRED
