"""Repairs single schemas; each rule is a function.

A rule changes a schema in place, and yields a sentence for each correction. ``newer``
means that the document is OpenAPI 3.1 or later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from wan_ergonomic._json import pointer_to, type_of

from ._structure import UNIONS, correct_objects, correct_required, correct_unions
from ._values import correct_defaults, correct_enums, correct_limits

# Called for each correction, with its JSON pointer and a sentence about it.
Note: TypeAlias = Callable[[str, str], None]
_Rule = Callable[[dict[str, Any], bool], Iterator[str]]

# The keywords of a schema in OpenAPI 3.0.
_KEYWORDS = {
    "title", "multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum",
    "maxLength", "minLength", "pattern", "maxItems", "minItems", "uniqueItems", "maxProperties",
    "minProperties", "required", "enum", "type", "not", "allOf", "oneOf", "anyOf", "items",
    "properties", "additionalProperties", "description", "format", "default", "nullable",
    "discriminator", "readOnly", "writeOnly", "example", "externalDocs", "deprecated", "xml",
    "$ref",
}  # fmt: skip
_TYPES = ("string", "number", "integer", "boolean", "array", "object")
_ALIASES: dict[str, dict[str, str]] = {
    "int": {"type": "integer"}, "long": {"type": "integer"}, "float": {"type": "number"},
    "double": {"type": "number"}, "decimal": {"type": "number"}, "bool": {"type": "boolean"},
    "str": {"type": "string"}, "text": {"type": "string"}, "enum": {"type": "string"},
    "uri": {"type": "string", "format": "uri"}, "url": {"type": "string", "format": "uri"},
    "uuid": {"type": "string", "format": "uuid"}, "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "file": {"type": "string", "format": "binary"}, "dict": {"type": "object"},
    "map": {"type": "object"}, "list": {"type": "array"},
}  # fmt: skip
_FLAGS = ("nullable", "deprecated", "readOnly", "writeOnly", "uniqueItems")
_TEXTS = ("title", "description", "format", "pattern")


def correct_schema(holder: Any, key: Any, pointer: str, note: Note, *, newer: bool) -> None:
    """Repair, in place, the schema at a key or index of its holder, and all schemas within it."""
    schema = holder[key]
    if isinstance(schema, bool) and newer:
        return
    if not isinstance(schema, dict):
        holder[key] = {}
        note(pointer, f"{schema!r} is not a schema; it was replaced by one that allows anything.")
        return
    for rule in _RULES:
        for what in rule(schema, newer):
            note(pointer, what)
    for inner, where in _children(schema):
        correct_schema(inner, where[-1], pointer + pointer_to(where), note, newer=newer)


def _children(schema: dict[str, Any]) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """Yield the holder of each schema within one, and the path to it."""
    for keyword in ("properties", "patternProperties", "$defs"):
        held = schema.get(keyword)
        for name in held if isinstance(held, dict) else ():
            yield held, (keyword, name)
    for keyword in (*UNIONS, "prefixItems"):
        held = schema.get(keyword)
        for index in range(len(held)) if isinstance(held, list) else ():
            yield held, (keyword, index)
    for keyword in ("items", "not", "additionalProperties"):
        if isinstance(schema.get(keyword), dict):
            yield schema, (keyword,)


def _keywords(schema: dict[str, Any], newer: bool) -> Iterator[str]:  # noqa: FBT001
    if newer:
        return
    if "const" in schema:
        schema.setdefault("enum", [schema.pop("const")])
        yield "'const' needs OpenAPI 3.1; it was replaced by an enum with one value."
    if isinstance(schema.get("examples"), list):
        examples = schema.pop("examples")
        if examples:
            schema.setdefault("example", examples[0])
        yield "'examples' needs OpenAPI 3.1; the first one was made the 'example'."
    for key in [k for k in schema if k not in _KEYWORDS and not k.startswith("x-")]:
        del schema[key]
        yield f"{key!r} is not a keyword of OpenAPI 3.0; it was removed."


def _references(schema: dict[str, Any], newer: bool) -> Iterator[str]:  # noqa: FBT001
    if "$ref" not in schema:
        return
    if not isinstance(schema["$ref"], str):
        del schema["$ref"]
        yield "A reference that is not text was removed."
    elif len(schema) > 1 and not newer:
        inherited = [{"$ref": schema.pop("$ref")}]
        others = schema.get("allOf", [])
        schema["allOf"] = inherited + (others if isinstance(others, list) else [])
        yield "Keywords beside a reference are ignored; the reference was moved into an allOf."


def _texts_and_flags(schema: dict[str, Any], _: bool) -> Iterator[str]:  # noqa: FBT001
    for key in _TEXTS:
        if key in schema and not isinstance(schema[key], str):
            given = schema.pop(key)
            if isinstance(given, int | float) and not isinstance(given, bool):
                schema[key] = str(given)
            better = "converted" if key in schema else "removed"
            yield f"The {key} {given!r} is not text; it was {better}."
    for key in _FLAGS:
        if key in schema and not isinstance(schema[key], bool):
            given, schema[key] = schema[key], str(schema[key]).lower() == "true"
            yield f"{key} {given!r} was replaced by {schema[key]}."


def _types(schema: dict[str, Any], newer: bool) -> Iterator[str]:  # noqa: FBT001
    given = schema.get("type")
    if "type" not in schema or given in _TYPES or (newer and given == "null"):
        return
    named = given if isinstance(given, list) else [given]
    kinds = []
    for name in named:
        alias = _ALIASES.get(str(name).lower(), {"type": str(name).lower()})
        if alias["type"] in (*_TYPES, "null") and alias["type"] not in kinds:
            kinds.append(alias["type"])
            if "format" in alias:
                schema.setdefault("format", alias["format"])
    if newer and isinstance(given, list) and kinds == given:
        return
    _set_types(schema, kinds, newer=newer)
    better = schema.get("type", "several types" if len(kinds) > 1 else "any type")
    yield f"The type {given!r} was replaced by {better!r}."


def _set_types(schema: dict[str, Any], kinds: list[str], *, newer: bool) -> None:
    """Write the types as the document's version of OpenAPI does."""
    del schema["type"]
    if newer:
        if kinds:
            schema["type"] = kinds if len(kinds) > 1 else kinds[0]
        return
    real = [kind for kind in kinds if kind != "null"]
    if len(real) == 1:
        schema["type"] = real[0]
    elif real and not any(union in schema for union in UNIONS):
        schema["anyOf"] = [_of_kind(schema, kind) for kind in real]
    if "null" in kinds:
        schema["nullable"] = True
        if not real and "enum" not in schema:
            schema["enum"] = [None]


