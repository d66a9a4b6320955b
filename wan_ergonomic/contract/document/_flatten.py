"""Flattens a schema into one object without ``allOf``, and classifies flat schemas.

Pure functions over the schemas of a valid contract, in OpenAPI 3.0 or 3.1.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from wan_ergonomic._errors import ContractError

from ._pointer import component_name

UNIONS = ("anyOf", "oneOf")
MAX_ALTERNATIVES = 64
# Keywords that do not change which values a schema allows, except whether it allows null.
_ANNOTATIONS = frozenset({
    "title", "description", "default", "nullable", "example", "examples", "deprecated", "readOnly",
    "writeOnly", "externalDocs", "xml", "discriminator",
})  # fmt: skip


def flatten(
    schema: Any, components: Mapping[str, Any], trail: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Return a schema merged with the parts of its ``allOf``, without a reference at its top.

    Raises:
        ContractError: The schema is a part of itself.
    """
    if not isinstance(schema, Mapping):
        return {}
    if isinstance(schema.get("$ref"), str):
        name = component_name(schema["$ref"])
        if name in trail:
            raise ContractError(
                f"The schema {name} is a part of itself. Correct it in a copy, and pass that."
            )
        return flatten(components[name], components, (*trail, name))
    parts = [flatten(part, components, trail) for part in schema.get("allOf", ())]
    result = {key: value for key, value in schema.items() if key != "allOf"}
    for part in parts:
        result = _merged(result, part)
    if parts and not schema.get("nullable") and not all(map(is_nullable, parts)):
        result.pop("nullable", None)
    return result


def _merged(one: dict[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema that allows what two schemas both allow."""
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
            result[union] = [{"allOf": list(pair)} for pair in pairs][:MAX_ALTERNATIVES]
    return result


def _are_plain(one: Any, other: Any) -> bool:
    return all(isinstance(each, Mapping) and "$ref" not in each for each in (one, other))


def alternatives(flat: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield each alternative of a flat schema, merged with the keywords beside the union.

    Alternatives that only list required properties are left out.
    """
    if not any(union in flat for union in UNIONS):
        for kind in flat["type"]:
            yield {**flat, "type": kind}
        return
    common = {key: value for key, value in flat.items() if key not in {*UNIONS, *_ANNOTATIONS}}
    lists = [flat[union] for union in UNIONS if union in flat]
    for members in itertools.islice(itertools.product(*lists), MAX_ALTERNATIVES * 8):
        parts = [member for member in members if not _only_requires(member)]
        if parts and common.get("properties"):
            yield {"allOf": [common, *parts], **_titled(parts)}
        elif len(parts) > 1:
            yield {"allOf": parts}
        elif parts:
            yield parts[0]


def _titled(schemas: list[Any]) -> dict[str, str]:
    name = next(filter(None, map(name_of, schemas)), "")
    return {"title": name} if name else {}


def _only_requires(schema: Any) -> bool:
    """Whether an alternative only lists properties that are required or forbidden."""
    keywords = schema.keys() - _ANNOTATIONS if isinstance(schema, Mapping) else set()
    return bool(keywords) and keywords <= {"required", "not"}


def is_union(flat: Mapping[str, Any]) -> bool:
    """Whether a flat schema has alternatives."""
    return any(union in flat for union in UNIONS) or isinstance(flat.get("type"), list)


def is_class(flat: Mapping[str, Any]) -> bool:
    """Whether the generator makes a class of a flat schema: for an object or an enum."""
    if is_union(flat):
        return False
    values = any(value is not None for value in flat.get("enum", ()))
    kind = flat.get("type")
    return values or kind == "object" or (kind is None and "properties" in flat)


def is_nullable(schema: Mapping[str, Any]) -> bool:
    """Whether a schema without references allows null."""
    null_is_type = "null" in schema.get("type", ())
    return schema.get("nullable") is True or null_is_type or None in schema.get("enum", ())


def is_null(flat: Mapping[str, Any]) -> bool:
    """Whether a flat schema allows null only."""
    return flat.get("type") == "null" or flat.get("enum") == [None]


def nullable(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema for the generator that also allows null."""
    if "$ref" in schema:
        return {"nullable": True, "oneOf": [schema]}
    return {**schema, "nullable": True} if schema else schema


def without_null(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema for the generator that does not allow null."""
    plain = {key: value for key, value in schema.items() if key != "nullable"}
    members = plain.get("oneOf", ())
    return dict(members[0]) if len(members) == 1 else plain


def only_reference(schema: Mapping[str, Any]) -> str | None:
    """Return the name of the component if a schema is only a reference to it, else None."""
    inner = schema.get("allOf", ())
    if len(inner) == 1 and not schema.keys() - _ANNOTATIONS - {"allOf"}:
        schema = inner[0]
    if isinstance(schema, Mapping) and isinstance(schema.get("$ref"), str):
        return component_name(schema["$ref"])
    return None


def name_of(schema: Any) -> str:
    """Return the name of a schema: its component's, its title, or an empty string."""
    if not isinstance(schema, Mapping):
        return ""
    return only_reference(schema) or str(schema.get("title", ""))
