"""Random ways to write the same schema otherwise."""

from __future__ import annotations

import copy
from random import Random
from typing import Any

from .schemas import UNIONS, Schema, places

Components = dict[str, Schema]

_ANNOTATIONS = frozenset({"description", "title", "deprecated", "default"})
_USUAL: dict[str, dict[str, Any]] = {
    "string": {"minLength": 0},
    "array": {"minItems": 0, "uniqueItems": False},
    "object": {"additionalProperties": True, "required": [], "minProperties": 0},
}
_NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength",
            "minItems", "maxItems", "minProperties", "multipleOf")  # fmt: skip


def rewritten(chance: Random, old: Schema, components: Components) -> Schema:
    """Return a schema that accepts the same; components may be added."""
    root = [copy.deepcopy(old)]
    for _ in range(chance.randint(1, 4)):
        holder, key = chance.choice([(root, 0), *places(root[0])])
        rewrite = chance.choice(REWRITES)
        holder[key] = rewrite(chance, copy.deepcopy(holder[key]), components)
    return root[0]


def _reordered(chance: Random, held: Schema, _: Components) -> Schema:
    """Write keywords, and lists that are sets, in another order."""
    if not isinstance(held, dict):
        return held
    keys = chance.sample(list(held), len(held))
    found = {key: held[key] for key in keys}
    for key, value in found.items():
        if isinstance(value, list) and key != "default":
            chance.shuffle(value)
    return found


def _aside(_: Random, held: Schema, components: Components) -> Schema:
    name = f"Aside{len(components)}"
    components[name] = held
    return {"$ref": f"#/components/schemas/{name}"}


def _inlined(_: Random, held: Schema, components: Components) -> Schema:
    if isinstance(held, dict) and held.keys() == {"$ref"}:
        return copy.deepcopy(components[held["$ref"].rsplit("/", 1)[-1]])
    return held


def _wrapped(chance: Random, held: Schema, _: Components) -> Schema:
    return {chance.choice(("allOf", *UNIONS)): [held]}


def _doubled(chance: Random, held: Schema, _: Components) -> Schema:
    if isinstance(held, dict) and held.keys() & {*_ANNOTATIONS, "$ref"}:
        # Texts of variants are not texts of their union.
        return held
    return {chance.choice(("allOf", "anyOf")): [held, copy.deepcopy(held)]}


def _types(chance: Random, held: Schema, _: Components) -> Schema:
    """Write a list of types as a union of types."""
    if not isinstance(held, dict) or not isinstance(held.get("type"), list) or "anyOf" in held:
        return held
    kinds = held.pop("type")
    if held and chance.random() < 0.5:
        words = {word: held.pop(word) for word in list(held) if word not in _ANNOTATIONS}
        return {**held, "anyOf": [{"type": kind, **copy.deepcopy(words)} for kind in kinds]}
    return {**held, "anyOf": [{"type": kind} for kind in kinds]}


def _constants(chance: Random, held: Schema, _: Components) -> Schema:
    """Write an enum as a union of constants."""
    if not isinstance(held, dict) or "enum" not in held:
        return held
    word = chance.choice(UNIONS)
    if word in held or "const" in held:
        return held
    constants = [{"const": value} for value in held.pop("enum")]
    return {**held, word: constants}


def _constant(_: Random, held: Schema, __: Components) -> Schema:
    if isinstance(held, dict) and "const" in held and "enum" not in held:
        held["enum"] = [held.pop("const")]
    elif isinstance(held, dict) and len(held.get("enum", ())) == 1 and "const" not in held:
        held["const"] = held.pop("enum")[0]
    return held


def _as_floats(_: Random, held: Schema, __: Components) -> Schema:
    """Write 5 as 5.0."""
    if not isinstance(held, dict):
        return held
    for word in (word for word in (*_NUMBERS, "const") if word in held):
        held[word] = _float(held[word])
    if "enum" in held:
        held["enum"] = [_float(value) for value in held["enum"]]
    return held


def _float(value: Any) -> Any:
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _limits(_: Random, held: Schema, __: Components) -> Schema:
    """Write the limits of an integer in the other form."""
    if not isinstance(held, dict) or held.get("type") != "integer":
        return held
    found = dict(held)
    for word, other, step in (
        ("minimum", "exclusiveMinimum", -1), ("exclusiveMinimum", "minimum", 1),
        ("maximum", "exclusiveMaximum", 1), ("exclusiveMaximum", "maximum", -1),
    ):  # fmt: skip
        if word in held and other not in held:
            del found[word]
            found[other] = held[word] + step
    return found


def _boolean(_: Random, held: Schema, __: Components) -> Schema:
    if held is True or held == {}:
        return {} if held is True else True
    return {"not": {}} if held is False else held


def _open_enum(_: Random, held: Schema, __: Components) -> Schema:
    if held == {"type": "string"}:
        return {"anyOf": [{"type": "string"}, {"type": "string", "enum": ["a", "b"]}]}
    return held


def _defaults(_: Random, held: Schema, __: Components) -> Schema:
    """Write what holds anyway."""
    if not isinstance(held, dict):
        return held
    kind = held.get("type")
    return {**_USUAL.get(kind, {}), **held} if isinstance(kind, str) else held


def _split(chance: Random, held: Schema, _: Components) -> Schema:
    """Write some keywords in a part of an allOf."""
    if not isinstance(held, dict) or len(held) < 2 or held.keys() & {"allOf", "$ref"}:
        return held
    if "additionalProperties" in held or "if" in held:
        return held
    first = [key for key in held if chance.random() < 0.5 and key not in _ANNOTATIONS]
    rest = {key: value for key, value in held.items() if key not in first}
    return {**rest, "allOf": [{key: held[key] for key in first}]}


def _distributed(_: Random, held: Schema, __: Components) -> Schema:
    """Write what is beside a union in each of its branches."""
    words = [word for word in UNIONS if isinstance(held, dict) and word in held]
    if len(words) != 1 or "$ref" in held:
        return held
    branches = held.pop(words[0])
    texts = {word: held.pop(word) for word in _ANNOTATIONS if word in held}
    return {**texts, words[0]: [{"allOf": [copy.deepcopy(held), branch]} for branch in branches]}


def _flattened(_: Random, held: Schema, __: Components) -> Schema:
    """Write a union within a union as one."""
    if not isinstance(held, dict) or "anyOf" not in held:
        return held
    branches: list[Schema] = []
    for branch in held["anyOf"]:
        nested = isinstance(branch, dict) and branch.keys() == {"anyOf"}
        branches += branch["anyOf"] if nested else [branch]
    return {**held, "anyOf": branches}


REWRITES = (
    _reordered, _aside, _inlined, _wrapped, _doubled, _types, _types, _constants, _constants,
    _constant, _as_floats, _limits, _boolean, _open_enum, _defaults, _split, _distributed,
    _flattened,
)  # fmt: skip
