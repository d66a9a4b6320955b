"""Every change of a schema as such, to be tried wherever a schema can be."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from .mutations import BODY, CREATED, JSON_SCHEMA, POLL, POLLED, Change, Draft, Json

# A severity in a request, and in a response: what narrows, widens, replaces…
EFFECTS: dict[str, tuple[str, str]] = {
    "narrows": ("breaking", "info"),
    "widens": ("info", "breaking"),
    "replaces": ("breaking", "breaking"),
    "unclear": ("warning", "warning"),
    "lists more": ("info", "warning"),
    "fills in": ("warning", "info"),
    "warns": ("warning", "warning"),
    "harmless": ("info", "info"),
    "words": ("docs", "docs"),
}


class Facet(NamedTuple):
    """A change of one schema, wherever it is: kinds and effects there and back."""

    there: str
    effect: str
    back: str
    effect_back: str
    old: Json
    new: Json
    old_at: str | None
    new_at: str | None
    version: str = "3.0.0"


def _limits() -> Iterator[Facet]:
    """Yield each limit set, lifted, raised and lowered."""
    arrays: Json = {"type": "array", "items": {"type": "string"}}
    counts = {"Length": {"type": "string"}, "Items": arrays, "Properties": {"type": "object"}}
    hosts = {f"{end}{of}": host for of, host in counts.items() for end in ("max", "min")}
    hosts |= {"maximum": {"type": "number"}, "minimum": {"type": "number"}}
    only_new: Json = {
        "exclusiveMaximum": {"type": "number"},
        "exclusiveMinimum": {"type": "number"},
        "maxContains": {**arrays, "contains": {"const": "a"}},
        "minContains": {**arrays, "contains": {"const": "a"}},
    }
    for word, host in {**hosts, **only_new}.items():
        name = "".join(f"-{c.lower()}" if c.isupper() else c for c in word)
        name = name.replace("maximum", "max").replace("minimum", "min")
        version = "3.1.0" if word in only_new else "3.0.0"
        tight, loose = ("narrows", "widens") if "max" in name else ("widens", "narrows")
        at = f"/{word}"
        yield Facet(f"{name}-set", "narrows", f"{name}-unset", "widens",
                    host, {**host, word: 5}, None, at, version)  # fmt: skip
        yield Facet(f"{name}-decreased", tight, f"{name}-increased", loose,
                    {**host, word: 9}, {**host, word: 5}, at, at, version)  # fmt: skip


def _constraints() -> Iterator[Facet]:
    """Yield each keyword that constrains added, removed and replaced."""
    text: Json = {"type": "string"}
    arrays: Json = {"type": "array", "items": {}}
    objects: Json = {"type": "object"}
    keywords: list[tuple[str, Json, Any, Any]] = [
        ("pattern", text, "^a", "^b"),
        ("not", text, {"enum": ["a"]}, {"enum": ["b"]}),
        ("if", text, {"maxLength": 1}, {"maxLength": 2}),
        ("then", text, {"maxLength": 1}, {"maxLength": 2}),
        ("else", text, {"maxLength": 1}, {"maxLength": 2}),
        ("contains", arrays, {"const": 1}, {"const": 2}),
        ("prefixItems", arrays, [{"const": 1}], [{"const": 2}]),
        ("propertyNames", objects, {"maxLength": 1}, {"maxLength": 2}),
        ("patternProperties", objects, {"a": False}, {"b": False}),
        ("dependentRequired", objects, {"a": ["b"]}, {"a": ["c"]}),
        ("dependentSchemas", objects, {"a": False}, {"b": False}),
        ("unevaluatedItems", arrays, False, {"type": "string"}),
        ("unevaluatedProperties", objects, False, {"type": "string"}),
        ("contentSchema", text, {"const": 1}, {"const": 2}),
    ]
    for word, host, value, other in keywords:
        version = "3.0.0" if word in {"pattern", "not"} else "3.1.0"
        yield Facet("constraint-added", "narrows", "constraint-removed", "widens",
                    host, {**host, word: value}, None, f"/{word}", version)  # fmt: skip
        yield Facet("constraint-changed", "unclear", "constraint-changed", "unclear",
                    {**host, word: value}, {**host, word: other}, f"/{word}", f"/{word}",
                    version)  # fmt: skip


def _kinds_of_values() -> Iterator[Facet]:
    """Yield changes of types, lists of values and formats."""
    text: Json = {"type": "string"}
    yield Facet("type-generalized", "widens", "type-specialized", "narrows",
                {"type": "integer"}, {"type": "number"}, "/type", "/type")  # fmt: skip
    yield Facet("type-generalized", "widens", "type-specialized", "narrows",
                text, {}, "/type", None)  # fmt: skip
    yield Facet("type-changed", "replaces", "type-changed", "replaces",
                text, {"type": "boolean"}, "/type", "/type")  # fmt: skip
    yield Facet("list-of-types-widened", "widens", "list-of-types-narrowed", "narrows",
                {"type": ["string"]}, {"type": ["string", "boolean"]}, "/type", "/type",
                "3.1.0")  # fmt: skip
    yield Facet("type-specialized", "narrows", "type-generalized", "widens",
                text, {**text, "format": "uri"}, None, "/format")  # fmt: skip
    yield Facet("type-generalized", "widens", "type-specialized", "narrows",
                {"type": "integer", "format": "int32"}, {"type": "integer", "format": "int64"},
                "/format", "/format")  # fmt: skip
    yield Facet("type-changed", "replaces", "type-changed", "replaces", {**text, "format": "uri"},
                {**text, "format": "uuid"}, "/format", "/format")  # fmt: skip
    yield Facet("became-nullable", "widens", "became-not-nullable", "narrows",
                text, {**text, "nullable": True}, None, "/nullable")  # fmt: skip
    yield Facet("became-nullable", "widens", "became-not-nullable", "narrows",
                text, {"type": ["string", "null"]}, None, "/type", "3.1.0")  # fmt: skip
    yield Facet("became-nullable", "widens", "became-not-nullable", "narrows",
                {"anyOf": [text, {"type": "boolean"}]},
                {"anyOf": [text, {"type": "boolean"}, {"type": "null"}]}, None, "/anyOf/2",
                "3.1.0")  # fmt: skip
    yield Facet("became-enum", "narrows", "became-not-enum", "lists more",
                text, {**text, "enum": ["a", "b"]}, None, "/enum")  # fmt: skip
    yield Facet("enum-value-removed", "narrows", "enum-value-added", "lists more",
                {**text, "enum": ["a", "b"]}, {**text, "enum": ["b"]}, "/enum/0", None)  # fmt: skip
    yield Facet("const-added", "narrows", "const-removed", "widens",
                text, {**text, "const": "a"}, None, "/const", "3.1.0")  # fmt: skip
    yield Facet("const-changed", "replaces", "const-changed", "replaces", {**text, "const": "a"},
                {**text, "const": "b"}, "/const", "/const", "3.1.0")  # fmt: skip


def _facts_of_values() -> Iterator[Facet]:
    """Yield changes of steps, defaults, encodings and what is said for people."""
    text: Json = {"type": "string"}
    number: Json = {"type": "number"}
    array: Json = {"type": "array", "items": {}}
    yield Facet("multiple-of-set", "narrows", "multiple-of-unset", "widens",
                number, {**number, "multipleOf": 2}, None, "/multipleOf")  # fmt: skip
    yield Facet("multiple-of-specialized", "narrows", "multiple-of-generalized", "widens",
                {**number, "multipleOf": 0.1}, {**number, "multipleOf": 0.3}, "/multipleOf",
                "/multipleOf")  # fmt: skip
    yield Facet("multiple-of-changed", "replaces", "multiple-of-changed", "replaces",
                {**number, "multipleOf": 2}, {**number, "multipleOf": 3}, "/multipleOf",
                "/multipleOf")  # fmt: skip
    yield Facet("exclusive-max-set", "narrows", "exclusive-max-unset", "widens",
                {**number, "maximum": 5}, {**number, "maximum": 5, "exclusiveMaximum": True}, None,
                "/exclusiveMaximum")  # fmt: skip
    yield Facet("exclusive-min-set", "narrows", "exclusive-min-unset", "widens",
                {**number, "minimum": 5}, {**number, "exclusiveMinimum": 5}, "/minimum",
                "/exclusiveMinimum", "3.1.0")  # fmt: skip
    yield Facet("unique-items-set", "narrows", "unique-items-unset", "widens",
                array, {**array, "uniqueItems": True}, None, "/uniqueItems")  # fmt: skip
    for word, name in (
        ("contentEncoding", "content-encoding"), ("contentMediaType", "content-media-type"),
    ):  # fmt: skip
        yield Facet(f"{name}-changed", "replaces", f"{name}-changed", "replaces",
                    text, {**text, word: "a"}, None, f"/{word}", "3.1.0")  # fmt: skip
    yield Facet("default-value-added", "harmless", "default-value-removed", "fills in",
                text, {**text, "default": "a"}, None, "/default")  # fmt: skip
    yield Facet("default-value-changed", "fills in", "default-value-changed", "fills in",
                {**text, "default": "a"}, {**text, "default": "b"}, "/default",
                "/default")  # fmt: skip
    yield Facet("deprecated", "warns", "reactivated", "harmless",
                text, {**text, "deprecated": True}, None, "/deprecated")  # fmt: skip
    for word in ("description", "title"):
        yield Facet(f"{word}-changed", "words", f"{word}-changed", "words",
                    {**text, word: "a"}, {**text, word: "b"}, f"/{word}", f"/{word}")  # fmt: skip


def _structures() -> Iterator[Facet]:
    """Yield changes of what a schema is made of."""
    text, array, thing = {"type": "string"}, {"type": "array"}, {"type": "object"}
    yield Facet("additional-properties-closed", "narrows", "additional-properties-opened", "widens",
                thing, {**thing, "additionalProperties": False}, None,
                "/additionalProperties")  # fmt: skip
    yield Facet("additional-properties-closed", "narrows", "additional-properties-opened", "widens",
                {**thing, "additionalProperties": True}, {**thing, "additionalProperties": text},
                "/additionalProperties", "/additionalProperties")  # fmt: skip
    yield Facet("items-added", "narrows", "items-removed", "widens",
                array, {**array, "items": text}, None, "/items", "3.1.0")  # fmt: skip
    for word, name in (("oneOf", "one-of"), ("anyOf", "any-of")):
        a, b, c = text, {"type": "boolean"}, {"type": "integer"}
        yield Facet(f"{name}-added", "widens", f"{name}-removed", "narrows",
                    {word: [a, b]}, {word: [a, b, c]}, None, f"/{word}/2")  # fmt: skip
        yield Facet(f"{name}-added", "widens", f"{name}-removed", "narrows",
                    a, {word: [a, b]}, None, f"/{word}/1")  # fmt: skip
        yield Facet(f"wrapped-in-{name}", "narrows", f"unwrapped-from-{name}", "widens", thing,
                    {**thing, word: [{"required": ["a"]}, {"required": ["b"]}]}, None,
                    f"/{word}")  # fmt: skip
    yield from _discriminators()


def _discriminators() -> Iterator[Facet]:
    thing: Json = {"type": "object", "oneOf": [{"title": "a"}, {"title": "b"}]}

    def told(name: str, **mapping: str) -> Json:
        return {**thing, "discriminator": {"propertyName": name, "mapping": mapping}}

    at = "/discriminator"
    yield Facet("discriminator-added", "harmless", "discriminator-removed", "harmless",
                thing, told("a"), None, at)  # fmt: skip
    changed = "discriminator-property-name-changed"
    yield Facet(changed, "harmless", changed, "harmless", told("a"), told("b"),
                f"{at}/propertyName", f"{at}/propertyName")  # fmt: skip
    mapping = "discriminator-mapping"
    yield Facet(f"{mapping}-added", "harmless", f"{mapping}-deleted", "harmless",
                told("a"), told("a", b="#/b"), None, f"{at}/mapping/b")  # fmt: skip
    yield Facet(f"{mapping}-changed", "harmless", f"{mapping}-changed", "harmless",
                told("a", b="#/b"), told("a", b="#/c"), f"{at}/mapping/b",
                f"{at}/mapping/b")  # fmt: skip


def facets() -> list[Facet]:
    """Return every change of a schema as such."""
    sources = (_limits, _constraints, _kinds_of_values, _facts_of_values, _structures)
    return [facet for source in sources for facet in source()]


Put = Callable[[Draft, Json], object]


class Host(NamedTuple):
    """A place where a schema can be: what its kinds begin with, and how to put one there."""

    subject: str
    role: str
    at: str
    put: Put


def _put_parameter(draft: Draft, schema: Json) -> None:
    draft.parameter()["schema"] = {"type": "object", "properties": {"extra": schema}}


def _put_header(draft: Draft, schema: Json) -> None:
    draft.success("poll")["headers"] = {"X-Extra": {"schema": schema}}


def _put_body(draft: Draft, schema: Json) -> None:
    draft.body()["schema"] = schema


def _put_answer(draft: Draft, schema: Json) -> None:
    draft.success("poll")["content"]["application/json"]["schema"] = schema


def _put_item(draft: Draft, schema: Json) -> None:
    draft.request()["properties"]["extra"] = {"type": "array", "items": schema}


HOSTS = (
    Host("request-body", "create", f"{BODY}/schema", _put_body),
    Host("request-property", "create", f"{BODY}/schema/properties/extra",
         lambda draft, schema: draft.request()["properties"].update(extra=schema)),
    Host("request-property", "create", f"{BODY}/schema/properties/extra/items", _put_item),
    Host("request-parameter", "poll", f"{POLL}/parameters/0/schema",
         lambda draft, schema: draft.parameter().update(schema=schema)),
    Host("request-parameter-property", "poll",
         f"{POLL}/parameters/0/schema/properties/extra", _put_parameter),
    Host("response-body", "poll", f"{POLLED}/{JSON_SCHEMA}", _put_answer),
    Host("response-property", "create", f"{CREATED}/{JSON_SCHEMA}/properties/extra",
         lambda draft, schema: draft.answer("create")["properties"].update(extra=schema)),
    Host("response-header", "poll", f"{POLLED}/headers/X-Extra/schema", _put_header),
)  # fmt: skip


def of_facet(facet: Facet) -> Iterator[Change]:
    """Yield a change of a schema in every place that it can be in."""
    for host in HOSTS:
        if host.at.endswith("/items") and facet.new == {}:
            # Items that may be anything are items that are not described: another kind.
            continue

        def prepare(draft: Draft, put: Put = host.put) -> None:
            draft.document["openapi"] = facet.version
            put(draft, copy.deepcopy(facet.old))

        def edit(draft: Draft, put: Put = host.put) -> None:
            put(draft, copy.deepcopy(facet.new))

        at = (None if end is None else f"{host.at}{end}" for end in (facet.old_at, facet.new_at))
        parses = host.subject.startswith("response")
        yield Change(f"{host.subject}: {facet.there}", host.role, "parser" if parses else "sender",
                     edit, (f"{host.subject}-{facet.there}", EFFECTS[facet.effect][parses]),
                     (f"{host.subject}-{facet.back}", EFFECTS[facet.effect_back][parses]),
                     tuple(at), prepare, host.at)  # fmt: skip
