"""Corrects which values schemas allow: limits, enums, defaults and examples.

Rules as those in ``_schema_corrections``, which calls them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ._json_types import converted, fits

_NUMBERS = ("minimum", "maximum", "multipleOf")
_COUNTS = (
    "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties",
)  # fmt: skip
# No value, which null is one.
NOTHING = object()


def correct_limits(schema: dict[str, Any], newer: bool) -> Iterator[str]:  # noqa: FBT001
    for keys, kind in ((_NUMBERS, "number"), (_COUNTS, "integer")):
        for key in keys:
            if key not in schema:
                continue
            given, ok = schema[key], fits(schema[key], kind)
            number = given if ok else converted(given, kind)
            if number is None or (number < 0 and kind == "integer") or (key, number) == (
                "multipleOf", 0
            ):  # fmt: skip
                del schema[key]
                yield f"{key} cannot be {given!r}."
            elif not ok:
                schema[key] = number
                yield f"{key} is {number} now; it was {given!r}."
    for key, plain in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if key in schema and isinstance(schema[key], bool) == newer:
            given = schema.pop(key)
            if newer and given and plain in schema:
                schema[key] = schema.pop(plain)
            number = converted(given, "number")
            if not newer and number is not None:
                schema[plain], schema[key] = number, True
            yield f"{key} is written otherwise in this version of OpenAPI."


def correct_enums(schema: dict[str, Any], newer: bool) -> Iterator[str]:  # noqa: FBT001
    if "enum" not in schema:
        return
    given = schema["enum"]
    kinds = _kinds(schema)
    kept: list[Any] = []
    for value in given if isinstance(given, list) else [given]:
        better = value
        if value is not None and kinds and not any(fits(value, kind) for kind in kinds):
            better = next((c for k in kinds if (c := converted(value, k)) is not None), NOTHING)
        if better is not NOTHING and not any(same(better, other) for other in kept):
            kept.append(better)
    if kinds and None in kept and not _is_nullable(schema):
        _allow_null(schema, newer=newer)
        yield "The enum has null, so it may be null."
    if kinds and _is_nullable(schema) and kept and None not in kept:
        kept.append(None)
        yield "It may be null, so the enum has null."
    elif not _alike(kept, given):
        yield f"The enum was {given!r}." if kept else "An enum without values was left out."
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
    """Tell whether two values are one in JSON, where true is not 1."""
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
            yield f"The {key} {given!r} is no value that is allowed."
        elif not same(better, given) or type(better) is not type(given):
            schema[key] = better
            yield f"The {key} is {better!r} now; it was {given!r}."


def fitting(value: Any, schema: dict[str, Any]) -> Any:
    """Return a value as the schema would have it; nothing if it cannot."""
    kinds = _kinds(schema)
    choices = schema.get("enum")
    if value is None:
        anything = not kinds and (not choices or None in choices)
        return value if anything or _is_nullable(schema) else NOTHING
    if kinds and not any(fits(value, kind) for kind in kinds):
        value = next((c for k in kinds if (c := converted(value, k)) is not None), None)
        if value is None:
            return NOTHING
    if not choices or any(same(value, choice) for choice in choices):
        return value
    near = [c for c in choices if str(c).strip().lower() == str(value).strip().lower()]
    return near[0] if near else NOTHING
