"""Random values that random schemas may accept, and the judge that shares no code with ours."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from jsonschema import Draft202012Validator

from .schemas import CONSTANTS, NAMES, TEXTS, Schema

Components = dict[str, Schema]

BASIC: tuple[Any, ...] = (
    *TEXTS, *CONSTANTS, "abcd", -3, -2, -1, 0, 2, 3, 4, 6, 7, 0.5, 1.0, 3.5, False, None, [], {},
    ["a"], [1, 1], {"a": 1}, {"a": "a"}, {"b": "a", "t": "x"}, {"new": 1}, "new",
)  # fmt: skip
MOST_NESTED = 4


def validator(schema: Schema, components: Components) -> Draft202012Validator:
    """Return the judge of a schema of a document with components."""
    root = "#/components/schemas/Root"
    return Draft202012Validator(
        {"$ref": root, "components": {"schemas": {**components, "Root": schema}}}
    )


def instances(
    chance: Random, schemas: tuple[Schema, ...], components: Components, count: int
) -> Iterator[Any]:
    """Yield values that fit a part of the schemas, and some that fit none."""
    yield from BASIC
    for _ in range(count):
        yield fitting(chance, chance.choice(schemas), components)


def fitting(chance: Random, schema: Schema, components: Components, depth: int = 0) -> Any:
    """Return a value that may fit a schema."""
    if not isinstance(schema, dict) or depth > MOST_NESTED or chance.random() < 0.04:
        return chance.choice(BASIC)
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return fitting(chance, components[name], components, depth + 1)
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        return chance.choice(schema["enum"])
    parts = [part for word in ("oneOf", "anyOf", "allOf") for part in schema.get(word, ())]
    found = _of_type(chance, schema, components, depth)
    if parts and (found is None or chance.random() < 0.7):
        chosen = parts if "allOf" in schema else [chance.choice(parts)]
        return _joined(chance, found, [fitting(chance, p, components, depth + 1) for p in chosen])
    return found if found is not None else chance.choice(BASIC)


def _joined(chance: Random, found: Any, made: list[Any]) -> Any:
    """Return one of some values, or the properties of all if they are objects."""
    if all(isinstance(value, dict) for value in made):
        objects = [found, *made] if isinstance(found, dict) else made
        return {name: value for each in objects for name, value in each.items()}
    return chance.choice(made)


def _of_type(chance: Random, schema: Schema, components: Components, depth: int) -> Any:
    kind = schema.get("type", "object" if "properties" in schema else None)
    kind = chance.choice(kind) if isinstance(kind, list) else kind
    if kind == "string":
        low = schema.get("minLength", 0)
        length = chance.choice((low, schema.get("maxLength", low + 2), low + 1))
        return "".join(chance.choice("abc") for _ in range(max(0, int(length))))
    if kind in {"integer", "number"}:
        low = schema.get("minimum", schema.get("exclusiveMinimum", -3))
        high = schema.get("maximum", schema.get("exclusiveMaximum", low + 4))
        value = chance.choice((low, high, low + 1, high - 1, low - 1, high + 1))
        return value + 0.5 if kind == "number" and chance.random() < 0.3 else value
    if kind == "boolean":
        return chance.random() < 0.5
    if kind == "array":
        low = schema.get("minItems", 0)
        length = chance.choice((low, schema.get("maxItems", low + 1), low + 1))
        items = schema.get("items", schema.get("contains", True))
        return [fitting(chance, items, components, depth + 1) for _ in range(max(0, int(length)))]
    return _object(chance, schema, components, depth) if kind == "object" else None


def _object(chance: Random, schema: Schema, components: Components, depth: int) -> dict[str, Any]:
    properties = schema.get("properties", {})
    names = {*schema.get("required", ()), *(n for n in properties if chance.random() < 0.5)}
    others = schema.get("additionalProperties")
    if others is not False and chance.random() < (0.1 if others is None else 0.4):
        names.add(chance.choice((*NAMES, "new")))
    return {
        name: fitting(chance, properties.get(name, others), components, depth + 1)
        for name in sorted(names)
    }
