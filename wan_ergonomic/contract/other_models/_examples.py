"""Makes two examples for each generated model: with the fewest and with all properties.

For documents that were shaped for the generator, so only few kinds of schemas occur.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wan_ergonomic.contract.document._pointer import COMPONENT

_MAX_DEPTH = 4
_SCALARS: Mapping[str, Any] = {"string": "text", "integer": 3, "number": 0.5, "boolean": True}


def examples(document: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return for each model of a shaped document its smallest and its fullest JSON.

    Models with files in them, and models without a finite example, are left out.
    """
    schemas: Mapping[str, Any] = document["components"]["schemas"]
    made: dict[str, list[Any]] = {}
    for name, schema in schemas.items():
        if schema["type"] == "object":
            try:
                made[name] = [_object(schema, schemas, 0, full) for full in (False, True)]
            except _NoExampleError:
                continue
    return made


class _NoExampleError(Exception):
    """The schema has no finite JSON example."""


def _object(schema: Mapping[str, Any], schemas: Mapping[str, Any], depth: int, full: bool) -> Any:  # noqa: FBT001
    if depth > 3 * _MAX_DEPTH:
        raise _NoExampleError
    required = schema.get("required", ())
    return {
        name: _example(inner, schemas, depth + 1, full)
        for name, inner in schema["properties"].items()
        if name in required or (full and depth < _MAX_DEPTH)
    }


def _example(schema: Mapping[str, Any], schemas: Mapping[str, Any], depth: int, full: bool) -> Any:  # noqa: FBT001
    if schema.get("nullable") and not full:
        return None
    while "$ref" in schema or "oneOf" in schema:
        first = schema["oneOf"][0] if "oneOf" in schema else schema
        schema = schemas[first["$ref"].removeprefix(COMPONENT)] if "$ref" in first else first
    if schema.get("format") == "binary":
        raise _NoExampleError
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        return _object(schema, schemas, depth, full)
    if kind == "array" and full and depth < _MAX_DEPTH:
        return [_example(schema["items"], schemas, depth + 1, full)]
    return [] if kind == "array" else _SCALARS.get(str(kind))
