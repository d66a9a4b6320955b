"""Corrects what shows only once references are followed: defaults and required names.

It runs after the rules for single schemas.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wan_ergonomic._errors import ContractError
from wan_ergonomic.contract.document._flatten import flatten
from wan_ergonomic.contract.document._validate import allows, default_allowed, schemas_in

from ._schemas import Note
from ._values import NOTHING, fitting

_COMPOSITE = frozenset(
    {"allOf", "anyOf", "oneOf", "not", "items", "properties", "additionalProperties", "format"}
)


def correct_composites(document: dict[str, Any], note: Note) -> None:
    """Correct, in place, each schema that is composed of others."""
    components = document.get("components", {}).get("schemas", {})
    for pointer, schema in schemas_in(document, _COMPOSITE):
        if isinstance(schema.get("required"), list) and "allOf" in schema:
            _required(schema, components, pointer, note)
        if "default" in schema and not default_allowed(document, pointer, schema):
            _default(schema, document, pointer, note)


def _default(schema: dict[str, Any], document: Mapping[str, Any], pointer: str, note: Note) -> None:
    """Correct a default that its schema does not allow, or remove it."""
    given = schema.pop("default")
    components = document.get("components", {}).get("schemas", {})
    better = fitting(given, _flat(schema, components))
    if better is NOTHING or not allows(document, pointer, better):
        note(pointer, f"The default {given!r} is not an allowed value; it was removed.")
    else:
        schema["default"] = better
        note(pointer, f"The default {given!r} was replaced by {better!r}.")


def _flat(schema: Mapping[str, Any], components: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return flatten(schema, components)
    except ContractError:
        return {}


def _required(
    schema: dict[str, Any], components: Mapping[str, Any], pointer: str, note: Note
) -> None:
    """Remove required names that no schema describes."""
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
    note(pointer, f"required {given!r} was reduced to the described properties, {kept}.")
