"""Documents written in another way: references resolved, OpenAPI 3.1, another order of members."""

from __future__ import annotations

from typing import Any

from wan_ergonomic import _spec

_EXAMPLES = {"array": [], "integer": 1, "number": 1.5, "boolean": True, "object": {}}


def inlined(document: Any, holder: Any) -> Any:
    """Return the schema of a media type, with what its references lead to in their place."""

    def copy(value: Any) -> Any:
        if isinstance(value, list):
            return [copy(each) for each in value]
        if not isinstance(value, dict):
            return value
        if name := str(value.get("$ref", "")).rpartition("/")[2]:
            return copy(document["components"]["schemas"][name])
        return {key: copy(part) for key, part in value.items()}

    return copy(holder["schema"])


def example(request: Any) -> Any:
    """Return a request with a value for each property."""
    return {
        name: next(iter(_spec.choices(part)), None) or _of_type(part)
        for name, part in request["properties"].items()
    }


def _of_type(part: Any) -> Any:
    kinds = sorted(_spec.types(part) & _EXAMPLES.keys())
    return _EXAMPLES[kinds[0]] if kinds else "a"


def as_3_1(document: Any) -> Any:
    """Return a document in OpenAPI 3.1."""
    return {**_null_as_type(document), "openapi": "3.1.0"}


def _null_as_type(value: Any) -> Any:
    if isinstance(value, list):
        return [_null_as_type(each) for each in value]
    if not isinstance(value, dict):
        return value
    copied = {key: _null_as_type(part) for key, part in value.items() if key != "nullable"}
    if value.get("nullable") is True and isinstance(value.get("type"), str):
        copied["type"] = [value["type"], "null"]
        if "enum" in copied:
            copied["enum"] = [*copied["enum"], None]
    return copied


def reversed_members(value: Any) -> Any:
    """Return a value with the members of every object in reverse order."""
    if isinstance(value, list):
        return [reversed_members(each) for each in value]
    if isinstance(value, dict):
        return {key: reversed_members(part) for key, part in reversed(value.items())}
    return value