def _of_kind(schema: dict[str, Any], kind: str) -> dict[str, Any]:
    """Move the keywords for one type out of a schema, into a schema of its own."""
    own = {"array": ("items",), "object": ("properties", "required", "additionalProperties")}
    taken = {key: schema.pop(key) for key in own.get(kind, ()) if key in schema}
    return {"type": kind, **taken}


def _nullable(schema: dict[str, Any], newer: bool) -> Iterator[str]:  # noqa: FBT001
    if "nullable" not in schema:
        return
    if "type" not in schema and (branch := _only_branch(schema)):
        del schema["allOf"]
        schema |= {**branch, **schema}
        yield "'nullable' needs a type; the only schema of its allOf was written in its place."
    if newer:
        nullable = schema.pop("nullable")
        kind: Any = schema.get("type", [])
        kinds = [kind] if isinstance(kind, str) else kind
        if nullable and kinds and "null" not in kinds:
            schema["type"] = [*kinds, "null"]
        yield "'nullable' needs OpenAPI 3.0; it was replaced by the type 'null'."
    elif "type" not in schema and not any(union in schema for union in UNIONS):
        kind = _implied(schema)
        if kind:
            schema["type"] = kind
            yield f"'nullable' needs a type; {kind!r} was added."
        elif schema.get("enum") != [None]:
            del schema["nullable"]
            yield "'nullable' has no effect without a type; it was removed."


def _only_branch(schema: dict[str, Any]) -> dict[str, Any] | None:
    """Return the one schema of an allOf, unless it is a reference or has other constraints."""
    branches: Any = schema.get("allOf")
    only = branches[0] if isinstance(branches, list) and len(branches) == 1 else None
    if not isinstance(only, dict) or "type" not in only:
        return None
    return None if schema.keys() & only.keys() - {"description", "nullable", "title"} else only


def _implied(schema: dict[str, Any]) -> str | None:
    """Return the type that a schema without one implies."""
    if "properties" in schema or "additionalProperties" in schema:
        return "object"
    if "items" in schema:
        return "array"
    enum: Any = schema.get("enum")
    values = enum if isinstance(enum, list) else []
    kinds = {type_of(value) for value in values if value is not None}
    return kinds.pop() if len(kinds) == 1 else None


_RULES: tuple[_Rule, ...] = (
    _keywords,
    _references,
    _texts_and_flags,
    _types,
    correct_unions,
    correct_objects,
    correct_required,
    _nullable,
    correct_limits,
    correct_enums,
    correct_defaults,
)
