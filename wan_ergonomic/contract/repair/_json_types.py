"""What JSON values are: of which type, and what they would be as another."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "array": (list,),
    "object": (dict,),
}
_WORDS = {"true": True, "false": False}


def kind_of(value: Any) -> str:
    """Return the narrowest JSON type that a value is of."""
    return next(kind for kind in _TYPES if fits(value, kind))


def fits(value: Any, kind: str) -> bool:
    """Tell whether a value is of a JSON type; 1.0 is no integer, as not all readers take it so."""
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, _TYPES.get(kind, (object,)))


def converted(value: Any, kind: str) -> Any:
    """Return a value as another type, if nothing is lost by that; None if it cannot be."""
    if kind == "string" and isinstance(value, bool | int | float):
        return str(value).lower() if isinstance(value, bool) else str(value)
    if kind == "boolean" and isinstance(value, str):
        return _WORDS.get(value.strip().lower())
    if kind in {"integer", "number"} and not isinstance(value, bool):
        return _number(value, kind)
    return None


def _number(value: Any, kind: str) -> int | float | None:
    if not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    if not math.isfinite(number):
        return None
    if number.is_integer() and "." not in str(value):
        return int(number)
    return number if kind == "number" else int(number) if number.is_integer() else None
