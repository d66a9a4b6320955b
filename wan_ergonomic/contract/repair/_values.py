"""Repairs the values in schemas: limits, enums, defaults and examples.

Rules as in ``_schemas``, which calls them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from wan_ergonomic._json import is_of_type

_NUMBERS = ("minimum", "maximum", "multipleOf")
_COUNTS = (
    "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties",
)  # fmt: skip
# Distinct from null, which is a value.
NOTHING = object()

_WORDS = {"true": True, "false": False}


def converted(value: Any, kind: str) -> Any:
    """Return a value as another type; None if that is impossible without loss."""
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


def correct_limits(schema: dict[str, Any], newer: bool) -> Iterator[str]:  # noqa: FBT001
    for keys, kind in ((_NUMBERS, "number"), (_COUNTS, "integer")):
        for key in keys:
            if key not in schema:
                continue
            given, ok = schema[key], is_of_type(schema[key], kind)
            number = given if ok else converted(given, kind)
            if number is None or (number < 0 and kind == "integer") or (key, number) == (
                "multipleOf", 0
            ):  # fmt: skip
                del schema[key]
                yield f"{key} {given!r} is not a limit; it was removed."
            elif not ok:
                schema[key] = number
                yield f"{key} {given!r} was replaced by {number}."
    for key, plain in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if key in schema and isinstance(schema[key], bool) == newer:
            given = schema.pop(key)
            if newer and given and plain in schema:
                schema[key] = schema.pop(plain)
            number = converted(given, "number")
            if not newer and number is not None:
                schema[plain], schema[key] = number, True
            yield f"{key} is written differently in this version of OpenAPI; it was corrected."


def correct_enums(schema: dict[str, Any], newer: bool) -> Iterator[str]:  # noqa: FBT001
    if "enum" not in schema:
        return
    given = schema["enum"]
    kinds = _kinds(schema)
    kept: list[Any] = []
    for value in given if isinstance(given, list) else [given]:
        better = value
        if value is not None and kinds and not any(is_of_type(value, kind) for kind in kinds):
            better = next((c for k in kinds if (c := converted(value, k)) is not None), NOTHING)
        if better is not NOTHING and not any(same(better, other) for other in kept):
            kept.append(better)
    if kinds and None in kept and not _is_nullable(schema):
        _allow_null(schema, newer=newer)
        yield "The enum has null; the schema was made nullable."
    if kinds and _is_nullable(schema) and kept and None not in kept:
        kept.append(None)
        yield "The schema is nullable; null was added to the enum."
    elif not _alike(kept, given):
        yield f"The enum {given!r} was " + (f"replaced by {kept!r}." if kept else "removed.")
    schema["enum"] = kept
    if not kept:
        del schema["enum"]


def _alike(kept: list[Any], given: Any) -> bool:
    return (
        bool(kept)
        and isinstance(given, list)
        and len(kept) == len(given)
        and all(same(a, b) for a, b in zip(kept, given, strict=True))
    )


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal in JSON, where true is not 1."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _kinds(schema: dict[str, Any]) -> list[str]:
    kind: Any = schema.get("type", [])
    return [k for k in ([kind] if isinstance(kind, str) else kind) if k != "null"]


def _is_nullable(schema: dict[str, Any]) -> bool:
    return schema.get("nullable") is True or "null" in schema.get("type", ())


def _allow_null(schema: dict[str, Any], *, newer: bool) -> None:
    if newer:
        schema["type"] = [*_kinds(schema), "null"]
    else:
        schema["nullable"] = True


def correct_defaults(schema: dict[str, Any], _: bool) -> Iterator[str]:  # noqa: FBT001
    for key in ("default", "example"):
        if key not in schema:
            continue
        given = schema[key]
        better = fitting(given, schema)
        if better is NOTHING:
            del schema[key]
            yield f"The {key} {given!r} is not an allowed value; it was removed."
        elif not same(better, given) or type(better) is not type(given):
            schema[key] = better
            yield f"The {key} {given!r} was replaced by {better!r}."


def fitting(value: Any, schema: dict[str, Any]) -> Any:
    """Return a value as the schema allows it; ``NOTHING`` if it does not."""
    kinds = _kinds(schema)
    choices = schema.get("enum")
    if value is None:
        anything = not kinds and (not choices or None in choices)
        return value if anything or _is_nullable(schema) else NOTHING
    if kinds and not any(is_of_type(value, kind) for kind in kinds):
        value = next((c for k in kinds if (c := converted(value, k)) is not None), None)
        if value is None:
            return NOTHING
    if not choices or any(same(value, choice) for choice in choices):
        return value
    near = [c for c in choices if str(c).strip().lower() == str(value).strip().lower()]
    return near[0] if near else NOTHING
