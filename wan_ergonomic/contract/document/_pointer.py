"""JSON pointers (RFC 6901)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote


def escape(key: object) -> str:
    """Return a key as one segment of a JSON pointer (RFC 6901)."""
    text = str(key)
    # Most have neither, and there are very many.
    return text.replace("~", "~0").replace("/", "~1") if "/" in text or "~" in text else text


def look_up(document: Mapping[str, Any], reference: str) -> tuple[Any, str] | None:
    """Return what a reference within a document leads to, and its pointer; None for nowhere."""
    if reference != "#" and not reference.startswith("#/"):
        return None
    pointer = unquote(reference[1:])
    value: Any = document
    for segment in pointer.split("/")[1:]:
        key = segment.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list) and is_index(key) and int(key) < len(value):
            value = value[int(key)]
        elif isinstance(value, Mapping) and key in value:
            value = value[key]
        else:
            return None
    return value, pointer


def is_index(key: str) -> bool:
    """Whether a segment of a pointer can be a place in a list."""
    # No list is longer, and no number that Python refuses to read is shorter.
    return key.isascii() and key.isdecimal() and len(key) < 10


def unescape(part: str) -> str:
    """Return the name that one part of a reference stands for."""
    return unquote(part).replace("~1", "/").replace("~0", "~")
