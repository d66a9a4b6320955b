"""Writes a composition of schemas as the one schema that it stands for, where it is one.

``allOf``, and a union with one branch, are merged into the schema around them, if no
keyword would get two values. What is allowed does not change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._equality import same

_COMPOSITIONS = ("allOf", "anyOf", "oneOf")
# These hold values, not schemas.
_VALUES = frozenset({"const", "default", "enum", "example", "examples"})
# The keys of these objects are names, not keywords.
_BY_NAME = frozenset({"properties", "patternProperties", "responses", "content", "headers"})
# The outer of two values counts: they are for people.
_WORDS = frozenset({"title", "description", "example", "examples", "externalDocs"})
# These are about all properties of their own schema, or of a value as a whole.
_WHOLE = frozenset(
    {"$ref", "additionalProperties", "discriminator", "nullable", "unevaluatedProperties"}
)


def composed(value: Any, *, by_name: bool = False) -> Any:
    """Return a copy of an operation or a schema with its compositions merged."""
    if isinstance(value, list):
        return [composed(each) for each in value]
    if not isinstance(value, Mapping):
        return value
    made = {
        key: each
        if key in _VALUES and not by_name
        else composed(each, by_name=key in _BY_NAME and not by_name)
        for key, each in value.items()
    }
    for key in () if by_name else _COMPOSITIONS:
        branches = made.get(key)
        if isinstance(branches, list) and branches and (key == "allOf" or len(branches) == 1):
            rest = {name: each for name, each in made.items() if name != key}
            made = _merged([rest, *branches]) or made
    return made


def _merged(schemas: list[Any]) -> dict[str, Any] | None:
    """Return the one schema that allows what all of them allow; None if it cannot be written."""
    if not all(isinstance(schema, Mapping) for schema in schemas):
        return None
    filled = [schema for schema in schemas if schema.keys() - _WORDS]
    if len(filled) > 1 and any(not _WHOLE.isdisjoint(schema) for schema in filled):
        return None
    made: dict[str, Any] = {}
    for schema in schemas:
        for key, value in schema.items():
            known = made.setdefault(key, value)
            if same(known, value) or key in _WORDS:
                continue
            if key == "required":
                made[key] = list(dict.fromkeys([*known, *value]))
            elif key == "properties" and not any(
                not same(known[name], value[name]) for name in known.keys() & value.keys()
            ):
                made[key] = {**known, **value}
            else:
                return None
    return made
