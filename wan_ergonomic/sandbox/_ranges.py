"""Which part of a file a request asks for: Range and If-Range, as RFC 9110 has them."""

from __future__ import annotations

import re
from collections.abc import Mapping

_ONE_RANGE = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*", re.ASCII)


class UnsatisfiableRangeError(Exception):
    """The file has no such part."""


def part_of(headers: Mapping[str, str], *, size: int, etag: str) -> tuple[int, int] | None:
    """Return the first and last byte asked for, or None for the whole file.

    A range that cannot be read, more than one, or one that is only wanted of
    another version (If-Range) means the whole file.

    Raises:
        UnsatisfiableRangeError: It begins beyond the file's end, or asks for nothing.
    """
    match = _ONE_RANGE.fullmatch(headers.get("range", ""))
    if match is None or headers.get("if-range", etag) != etag:
        return None
    first, last = match.groups()
    if not first and not last:
        return None
    if not first:
        start, end = max(size - int(last), 0), size - 1
    else:
        start, end = int(first), min(int(last or size - 1), size - 1)
        if last and int(last) < start:
            return None
    if start > end:
        raise UnsatisfiableRangeError
    return start, end
