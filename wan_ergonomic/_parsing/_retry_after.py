"""Parses the Retry-After header of any response: an error, a poll or a storage's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

# dateutil finds a date in almost any text, "-5" included, so the format is checked first.
_HTTP_DATE = re.compile(r"\d\d:\d\d:\d\d\s.*?(GMT|UTC|[+-]\d{4})\s*$")
_SECONDS = re.compile(r"\s*\d{1,9}(\.\d*)?\s*", re.ASCII)

# The date pattern takes minutes on a very long header.
_MAX_DATE_LENGTH = 100


def parse_retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds of a response's Retry-After, or None if there is no usable value.

    Both formats are accepted, seconds and an HTTP date, which is measured against the
    response's own Date: this machine's clock may be wrong. Zero and dates in the past
    count as absent, so that no request is repeated without a delay.

    Args:
        headers: The response's headers; names in lower case are found.
    """
    value = headers.get("retry-after", "")
    if _SECONDS.fullmatch(value):
        return float(value) or None
    moment = _read_date(value)
    if moment is None:
        return None
    sent = _read_date(headers.get("date", "")) or datetime.now(UTC)
    return max((moment - sent).total_seconds(), 0.0) or None


def _read_date(text: str) -> datetime | None:
    """Return the moment of an HTTP date, or None if it is not one."""
    if len(text) > _MAX_DATE_LENGTH or not _HTTP_DATE.search(text):
        return None
    from dateutil import parser

    try:
        moment = parser.parse(text)
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError, TypeError):
        return None
