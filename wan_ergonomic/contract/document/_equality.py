"""Equality of JSON values, and of schemas without their documentation."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from wan_ergonomic._json import escape, type_of

from ._node import Node

DOCUMENTATION = frozenset(
    {"description", "title", "summary", "example", "examples", "externalDocs", "$comment"}
)
# The keys of these objects are names, not keywords.
_BY_NAME = frozenset(
    {"properties", "patternProperties", "dependentSchemas", "$defs", "definitions"}
)
# A number that may be whole although it is not written so.
_PERHAPS_WHOLE = re.compile(r"\.0\b|\de[+-]?\d")
# These hold values, not schemas.
_VALUES = frozenset({"enum", "const", "default", "required", "dependentRequired"})


def text(node: Node | None) -> str:
    """Return a text with all white space collapsed, as Markdown renders it."""
    return " ".join(str(node.value).split()) if node else ""


def json_type(value: Any) -> str:
    """Return a value's type as JSON Schema has it: 5.0 is an integer."""
    whole = isinstance(value, float) and value.is_integer()
    return "integer" if whole else type_of(value)


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
    """Return a value as JSON with sorted keys: one text for equal values, ``5.0`` as ``5``."""
    text = json.dumps(value, sort_keys=True)
    if not _PERHAPS_WHOLE.search(text):
        return text
    return json.dumps(json.loads(text, parse_float=_as_number), sort_keys=True)


def _as_number(written: str) -> float:
    number = float(written)
    return int(number) if number.is_integer() else number


def first_difference(a: Any, b: Any, pointer: str = "") -> str | None:
    """Return a clause about the first place at which two values differ; None if they are equal."""
    if same(a, b):
        return None
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        if only := sorted(a.keys() ^ b.keys()):
            return f"{pointer}/{escape(only[0])} is in one of them only"
        members = (first_difference(a[k], b[k], f"{pointer}/{escape(k)}") for k in sorted(a))
        return next(filter(None, members))
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        pairs = enumerate(zip(a, b, strict=True))
        differing = (first_difference(*pair, f"{pointer}/{index}") for index, pair in pairs)
        return next(filter(None, differing))
    one, other = (text if len(text) < 60 else f"{text[:59]}…" for text in map(as_json, (a, b)))
    return f"{pointer} is {one} in one and {other} in the other"


def without_documentation(schema: Any) -> Any:
    """Return a schema without its documentation and extensions."""
    if isinstance(schema, list):
        return [without_documentation(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    kept = {k: v for k, v in schema.items() if k not in DOCUMENTATION and not k.startswith("x-")}
    return {key: keyword_without_documentation(key, value) for key, value in kept.items()}


def keyword_without_documentation(keyword: str, value: Any) -> Any:
    """Return the value of a schema's keyword, such as ``patternProperties``, likewise."""
    if keyword in _VALUES:
        return value
    if keyword in _BY_NAME and isinstance(value, Mapping):
        return {name: without_documentation(schema) for name, schema in value.items()}
    return without_documentation(value)


def differ_in_documentation_only(a: Any, b: Any) -> bool:
    """Whether two schemas differ in their documentation only, or not at all."""
    return same(a, b) or same(without_documentation(a), without_documentation(b))
