"""Equality of JSON values, and of schemas without their documentation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ._node import Node
from ._schema import SchemaView

_DOCUMENTATION = frozenset(
    {"description", "title", "example", "examples", "externalDocs", "$comment"}
)
# The keys of these objects are names, not keywords.
_BY_NAME = frozenset({"properties", "patternProperties", "dependentSchemas"})
# These hold values, not schemas.
_VALUES = frozenset({"enum", "const", "default", "required"})


def text(node: Node | None) -> str:
    """Return a text with all white space collapsed, as Markdown renders it."""
    return " ".join(str(node.value).split()) if node else ""


def is_number(value: Any) -> bool:
    """Whether a value is a JSON number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def same(a: Any, b: Any) -> bool:
    """Whether two values are the same JSON: ``1`` and ``1.0`` are, ``1`` and ``true`` are not."""
    if a is b or (is_number(a) and is_number(b)):
        return bool(a == b)
    # The first comparison is cheap and mostly enough, but in Python 1 equals True.
    return a == b and as_json(a) == as_json(b)


def as_json(value: Any) -> str:
    """Return a value as JSON with sorted keys: one text for equal values."""
    return json.dumps(value, sort_keys=True)


def without_documentation(schema: Any) -> Any:
    """Return a schema without its documentation and extensions."""
    if isinstance(schema, list):
        return [without_documentation(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    kept = {k: v for k, v in schema.items() if k not in _DOCUMENTATION and not k.startswith("x-")}
    return {key: _below(key, value) for key, value in kept.items()}


def _below(key: str, value: Any) -> Any:
    if key in _VALUES:
        return value
    if key in _BY_NAME and isinstance(value, Mapping):
        return {name: without_documentation(schema) for name, schema in value.items()}
    return without_documentation(value)


def differ_in_documentation_only(old: SchemaView, new: SchemaView) -> bool:
    """Whether two schemas differ in their documentation only, or not at all."""
    a, b = old.node.value, new.node.value
    return same(a, b) or same(without_documentation(a), without_documentation(b))
