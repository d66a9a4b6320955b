"""Masks keys in the output of a check: a recording may contain them anywhere."""

from __future__ import annotations

import re
from typing import Any

from wan_ergonomic._parsing import show

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_KEYLIKE = re.compile(
    # A word with a prefix that only keys have, or after the name of an authentication scheme.
    r"(?<![A-Za-z0-9])(?:(?:sk|pk|rk|key|gh[a-z]|xox[a-z])[-_]|AKIA|eyJ)[\w.-]{6,}"
    r"|(?i:bearer|basic|token|apikey)[ :=]+[\w.~+/-]{6,}=*"
    # A long run of letters and digits; UUIDs are left, because the API's ids are UUIDs.
    rf"|(?<![\w-])(?!{_UUID}(?![\w-]))(?=[\w-]*\d)(?=[\w-]*[A-Za-z])"
    r"(?:[A-Za-z0-9]{20,}(?![A-Za-z0-9])|[\w-]{32,})",
    re.ASCII,
)


def without_likely_keys(text: str) -> str:
    """Return a text in which everything that looks like a key is masked."""
    return _KEYLIKE.sub("***", text)


def shown(value: Any) -> str:
    """Describe a value in a few words, without signed links and what looks like a key."""
    # Masked first, because a long text is cut, perhaps within a key.
    return without_likely_keys(
        show(without_likely_keys(value) if isinstance(value, str) else value)
    )
