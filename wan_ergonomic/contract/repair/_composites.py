"""Corrects what only shows once references are followed: defaults and required names.

The rules for single schemas look at each one alone. What is put together from
others is looked at here, when those are as they should be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from wan_ergonomic._errors import ContractError
from wan_ergonomic.contract.document._flatten import flatten
from wan_ergonomic.contract.document._pointer import escape

from ._schemas import Note
from ._values import NOTHING, fitting

_COMPOSITE = (
    *("allOf", "anyOf", "oneOf", "not", "items", "properties", "additionalProperties", "format"),
)
# What stands here are values, not schemas.
_VALUES = frozenset({"default", "enum", "const", "example", "examples", "mapping"})
# What stands here is told apart by names, which may be any word.
_BY_NAME = frozenset({"$defs", "content", "paths", "properties", "responses", "schemas"})


def correct_composites(document: dict[str, Any], note: Note) -> None:
    """Put right each schema that is put together from others.

    Args:
        document: The document, whose single schemas are right. Changed in place.
        note: Told what was wrong.
    """
    components = document.get("components", {}).get("schemas", {})
    for pointer, schema in _schemas(document, ""):
        if isinstance(schema.get("required"), list) and "allOf" in schema:
            _required(schema, components, pointer, note)
        null = schema.get("nullable") and schema.get("default") is None
        if "default" in schema and not null and not _allows(document, pointer, schema["default"]):
            _default(schema, document, pointer, note)


def _default(schema: dict[str, Any], document: Mapping[str, Any], pointer: str, note: Note) -> None:
    """Put right a default that is not allowed, or leave it out."""
    given = schema.pop("default")
    components = document.get("components", {}).get("schemas", {})
    better = fitting(given, _flat(schema, components))
    if better is NOTHING or not _allows(document, pointer, better):
        note(pointer, f"The default {given!r} is no value that is allowed.")
    else:
        schema["default"] = better
        note(pointer, f"The default is {better!r} now; it was {given!r}.")


def _flat(schema: Mapping[str, Any], components: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return flatten(schema, components)
    except ContractError:
        return {}


def _schemas(
    node: Any, pointer: str, *, by_name: bool = False
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each schema that more than one rule decides, the innermost first, and where it is."""
    if isinstance(node, dict):
        for key, value in list(node.items()):
            if by_name or key not in _VALUES:
                named = key in _BY_NAME and not by_name
                yield from _schemas(value, f"{pointer}/{escape(key)}", by_name=named)
        if not by_name and any(key in node for key in _COMPOSITE):
            yield pointer, node
    elif isinstance(node, list):
        for index, item in enumerate(node):
            yield from _schemas(item, f"{pointer}/{index}")


def _required(
    schema: dict[str, Any], components: Mapping[str, Any], pointer: str, note: Note
) -> None:
    """Leave out what is required and nowhere described."""
    flat = _flat(schema, components)
    if not flat or any(union in flat for union in ("anyOf", "oneOf")):
        return
    given = schema["required"]
    kept = [name for name in given if name in flat.get("properties", {})]
    if kept == given:
        return
    schema["required"] = kept
    if not kept:
        del schema["required"]
    note(pointer, f"required was {given!r}; only {kept} is described.")


def _allows(document: Mapping[str, Any], pointer: str, value: Any) -> bool:
    """Tell whether the schema at a place allows a value."""
    from openapi_schema_validator import (
        OAS30Validator,
        OAS31Validator,
        oas30_format_checker,
        oas31_format_checker,
    )
    from referencing import Registry
    from referencing.jsonschema import DRAFT202012

    newer = document["openapi"] >= "3.1"
    kind = OAS31Validator if newer else OAS30Validator
    formats = oas31_format_checker if newer else oas30_format_checker
    resource = DRAFT202012.create_resource(document)
    registry: Registry[Any] = Registry().with_resource("urn:document", resource)
    validator = kind(
        {"$ref": f"urn:document#{quote(pointer)}"}, registry=registry, format_checker=formats
    )
    try:
        return bool(validator.is_valid(value))
    except RecursionError:
        return False
