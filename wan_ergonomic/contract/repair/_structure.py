"""Repairs the structure of schemas: alternatives, properties, items, required names.

Rules as in ``_schemas``, which calls them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

UNIONS = ("allOf", "anyOf", "oneOf")


def correct_unions(schema: dict[str, Any], _: bool) -> Iterator[str]:  # noqa: FBT001
    for key in UNIONS:
        given = schema.get(key)
        if key not in schema:
            continue
        members = [given] if isinstance(given, dict) else given if isinstance(given, list) else []
        schema[key] = [member for member in members if isinstance(member, dict | bool)]
        if schema[key] != given or not schema[key]:
            yield f"{key} must be a list of at least one schema; {given!r} was corrected."
        if not schema[key]:
            del schema[key]
    if "discriminator" in schema:
        given = schema["discriminator"]
        if isinstance(given, str):
            schema["discriminator"] = {"propertyName": given}
            yield "A discriminator must be an object; it was replaced by one."
        elif not isinstance(given, dict) or not isinstance(given.get("propertyName"), str):
            del schema["discriminator"]
            yield "A discriminator without a property was removed."


def correct_objects(schema: dict[str, Any], newer: bool) -> Iterator[str]:  # noqa: FBT001
    if "properties" in schema and not isinstance(schema["properties"], dict):
        del schema["properties"]
        yield "The properties are not an object; they were removed."
    more = schema.get("additionalProperties")
    if "additionalProperties" in schema and not isinstance(more, dict | bool):
        del schema["additionalProperties"]
        if str(more).lower() == "false":
            schema["additionalProperties"] = False
        yield f"additionalProperties {more!r} is not a schema or a boolean; it was corrected."
    items = schema.get("items")
    if isinstance(items, list) and items and newer:
        schema.setdefault("prefixItems", schema.pop("items"))
        yield "Items by position are 'prefixItems'; they were moved there."
    elif "items" in schema and not isinstance(items, dict) and not (newer and items is False):
        schema["items"] = _any_of(items)
        yield "'items' must be one schema; it was replaced by one."
    if schema.get("type") == "array" and "items" not in schema and not newer:
        schema["items"] = {}
        yield "An array needs items; a schema that allows anything was added."


def _any_of(items: Any) -> dict[str, Any]:
    """Return one schema for items that were given by position."""
    schemas = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    return {"anyOf": schemas} if len(schemas) > 1 else schemas[0] if schemas else {}


def correct_required(schema: dict[str, Any], _: bool) -> Iterator[str]:  # noqa: FBT001
    properties = schema.get("properties", {})
    for name, inner in properties.items():
        if isinstance(inner, dict) and "required" in inner and _is_flag(inner["required"]):
            if str(inner.pop("required")).lower() == "true":
                names = schema.setdefault("required", [])
                if isinstance(names, list) and name not in names:
                    names.append(name)
            yield f"'required' of {name!r} belongs to the object; it was moved there."
    if "required" not in schema:
        return
    given = schema["required"]
    listed = given if isinstance(given, list) else []
    names = list(dict.fromkeys(name for name in listed if isinstance(name, str)))
    if properties and not any(union in schema for union in UNIONS):
        names = [name for name in names if name in properties]
    schema["required"] = names
    if not names:
        del schema["required"]
    if names != given or not names:
        yield f"required {given!r} was " + (f"replaced by {names}." if names else "removed.")


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool) or str(value).lower() in {"true", "false"}
