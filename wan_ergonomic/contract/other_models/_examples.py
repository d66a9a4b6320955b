"""Makes examples of what a generated model reads: the least, and the fullest.

For documents that were shaped for the generator, whose schemas are few in kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wan_ergonomic.contract.document._flatten import PREFIX

_DEEPEST = 4
_SCALARS: Mapping[str, Any] = {"string": "text", "integer": 3, "number": 0.5, "boolean": True}


def examples(document: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return for each model of a shaped document the least and the fullest JSON it reads.

    None for a model that has files in it, which JSON cannot say, or of which no
    finite one exists.
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
    """There is none."""


def _object(schema: Mapping[str, Any], schemas: Mapping[str, Any], depth: int, full: bool) -> Any:  # noqa: FBT001
    if depth > 3 * _DEEPEST:
        raise _NoExampleError
    needed = schema.get("required", ())
    return {
        name: _example(inner, schemas, depth + 1, full)
        for name, inner in schema["properties"].items()
        if name in needed or (full and depth < _DEEPEST)
    }


def _example(schema: Mapping[str, Any], schemas: Mapping[str, Any], depth: int, full: bool) -> Any:  # noqa: FBT001
    if schema.get("nullable") and not full:
        return None
    while "$ref" in schema or "oneOf" in schema:
        meant = schema["oneOf"][0] if "oneOf" in schema else schema
        schema = schemas[meant["$ref"].removeprefix(PREFIX)] if "$ref" in meant else meant
    if schema.get("format") == "binary":
        raise _NoExampleError
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        return _object(schema, schemas, depth, full)
    if kind == "array" and full and depth < _DEEPEST:
        return [_example(schema["items"], schemas, depth + 1, full)]
    return [] if kind == "array" else _SCALARS.get(str(kind))
