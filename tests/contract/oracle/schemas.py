"""Random schemas, and random changes of them, from a source of chance."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from random import Random
from typing import Any

Schema = Any

NAMES = ("a", "b", "c")
COMPONENTS = ("A", "B")
TEXTS = ("", "a", "ab", "abc", "b")
PATTERNS = ("^a", "b$", "^[ab]*$", "c")
CONSTANTS = ("a", "b", 1, 5, 2.5, True, None, "abc")
ANNOTATIONS = ({"description": "d"}, {"title": "t"}, {"deprecated": True}, {"default": "a"})
UNIONS = ("anyOf", "oneOf")


def schema(chance: Random, depth: int = 3, refs: tuple[str, ...] = COMPONENTS) -> Schema:
    """Return a random schema."""
    simple = (text, number, listed, plain)
    made = (obj, obj, array, union, union, variants, composed, beside, negated)
    maker = chance.choice((*simple, *made) if depth > 0 else simple)
    if refs and chance.random() < 0.08:
        return {"$ref": f"#/components/schemas/{chance.choice(refs)}"}
    found = maker(chance, depth, refs)
    if chance.random() < 0.08 and isinstance(found, dict):
        found |= copy.deepcopy(chance.choice(ANNOTATIONS))
    return found


def some(chance: Random, **keywords: Any) -> Schema:
    """Return some of the keywords."""
    return {word: value for word, value in keywords.items() if chance.random() < 0.4}


def text(chance: Random, *_: Any) -> Schema:
    """Return the schema of a string."""
    low = chance.randint(0, 2)
    return {"type": "string"} | some(
        chance,
        minLength=low,
        maxLength=low + chance.randint(0, 3),
        pattern=chance.choice(PATTERNS) if chance.random() < 0.3 else "",
    )


def number(chance: Random, *_: Any) -> Schema:
    """Return the schema of a number."""
    low = chance.randint(-2, 3)
    ends = {
        chance.choice(("minimum", "exclusiveMinimum")): low,
        chance.choice(("maximum", "exclusiveMaximum")): low + chance.randint(0, 4),
    }
    step = chance.choice((1, 2, 0.5, 3))
    kind = chance.choice(("integer", "integer", "number"))
    found = {"type": kind} | some(chance, **ends)
    return found | ({"multipleOf": step} if chance.random() < 0.15 else {})


def listed(chance: Random, *_: Any) -> Schema:
    """Return the schema of some values."""
    if chance.random() < 0.3:
        return {"const": chance.choice(CONSTANTS)}
    values = chance.sample(CONSTANTS, chance.randint(1, 4))
    if chance.random() < 0.6:
        values = [value for value in values if isinstance(value, str)] or ["a"]
        return {"type": "string", "enum": values}
    return {"enum": values}


def plain(chance: Random, *_: Any) -> Schema:
    """Return a schema with hardly a keyword."""
    if chance.random() < 0.2:
        return chance.choice((True, False, {}))
    kinds = ("string", "integer", "number", "boolean", "null", "array", "object")
    if chance.random() < 0.6:
        return {"type": chance.sample(kinds, chance.randint(2, 3))}
    return {"type": chance.choice(kinds)}


def obj(chance: Random, depth: int, refs: tuple[str, ...]) -> Schema:
    """Return the schema of an object."""
    names = chance.sample(NAMES, chance.randint(1, 3))
    found: Schema = {
        "type": "object",
        "properties": {name: schema(chance, depth - 1, refs) for name in names},
    }
    required = [name for name in NAMES if chance.random() < 0.3]
    if required:
        found["required"] = required
    if chance.random() < 0.25:
        found["additionalProperties"] = chance.choice((False, False, True, schema(chance, 0, refs)))
    return found | some(chance, **({"minProperties": 1} if chance.random() < 0.2 else {}))


def array(chance: Random, depth: int, refs: tuple[str, ...]) -> Schema:
    """Return the schema of an array."""
    low = chance.randint(0, 1)
    found = {"type": "array"} | some(
        chance, minItems=low, maxItems=low + chance.randint(0, 2), uniqueItems=True
    )
    if chance.random() < 0.8:
        found["items"] = schema(chance, depth - 1, refs)
    if chance.random() < 0.08:
        found["contains"] = schema(chance, 0, refs)
    return found


def union(chance: Random, depth: int, refs: tuple[str, ...]) -> Schema:
    """Return a union."""
    count = chance.randint(1, 3)
    return {chance.choice(UNIONS): [schema(chance, depth - 1, refs) for _ in range(count)]}


def variants(chance: Random, depth: int, refs: tuple[str, ...]) -> Schema:
    """Return a union whose variants are told apart by a constant."""
    branches = []
    for value in chance.sample("xyz", chance.randint(2, 3)):
        branch = obj(chance, depth - 1, refs)
        branch["properties"]["t"] = chance.choice(({"const": value}, {"enum": [value]}))
        branch["required"] = [*branch.get("required", ()), "t"]
        branches.append(branch)
    return {chance.choice(UNIONS): branches}


def composed(chance: Random, depth: int, refs: tuple[str, ...]) -> Schema:
    """Return an allOf of schemas that may have values in common."""
    maker = chance.choice((text, number, obj, obj, schema))
    return {"allOf": [maker(chance, depth - 1, refs) for _ in range(2)]}


def beside(chance: Random, depth: int, refs: tuple[str, ...]) -> Schema:
    """Return a union with keywords beside it, or two unions."""
    first, second = union(chance, depth - 1, refs), chance.choice((text, number, obj, union))
    return {**second(chance, depth - 1, refs), **first}


def negated(chance: Random, depth: int, refs: tuple[str, ...]) -> Schema:
    """Return a schema with a not."""
    return {**schema_object(chance, depth - 1, refs), "not": listed(chance)}


def schema_object(chance: Random, depth: int, refs: tuple[str, ...]) -> Schema:
    """Return a random schema that is not a boolean."""
    return chance.choice((text, number, obj))(chance, depth, refs)


def places(found: Schema) -> Iterator[tuple[Any, Any]]:
    """Yield the holder and the key of each schema within a schema."""
    if not isinstance(found, dict):
        return
    for word in ("allOf", "anyOf", "oneOf"):
        for index, held in enumerate(found.get(word, ())):
            yield found[word], index
            yield from places(held)
    for name, held in found.get("properties", {}).items():
        yield found["properties"], name
        yield from places(held)
    for word in ("items", "additionalProperties", "not", "contains"):
        if word in found:
            yield found, word
            yield from places(found[word])


def changed(chance: Random, old: Schema) -> Schema:
    """Return a schema with one or two random changes."""
    root = [copy.deepcopy(old)]
    for _ in range(chance.choice((1, 1, 2))):
        holder, key = chance.choice([(root, 0), *places(root[0])])
        holder[key] = _changed(chance, holder[key])
    return root[0]


def _changed(chance: Random, held: Schema) -> Schema:
    if not isinstance(held, dict) or not held or chance.random() < 0.15:
        return schema(chance, 1)
    edit = chance.choice((_limit, _limit, _drop, _branch, _branch, _need, _values, _wrap, _merge))
    found = copy.deepcopy(held)
    return edit(chance, found)


def _limit(chance: Random, held: Schema) -> Schema:
    words = [w for w in held if w[:3] in {"min", "max", "exc"} or w == "multipleOf"]
    if not words:
        return held | chance.choice((text, number, array))(chance, 0, ())
    held[chance.choice(words)] += chance.choice((-1, 1))
    return held if held.get("multipleOf", 1) > 0 else held | {"multipleOf": 2}


def _drop(chance: Random, held: Schema) -> Schema:
    del held[chance.choice(list(held))]
    return held


def _branch(chance: Random, held: Schema) -> Schema:
    words = [word for word in ("allOf", *UNIONS) if word in held]
    if not words:
        return {chance.choice(UNIONS): [held, schema(chance, 1)]}
    word = chance.choice(words)
    action = chance.choice(("more", "less", "other", "shuffle"))
    if action == "more" or len(held[word]) < 2:
        held[word].append(schema(chance, 1))
    elif action == "less":
        held[word].pop(chance.randrange(len(held[word])))
    elif action == "shuffle":
        chance.shuffle(held[word])
    else:
        other = chance.choice(("allOf", *UNIONS))
        held[other] = held.pop(word)
    return held


def _need(chance: Random, held: Schema) -> Schema:
    name = chance.choice(NAMES)
    if "properties" not in held:
        return held | obj(chance, 1, ())
    if chance.random() < 0.4:
        needed = held.get("required", [])
        held["required"] = [n for n in needed if n != name] if name in needed else [*needed, name]
    elif chance.random() < 0.5 and held["properties"]:
        held["properties"].pop(chance.choice(list(held["properties"])))
    else:
        held["properties"][name] = schema(chance, 1)
    held["required"] = held.get("required", [])
    return held


def _values(chance: Random, held: Schema) -> Schema:
    if "enum" not in held:
        return held | listed(chance)
    if chance.random() < 0.5 and len(held["enum"]) > 1:
        held["enum"].pop(chance.randrange(len(held["enum"])))
    else:
        held["enum"].append("new")
    return held


def _wrap(chance: Random, held: Schema) -> Schema:
    return {
        chance.choice(("allOf", *UNIONS)): [held, *([schema(chance, 1)] * chance.randint(0, 1))]
    }


def _merge(chance: Random, held: Schema) -> Schema:
    return held | chance.choice(({"additionalProperties": False}, {"type": "object"},
                                 {"type": ["string", "null"]}, {"minLength": 2}))  # fmt: skip
