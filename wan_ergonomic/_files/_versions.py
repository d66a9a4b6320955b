"""Compares the versions of a video by HTTP's validators: ETag and Last-Modified."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta

_STRONG_ETAG = re.compile(r'"[\x21\x23-\x7e]{1,60}"')
_HTTP_DATE = re.compile(r"[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT", re.ASCII)
# A date misses a later change within the same second (RFC 9110, section 8.8.2.2).
_SURE = timedelta(seconds=1)


def is_validator(text: str) -> bool:
    """Whether a text can be sent as If-Range: a strong ETag, or a date."""
    return bool(_STRONG_ETAG.fullmatch(text) or _HTTP_DATE.fullmatch(text))


def validator_of(headers: Mapping[str, str]) -> str | None:
    """Return the validator of a response: its strong ETag, else its Last-Modified; or None."""
    etag, modified = headers.get("etag", ""), headers.get("last-modified", "")
    if _STRONG_ETAG.fullmatch(etag):
        return etag
    sure = _HTTP_DATE.fullmatch(modified) and not _just_changed(modified, headers.get("date"))
    return modified if sure else None


def _just_changed(modified: str, date: str | None) -> bool:
    with suppress(TypeError, ValueError):
        # Imported here: only downloads need it, and it is slow.
        from email.utils import parsedate_to_datetime

        return parsedate_to_datetime(date) - parsedate_to_datetime(modified) < _SURE  # type: ignore[arg-type]
    return False


def is_same_version(validator: str, headers: Mapping[str, str]) -> bool:
    """Whether the response to a request with If-Range is of the version requested."""
    if validator.startswith('"'):
        return headers.get("etag") == validator
    # A response to If-Range need not repeat the date.
    return headers.get("last-modified", validator) == validator
