"""Compares a response with the schema that the contract gives it.

It only reports: parsing continues with whatever can be used. Shapes that are known
to occur beside the published ones are not reported.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from wan_ergonomic._generation import Drift, meaning_of
from wan_ergonomic._json import escape
from wan_ergonomic._redaction import shorten_link
from wan_ergonomic._spec import Role, Schema, fits, response_schema, types

# Any value is accepted here; _response parses objects, strings and lists.
_OPEN = "/error"

# Undocumented properties that this gateway is known to send; _response parses some of them.
_KNOWN_PROPERTIES = frozenset(
    {
        _OPEN,
        "/duration",
        "/meta/usage/credits_used",
        "/meta/usage/tokens_used",
        "/meta/usage/usd_spent",
        "/video/duration",
        "/video/content_type",
        "/video/file_name",
        "/video/file_size",
    }
)
_KNOWN_SHAPES: Mapping[str, tuple[type, ...]] = {"/video": (str, list)}

# An unrelated response could depart in thousands of places.
_MAX_DEPARTURES = 50


# A job's responses are the same until it changes, so what was found in the last ones is kept: at
# most so many, none of them longer than this.
_MOST_KEPT, _LONGEST_KEPT = 512, 4096
_kept: dict[tuple[Role, bytes], tuple[Schema, tuple[Drift, ...]]] = {}


def departures(content: bytes, response: Mapping[str, Any], role: Role) -> tuple[Drift, ...]:
    """Return where a response departs from the contract, in document order.

    Args:
        content: The body.
        response: The same, parsed.
        role: The operation that was called.
    """
    schema = response_schema(role)
    known = _kept.get((role, content))
    if known and known[0] is schema:
        return known[1]
    found = tuple(
        Drift(kind=kind, operation=role, pointer=pointer, expected=expected, found=show(value))
        for kind, pointer, expected, value in islice(
            _compare(response, schema, ""), _MAX_DEPARTURES
        )
    )
    if len(content) <= _LONGEST_KEPT:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[role, content] = schema, found
    return found


_Departure = tuple[str, str, str, Any]


def _compare(value: Any, schema: Schema, pointer: str) -> Iterator[_Departure]:
    if pointer == _OPEN:
        return
    if not fits(value, schema):
        if not isinstance(value, _KNOWN_SHAPES.get(pointer, ())):
            yield "type", pointer, " or ".join(sorted(types(schema))), value
        return
    is_status = pointer == "/status"
    known = is_status and meaning_of(str(value)) is not None
    if value not in schema.get("enum", [value]) and not known:
        kind = "unknown-status" if is_status else "value"
        yield kind, pointer, f"one of {schema['enum']}", value
    if isinstance(value, dict):
        yield from _properties(value, schema, pointer)
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _compare(item, schema.get("items", {}), f"{pointer}/{index}")


def _properties(value: dict[str, Any], schema: Schema, pointer: str) -> Iterator[_Departure]:
    described = schema.get("properties", {})
    if not described:
        return
    for name in schema.get("required", ()):
        if name not in value and not _has_known_cost(value, pointer):
            yield "missing", f"{pointer}/{name}", "a required property", None
    for name, item in value.items():
        place = f"{pointer}/{escape(name)}"
        if name in described:
            yield from _compare(item, described[name], place)
        elif place not in _KNOWN_PROPERTIES:
            yield "undocumented", place, "no such property", item


def _has_known_cost(value: Mapping[str, Any], pointer: str) -> bool:
    """Whether an object is the usage, with a cost under one of the names that are known."""
    return pointer == "/meta/usage" and any(
        f"{pointer}/{name}" in _KNOWN_PROPERTIES for name in value
    )


def show(value: Any) -> str:
    """Describe a value in a few words, with signed links shortened."""
    if isinstance(value, str):
        text = shorten_link(value) if "://" in value else value
        return repr(text if len(text) <= 60 else f"{text[:60]}…")
    if isinstance(value, dict):
        return f"an object with {sorted(value)[:8]}"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return "nothing" if value is None else f"{value!r:.60}"
