"""Changes of single schemas, wherever they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from .mutations import Json

NARROWED, WIDENED = ("breaking", "info"), ("info", "breaking")
# By effect, the severities of a change, and those of the way back: in a request, in a response.
EFFECTS: dict[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "narrowed": (NARROWED, WIDENED),
    "widened": (WIDENED, NARROWED),
    "replaced": (("breaking", "breaking"), ("breaking", "breaking")),
    "incomparable": (("warning", "warning"), ("warning", "warning")),
    # That nothing is lost cannot be proved.
    "perhaps-widened": (("warning", "breaking"), ("breaking", "warning")),
    # An example is found of what was accepted, and none of what is.
    "moved": (("breaking", "warning"), ("warning", "breaking")),
    "enum-reduced": (NARROWED, ("info", "warning")),
    "undecided": (("warning", "info"), ("info", "warning")),
    "default-added": (("info", "info"), ("warning", "info")),
    "default-changed": (("warning", "info"), ("warning", "info")),
    "deprecated": (("warning", "warning"), ("info", "info")),
    "metadata": (("info", "info"), ("info", "info")),
    "documentation": (("docs", "docs"), ("docs", "docs")),
}
TEXT: Json = {"type": "string"}
NUMBER: Json = {"type": "number"}
ARRAY: Json = {"type": "array", "items": {}}
OBJECT: Json = {"type": "object"}


class SchemaChange(NamedTuple):
    """A change of one schema, wherever it is.

    Attributes:
        effect: One of ``EFFECTS``.
        rules: The ends of the names of the rules for the change and for the way back.
        old: The schema before the change.
        new: The schema after it.
        at: Where the change is in the old and in the new schema.
        version: The version of OpenAPI that has such schemas.
    """

    effect: str
    rules: tuple[str, str]
    old: Json
    new: Json
    at: tuple[str | None, str | None]
    version: str = "3.0.0"


def of_keyword(
    name: str, effect: str, rules: tuple[str, str], *schemas: Json, version: str = "3.0.0"
) -> SchemaChange:
    """Return the change of a keyword, which is also where the change is."""
    old, new = schemas
    old_at, new_at = (f"/{name}" if name in schema else None for schema in schemas)
    return SchemaChange(effect, rules, old, new, (old_at, new_at), version)


def _limits() -> Iterator[SchemaChange]:
    """Yield each limit set, removed, raised and lowered."""
    strings: Json = {"type": "array", "items": TEXT}
    counted = {"Length": TEXT, "Items": strings, "Properties": OBJECT}
    limited = {f"{end}{of}": schema for of, schema in counted.items() for end in ("max", "min")}
    limited |= {"maximum": NUMBER, "minimum": NUMBER}
    only_new: Json = {
        "exclusiveMaximum": NUMBER,
        "exclusiveMinimum": NUMBER,
        "maxContains": {**strings, "contains": {"const": "a"}},
        "minContains": {**strings, "contains": {"const": "a"}},
    }
    for word, schema in {**limited, **only_new}.items():
        name = "".join(f"-{c.lower()}" if c.isupper() else c for c in word)
        name = name.replace("maximum", "max").replace("minimum", "min")
        version = "3.1.0" if word in only_new else "3.0.0"
        five, nine = {**schema, word: 5}, {**schema, word: 9}
        rules = (f"{name}-set", f"{name}-unset")
        yield of_keyword(word, "narrowed", rules, schema, five, version=version)
        effect, rules = "widened", (f"{name}-decreased", f"{name}-increased")
        if "max" in name:
            effect = "narrowed"
        yield of_keyword(word, effect, rules, nine, five, version=version)


def _numbers() -> Iterator[SchemaChange]:
    """Yield limits that exclude the number itself, and multiples."""
    rules, limited = ("exclusive-max-set", "exclusive-max-unset"), {**NUMBER, "maximum": 5}
    excluded = limited | {"exclusiveMaximum": True}
    yield of_keyword("exclusiveMaximum", "narrowed", rules, limited, excluded)
    rules, limited = ("exclusive-min-set", "exclusive-min-unset"), {**NUMBER, "minimum": 5}
    excluded, at = {**NUMBER, "exclusiveMinimum": 5}, ("/minimum", "/exclusiveMinimum")
    yield SchemaChange("narrowed", rules, limited, excluded, at, "3.1.0")
    tenth, third, two, three = ({**NUMBER, "multipleOf": step} for step in (0.1, 0.3, 2, 3))
    word = "multipleOf"
    yield of_keyword(word, "narrowed", ("multiple-of-set", "multiple-of-unset"), NUMBER, two)
    rules = ("multiple-of-specialized", "multiple-of-generalized")
    yield of_keyword(word, "narrowed", rules, tenth, third)
    yield of_keyword(word, "replaced", ("multiple-of-changed",) * 2, two, three)


def _constraints() -> Iterator[SchemaChange]:
    """Yield each other keyword that constrains added, removed and replaced."""
    short, long = (TEXT | {"if": {limit: 3}} for limit in ("maxLength", "minLength"))
    # What is not evaluated depends on the condition.
    items, named = (
        schema | {"if": {most: 2}, "then": {least: 1}}
        for schema, most, least in (
            (ARRAY, "maxItems", "minItems"),
            (OBJECT, "maxProperties", "minProperties"),
        )
    )
    keywords: list[tuple[str, Json, Any, Any, str]] = [
        ("pattern", TEXT, "^a", "^b", "moved"),
        ("not", TEXT, {"enum": ["a"]}, {"enum": ["b"]}, "replaced"),
        ("then", short | {"else": False}, {"maxLength": 1}, {"maxLength": 2}, "perhaps-widened"),
        ("else", long | {"then": False}, {"maxLength": 1}, {"maxLength": 2}, "perhaps-widened"),
        ("contains", ARRAY, {"const": 1}, {"const": 2}, "replaced"),
        ("prefixItems", ARRAY, [{"const": 1}], [{"const": 2}], "replaced"),
        ("propertyNames", OBJECT, {"maxLength": 1}, {"maxLength": 2}, "widened"),
        ("patternProperties", OBJECT, {"a": False}, {"b": False}, "replaced"),
        ("dependentRequired", OBJECT, {"a": ["b"]}, {"a": ["c"]}, "replaced"),
        ("dependentSchemas", OBJECT, {"a": False}, {"b": False}, "replaced"),
        ("unevaluatedItems", items, False, TEXT, "incomparable"),
        ("unevaluatedProperties", named, False, TEXT, "incomparable"),
        ("contentSchema", TEXT, {"const": 1}, {"const": 2}, "incomparable"),
    ]
    for word, schema, value, other, effect in keywords:
        version = "3.0.0" if word in {"pattern", "not"} else "3.1.0"
        old, new = {**schema, word: value}, {**schema, word: other}
        rules = ("constraint-added", "constraint-removed")
        yield of_keyword(word, "narrowed", rules, schema, old, version=version)
        rules = ("constraint-changed", "constraint-changed")
        yield of_keyword(word, effect, rules, old, new, version=version)


def _types() -> Iterator[SchemaChange]:
    """Yield changes of types, formats and null."""
    wider, narrower = (
        ("type-generalized", "type-specialized"),
        ("type-specialized", "type-generalized"),
    )
    changed = ("type-changed", "type-changed")
    integer, boolean = {"type": "integer"}, {"type": "boolean"}
    yield of_keyword("type", "widened", wider, integer, NUMBER)
    yield of_keyword("type", "widened", wider, TEXT, {})
    yield of_keyword("type", "replaced", changed, TEXT, boolean)
    rules, one, two = (
        ("list-of-types-widened", "list-of-types-narrowed"),
        ["string"],
        ["string", "boolean"],
    )
    yield of_keyword("type", "widened", rules, {"type": one}, {"type": two}, version="3.1.0")
    uri, uuid = {**TEXT, "format": "uri"}, {**TEXT, "format": "uuid"}
    yield of_keyword("format", "narrowed", narrower, TEXT, uri)
    yield of_keyword("format", "replaced", changed, uri, uuid)
    int32, int64 = {**integer, "format": "int32"}, {**integer, "format": "int64"}
    yield of_keyword("format", "widened", wider, int32, int64)
    rules = ("became-nullable", "became-not-nullable")
    yield of_keyword("nullable", "widened", rules, TEXT, {**TEXT, "nullable": True})
    listed, at = {"type": ["string", "null"]}, (None, "/type")
    yield SchemaChange("widened", rules, TEXT, listed, at, "3.1.0")
    union, nullable = ({"anyOf": [TEXT, boolean, *null]} for null in ([], [{"type": "null"}]))
    yield SchemaChange("widened", rules, union, nullable, (None, "/anyOf/2"), "3.1.0")


def _values() -> Iterator[SchemaChange]:
    """Yield changes of enums, constants and defaults."""
    both, one = {**TEXT, "enum": ["a", "b"]}, {**TEXT, "enum": ["b"]}
    yield of_keyword("enum", "enum-reduced", ("became-enum", "became-not-enum"), TEXT, both)
    rules = ("enum-value-removed", "enum-value-added")
    yield SchemaChange("enum-reduced", rules, both, one, ("/enum/0", None))
    a, b = {**TEXT, "const": "a"}, {**TEXT, "const": "b"}
    rules = ("const-added", "const-removed")
    yield of_keyword("const", "narrowed", rules, TEXT, a, version="3.1.0")
    yield of_keyword("const", "replaced", ("const-changed",) * 2, a, b, version="3.1.0")
    a, b = {**TEXT, "default": "a"}, {**TEXT, "default": "b"}
    rules = ("default-value-added", "default-value-removed")
    yield of_keyword("default", "default-added", rules, TEXT, a)
    yield of_keyword("default", "default-changed", ("default-value-changed",) * 2, a, b)


def _annotations() -> Iterator[SchemaChange]:
    """Yield changes of encodings, deprecation and texts."""
    rules, deprecated = ("deprecated", "reactivated"), {**TEXT, "deprecated": True}
    yield of_keyword("deprecated", "deprecated", rules, TEXT, deprecated)
    encodings = {"contentEncoding": "content-encoding", "contentMediaType": "content-media-type"}
    for word, name in encodings.items():
        rules, encoded = (f"{name}-changed", f"{name}-changed"), {**TEXT, word: "a"}
        yield of_keyword(word, "replaced", rules, TEXT, encoded, version="3.1.0")
    for word in ("description", "title"):
        a, b = {**TEXT, word: "a"}, {**TEXT, word: "b"}
        yield of_keyword(word, "documentation", (f"{word}-changed",) * 2, a, b)


def _structures() -> Iterator[SchemaChange]:
    """Yield changes of the schemas that a schema contains."""
    word, rules = (
        "additionalProperties",
        ("additional-properties-closed", "additional-properties-opened"),
    )
    yield of_keyword(word, "narrowed", rules, OBJECT, {**OBJECT, word: False})
    yield of_keyword(word, "narrowed", rules, {**OBJECT, word: True}, {**OBJECT, word: TEXT})
    rules, array = ("items-added", "items-removed"), {"type": "array"}
    yield of_keyword("items", "narrowed", rules, array, {**array, "items": TEXT}, version="3.1.0")
    rules, unique = ("unique-items-set", "unique-items-unset"), {**ARRAY, "uniqueItems": True}
    yield of_keyword("uniqueItems", "narrowed", rules, ARRAY, unique)
    boolean, integer = {"type": "boolean"}, {"type": "integer"}
    for word, name in (("oneOf", "one-of"), ("anyOf", "any-of")):
        two, three = {word: [TEXT, boolean]}, {word: [TEXT, boolean, integer]}
        rules = (f"{name}-added", f"{name}-removed")
        yield SchemaChange("widened", rules, two, three, (None, f"/{word}/2"))
        yield SchemaChange("widened", rules, TEXT, two, (None, f"/{word}/1"))
        union = {**OBJECT, word: [{"required": ["a"]}, {"required": ["b"]}]}
        rules = (f"wrapped-in-{name}", f"unwrapped-from-{name}")
        yield of_keyword(word, "narrowed", rules, OBJECT, union)


def _unions() -> Iterator[SchemaChange]:
    """Yield changes of unions that only show in what they accept."""
    rules, at = ("values-narrowed", "values-widened"), ("/anyOf", "/oneOf")
    overlapping = [{"type": "integer"}, NUMBER]
    any_of, one_of = {"anyOf": overlapping}, {"oneOf": overlapping}
    yield SchemaChange("narrowed", rules, any_of, one_of, at)
    unknown = [{**TEXT, "pattern": pattern} for pattern in ("^q+$", "^[^a]+$")]
    any_of, one_of = {"anyOf": unknown}, {"oneOf": unknown}
    yield SchemaChange("undecided", ("values-undecided",) * 2, any_of, one_of, at)


def _discriminators() -> Iterator[SchemaChange]:
    """Yield changes of discriminators."""
    union: Json = {"type": "object", "oneOf": [{"title": "a"}, {"title": "b"}]}

    def by(name: str, **mapping: str) -> Json:
        return {**union, "discriminator": {"propertyName": name, "mapping": mapping}}

    rules = ("discriminator-added", "discriminator-removed")
    yield of_keyword("discriminator", "metadata", rules, union, by("a"))
    rules, at = ("discriminator-property-name-changed",) * 2, "/discriminator/propertyName"
    yield SchemaChange("metadata", rules, by("a"), by("b"), (at, at))
    rules, at = (
        ("discriminator-mapping-added", "discriminator-mapping-deleted"),
        "/discriminator/mapping/b",
    )
    yield SchemaChange("metadata", rules, by("a"), by("a", b="#/b"), (None, at))
    rules = ("discriminator-mapping-changed",) * 2
    yield SchemaChange("metadata", rules, by("a", b="#/b"), by("a", b="#/c"), (at, at))


def schema_changes() -> list[SchemaChange]:
    """Return every change of a single schema."""
    sources = (
        _limits, _numbers, _constraints, _types, _values, _annotations, _structures,
        _unions, _discriminators,
    )  # fmt: skip
    return [change for source in sources for change in source()]
