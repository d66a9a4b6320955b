"""Corrects what schemas are made of: alternatives, properties, items, what is required.

Rules as those in ``_schema_corrections``, which calls them.
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
            yield f"{key} is a list of schemas, with at least one."
        if not schema[key]:
            del schema[key]
    if "discriminator" in schema:
        given = schema["discriminator"]
        if isinstance(given, str):
            schema["discriminator"] = {"propertyName": given}
            yield "A discriminator is an object that names its property."
        elif not isinstance(given, dict) or not isinstance(given.get("propertyName"), str):
            del schema["discriminator"]
            yield "A discriminator that names no property was left out."


def correct_objects(schema: dict[str, Any], newer: bool) -> Iterator[str]:  # noqa: FBT001
    if "properties" in schema and not isinstance(schema["properties"], dict):
        del schema["properties"]
        yield "Properties are schemas by name; they were left out."
    more = schema.get("additionalProperties")
    if "additionalProperties" in schema and not isinstance(more, dict | bool):
        del schema["additionalProperties"]
        if str(more).lower() == "false":
            schema["additionalProperties"] = False
        yield f"additionalProperties cannot be {more!r}."
    items = schema.get("items")
    if isinstance(items, list) and items and newer:
        schema.setdefault("prefixItems", schema.pop("items"))
        yield "Items by position are 'prefixItems'."
    elif "items" in schema and not isinstance(items, dict) and not (newer and items is False):
        schema["items"] = _any_of(items)
        yield "Items are one schema."
    if schema.get("type") == "array" and "items" not in schema and not newer:
        schema["items"] = {}
        yield "An array without items takes anything."


def _any_of(items: Any) -> dict[str, Any]:
    """Return one schema for what was given as one for each position."""
    schemas = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    return {"anyOf": schemas} if len(schemas) > 1 else schemas[0] if schemas else {}


def correct_required(schema: dict[str, Any], _: bool) -> Iterator[str]:  # noqa: FBT001
    properties = schema.get("properties", {})
    for name, inner in properties.items():
        if isinstance(inner, dict) and "required" in inner and _is_word(inner["required"]):
            if str(inner.pop("required")).lower() == "true":
                names = schema.setdefault("required", [])
                if isinstance(names, list) and name not in names:
                    names.append(name)
            yield f"Whether {name!r} is required is said by the object that has it."
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
        yield (
            f"required was {given!r}; it is {names} now."
            if names
            else (f"required was {given!r}; nothing is.")
        )


def _is_word(value: Any) -> bool:
    return isinstance(value, bool) or str(value).lower() in {"true", "false"}
