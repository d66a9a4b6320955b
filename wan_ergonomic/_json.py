"""JSON values: pointers to places in them (RFC 6901), and their types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}


def escape(key: object) -> str:
    """Return a key as one segment of a pointer."""
    text = str(key)
    # Checked first, because most keys need no escape and a document has very many.
    return text.replace("~", "~0").replace("/", "~1") if "/" in text or "~" in text else text


def unescape(segment: str) -> str:
    """Return the key that one segment of a pointer stands for."""
    return segment.replace("~1", "/").replace("~0", "~")


def pointer_to(keys: Iterable[object]) -> str:
    """Return the pointer that these keys and indexes make, the outermost first."""
    return "".join(f"/{escape(key)}" for key in keys)


def type_of(value: Any) -> str:
    """Return the narrowest JSON type of a value; a float is a number, even 1.0."""
    return next(name for name in _TYPES if is_of_type(value, name))


def is_of_type(value: Any, name: str) -> bool:
    """Whether a value has a JSON type. An unknown type allows any value but a boolean.

    1.0 is not an integer: not all JSON parsers read it as one.
    """
    if isinstance(value, bool):
        return name == "boolean"
    return isinstance(value, _TYPES.get(name, (object,)))
