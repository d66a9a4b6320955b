"""Parses the Retry-After header of any response: an error, a poll or a storage's."""

from __future__ import annotations

import re
from datetime import UTC, datetime

# dateutil finds a date in almost any text, "-5" included, so the format is checked first.
_HTTP_DATE = re.compile(r"\d\d:\d\d:\d\d\s.*?(GMT|UTC|[+-]\d{4})\s*$")
_SECONDS = re.compile(r"\s*\d{1,9}(\.\d*)?\s*", re.ASCII)

# The date pattern takes minutes on a very long header.
_MAX_DATE_LENGTH = 100


def parse_retry_after(value: str | None) -> float | None:
    """Return the seconds of a Retry-After header, or None if there is no usable value.

    Both formats are accepted, seconds and an HTTP date. Zero and dates in the past
    count as absent, so that no request is repeated without a delay.
    """
    if value is None:
        return None
    if _SECONDS.fullmatch(value):
        return float(value) or None
    if len(value) > _MAX_DATE_LENGTH or not _HTTP_DATE.search(value):
        return None
    from dateutil import parser

    try:
        moment = parser.parse(value)
        seconds = (moment - datetime.now(moment.tzinfo or UTC)).total_seconds()
    except (ValueError, OverflowError, TypeError):
        return None
    return seconds if seconds > 0 else None
