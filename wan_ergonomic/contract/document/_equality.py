"""What a piece of JSON stands for: when two are the same, and what of one only people read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ._node import Node
from ._schema import View

_WORDLESS = frozenset({"description", "title", "example", "examples", "externalDocs", "$comment"})
# What people named, and not the vendor's schema language.
_NAMED = frozenset({"properties", "patternProperties", "dependentSchemas"})
_PLAIN = frozenset({"enum", "const", "default", "required"})


def text(node: Node | None) -> str:
    """Return a text without the differences that no reader sees."""
    return " ".join(str(node.value).split()) if node else ""


def is_number(value: Any) -> bool:
    """Whether a value is a JSON number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def same(a: Any, b: Any) -> bool:
    """Whether two values are the same JSON: ``1`` and ``1.0`` are, ``1`` and ``true`` are not."""
    if a is b or (is_number(a) and is_number(b)):
        return bool(a == b)
    # Cheap, and mostly the answer; Python takes 1 for True.
    return a == b and written(a) == written(b)


def written(value: Any) -> str:
    """Return a value as JSON, the same for the same value."""
    return json.dumps(value, sort_keys=True)


def meaning(schema: Any) -> Any:
    """Return a schema without what only people read."""
    if isinstance(schema, list):
        return [meaning(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    kept = {k: v for k, v in schema.items() if k not in _WORDLESS and not k.startswith("x-")}
    return {key: _below(key, value) for key, value in kept.items()}


def _below(key: str, value: Any) -> Any:
    if key in _PLAIN:
        return value
    if key in _NAMED and isinstance(value, Mapping):
        return {name: meaning(schema) for name, schema in value.items()}
    return meaning(value)


def mean_the_same(old: View, new: View) -> bool:
    """Whether two schemas are written alike, but for what only people read."""
    a, b = old.node.value, new.node.value
    return same(a, b) or same(meaning(a), meaning(b))
