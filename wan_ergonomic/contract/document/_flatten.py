"""What a schema comes down to: one object without ``allOf``, and questions about it.

Pure functions over schemas of a valid contract, in either version of OpenAPI.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from wan_ergonomic._errors import ContractError

from ._pointer import component_name

UNIONS = ("anyOf", "oneOf")
MOST_ALTERNATIVES = 64
# What says nothing of which values there are.
WORDS = frozenset({
    "title", "description", "default", "nullable", "example", "examples", "deprecated", "readOnly",
    "writeOnly", "externalDocs", "xml", "discriminator",
})  # fmt: skip


def flatten(
    schema: Any, components: Mapping[str, Any], trail: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Return a schema with all that it is made of merged into one, and no reference at its top.

    Raises:
        ContractError: It is made of itself.
    """
    if not isinstance(schema, Mapping):
        return {}
    if isinstance(schema.get("$ref"), str):
        name = component_name(schema["$ref"])
        if name in trail:
            raise ContractError(f"The schema {name} is made of itself.")
        return flatten(components[name], components, (*trail, name))
    parts = [flatten(part, components, trail) for part in schema.get("allOf", ())]
    result = {key: value for key, value in schema.items() if key != "allOf"}
    for part in parts:
        result = _merged(result, part)
    if parts and not schema.get("nullable") and not all(map(is_nullable, parts)):
        result.pop("nullable", None)
    return result


def _merged(one: dict[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Return what holds where both hold."""
    result = {**other, **one}
    if "properties" in one and "properties" in other:
        theirs = other["properties"]
        shared = {
            name: {**theirs[name], **schema} if _are_plain(schema, theirs.get(name)) else schema
            for name, schema in one["properties"].items()
        }
        result["properties"] = {**shared, **{k: v for k, v in theirs.items() if k not in shared}}
    if "required" in one and "required" in other:
        result["required"] = list(dict.fromkeys([*one["required"], *other["required"]]))
    for union in UNIONS:
        if union in one and union in other:
            pairs = itertools.product(one[union], other[union])
            result[union] = [{"allOf": list(pair)} for pair in pairs][:MOST_ALTERNATIVES]
    return result


def _are_plain(one: Any, other: Any) -> bool:
    return all(isinstance(each, Mapping) and "$ref" not in each for each in (one, other))


def alternatives(flat: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield each alternative of a flat schema, with what all have in common put into it.

    None if they only say which properties have to be there.
    """
    if not any(union in flat for union in UNIONS):
        for kind in flat["type"]:
            yield {**flat, "type": kind}
        return
    common = {key: value for key, value in flat.items() if key not in {*UNIONS, *WORDS}}
    lists = [flat[union] for union in UNIONS if union in flat]
    for members in itertools.islice(itertools.product(*lists), MOST_ALTERNATIVES * 8):
        meant = [member for member in members if not _only_demands(member)]
        if meant and common.get("properties"):
            yield {"allOf": [common, *meant], **_titled(meant)}
        elif len(meant) > 1:
            yield {"allOf": meant}
        elif meant:
            yield meant[0]


def _titled(schemas: list[Any]) -> dict[str, str]:
    name = next(filter(None, map(name_of, schemas)), "")
    return {"title": name} if name else {}


def _only_demands(schema: Any) -> bool:
    """Tell whether an alternative only says which properties have to be there."""
    demands = {"required", "not"}
    said = schema.keys() - WORDS if isinstance(schema, Mapping) else set()
    return bool(said) and said <= demands


def is_union(flat: Mapping[str, Any]) -> bool:
    """Tell whether a flat schema has alternatives."""
    return any(union in flat for union in UNIONS) or isinstance(flat.get("type"), list)


def is_class(flat: Mapping[str, Any]) -> bool:
    """Tell whether a flat schema becomes a class: an object or a list of values."""
    if is_union(flat):
        return False
    values = any(value is not None for value in flat.get("enum", ()))
    kind = flat.get("type")
    return values or kind == "object" or (kind is None and "properties" in flat)


def is_nullable(schema: Mapping[str, Any]) -> bool:
    """Tell whether null is a value of a schema without references."""
    null_is_type = "null" in schema.get("type", ())
    return schema.get("nullable") is True or null_is_type or None in schema.get("enum", ())


def is_null(flat: Mapping[str, Any]) -> bool:
    """Tell whether null is the only value of a flat schema."""
    return flat.get("type") == "null" or flat.get("enum") == [None]


def nullable(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema of the generator's that may be null as well."""
    if "$ref" in schema:
        return {"nullable": True, "oneOf": [schema]}
    return {**schema, "nullable": True} if schema else schema


def without_null(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema of the generator's that may not be null."""
    plain = {key: value for key, value in schema.items() if key != "nullable"}
    members = plain.get("oneOf", ())
    return dict(members[0]) if len(members) == 1 else plain


def only_reference(schema: Mapping[str, Any]) -> str | None:
    """Return the component that a schema is, if that is all it says."""
    inner = schema.get("allOf", ())
    if len(inner) == 1 and not schema.keys() - WORDS - {"allOf"}:
        schema = inner[0]
    if isinstance(schema, Mapping) and isinstance(schema.get("$ref"), str):
        return component_name(schema["$ref"])
    return None


def name_of(schema: Any) -> str:
    """Return what a schema calls itself."""
    if not isinstance(schema, Mapping):
        return ""
    return only_reference(schema) or str(schema.get("title", ""))
