"""Range and If-Range (RFC 9110): which part of a file a request is for."""

from __future__ import annotations

import re
from collections.abc import Mapping

_ONE_RANGE = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*", re.ASCII)


class UnsatisfiableRangeError(Exception):
    """The range is not within the file."""


def part_of(headers: Mapping[str, str], *, size: int, etag: str) -> tuple[int, int] | None:
    """Return the first and last byte of the range, or None for the whole file.

    An invalid range, several ranges, or an If-Range of another version mean the
    whole file.

    Raises:
        UnsatisfiableRangeError: The range begins beyond the end of the file, or is empty.
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
