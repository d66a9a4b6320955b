"""Comparing compositions and unions by what they accept."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.contract.diff.catalogue.mutations import Draft, contract
from wan_ergonomic.contract import Document, compare
from wan_ergonomic.contract.diff._finding import verdict

TEXT = {"type": "string"}
NUMBER = {"type": "number"}
INTEGER = {"type": "integer"}
REF = "#/components/schemas/"


def of(value: str, **properties: Any) -> Any:
    """Return a variant that a constant tells apart."""
    held = {"t": {"type": "string", "enum": [value]}, **properties}
    return {"type": "object", "properties": held, "required": ["t"]}


def verdicts(old: Any, new: Any, **components: Any) -> tuple[str, str]:
    """Return the verdicts of a change in a request and in a response."""
    found = []
    for role in ("create", "poll"):
        documents = []
        for schema in (old, new):
            document = contract() | {"openapi": "3.1.0"}
            document["components"]["schemas"] = components
            draft = Draft(document)
            holder = draft.request_schema() if role == "create" else draft.response_schema("poll")
            holder["properties"]["extra"] = schema
            documents.append([Document("", document, "a")])
        found.append(verdict(compare(documents[0], documents[1]).findings))
    return found[0], found[1]


NARROWED, WIDENED, NONE = ("breaking", "info"), ("info", "breaking"), ("none", "none")
A, B, C = of("a", x=TEXT), of("b", y=TEXT), of("c")
OPEN = {"type": "object", "properties": {"a": TEXT}}
OTHER = {"type": "object", "properties": {"b": TEXT}}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # Each branch of an allOf counts, and their order does not.
        ({"allOf": [{**TEXT, "maxLength": 9}, {"maxLength": 5}]},
         {"allOf": [{**TEXT, "maxLength": 5}, {"maxLength": 9}]}, NONE),
        ({**TEXT, "enum": ["a", "b"]},
         {"allOf": [{"enum": ["a"]}, {**TEXT, "enum": ["a", "b"]}]}, ("breaking", "info")),
        ({"allOf": [{"properties": {"x": {**INTEGER, "maximum": 9}}}, {"properties": {"x": {}}}]},
         {"allOf": [{"properties": {"x": {**INTEGER, "maximum": 5}}}, {"properties": {"x": {}}}]},
         NARROWED),
        ({"allOf": [{"type": ["string", "null"]}, TEXT]}, TEXT, NONE),
        ({"allOf": [TEXT, {"pattern": "a"}, {"pattern": "b"}]},
         {"allOf": [{"pattern": "b"}, TEXT, {"pattern": "a"}]}, NONE),
        ({"allOf": [{**NUMBER, "multipleOf": 2}, {"multipleOf": 3}]},
         {**NUMBER, "multipleOf": 6}, NONE),
        ({"allOf": [{**NUMBER, "maximum": 5}, {"exclusiveMaximum": 5}]},
         {**NUMBER, "exclusiveMaximum": 5}, NONE),
        ({"allOf": [{**OPEN, "additionalProperties": False}, OTHER]},
         {"allOf": [OPEN, OTHER]}, WIDENED),
        ({"allOf": [TEXT, INTEGER]}, TEXT, WIDENED),
        # Variants are matched by what they accept.
        ({"oneOf": [A, B]}, {"oneOf": [B, A]}, NONE),
        ({"oneOf": [A, B]}, A, NARROWED),
        (A, {"oneOf": [A, B]}, WIDENED),
        ({"oneOf": [A, B]}, {"anyOf": [A, B]}, NONE),
        ({"anyOf": [OPEN, OTHER]}, {"oneOf": [OPEN, OTHER]}, NARROWED),
        ({"oneOf": [A, B, C]}, {"oneOf": [A, C]}, NARROWED),
        ({"anyOf": [TEXT, {**TEXT, "enum": ["a"]}]},
         {"anyOf": [TEXT, {**TEXT, "enum": ["a", "b"]}]}, NONE),
        ({"allOf": [{"oneOf": [A, B]}, {"oneOf": [{"required": ["x"]}, {"required": ["y"]}]}]},
         {"allOf": [{"oneOf": [A, B]}]}, WIDENED),
        ({"anyOf": [INTEGER, {**TEXT, "maxLength": 5}]},
         {"anyOf": [{**TEXT, "maxLength": 3}, INTEGER]}, NARROWED),
        ({"anyOf": [A, {"anyOf": [B, C]}]}, {"anyOf": [A, B, C]}, NONE),
        ({"oneOf": [{**INTEGER, "format": "int32"}, TEXT]},
         {"oneOf": [{**INTEGER, "format": "int64"}, TEXT]}, WIDENED),
        # A new optional property of a variant breaks no sender.
        ({"oneOf": [A, TEXT]}, {"oneOf": [of("a", x=TEXT, z=NUMBER), TEXT]}, ("info", "info")),
        # Words beside a union.
        ({"anyOf": [TEXT, INTEGER]}, {"anyOf": [TEXT, INTEGER], "enum": ["a", 1]}, NARROWED),
        ({"oneOf": [A, B]}, {"oneOf": [A, B], "additionalProperties": False}, NARROWED),
        ({"anyOf": [TEXT, INTEGER]}, {"anyOf": [TEXT, INTEGER], "deprecated": True},
         ("warning", "warning")),
        ({"anyOf": [TEXT, INTEGER], "default": 1}, {"anyOf": [TEXT, INTEGER], "default": 2},
         ("warning", "info")),
        ({"anyOf": [TEXT, INTEGER]}, {"anyOf": [TEXT, INTEGER], "maxLength": 5}, NARROWED),
        # The same said otherwise.
        ({"type": ["string", "integer"]}, {"anyOf": [INTEGER, TEXT]}, NONE),
        ({"type": ["string", "integer"]}, {"anyOf": [INTEGER, TEXT, {"type": "boolean"}]}, WIDENED),
        ({**TEXT, "enum": ["a", "b"]}, {"oneOf": [{"const": "b"}, {"const": "a"}]}, NONE),
        ({**NUMBER, "enum": [5, 10]}, {**NUMBER, "enum": [10.0, 5.0]}, NONE),
        ({**NUMBER, "default": [1, 2]}, {**NUMBER, "default": [1.0, 2.0]}, NONE),
        ({**INTEGER, "exclusiveMinimum": 0}, {**INTEGER, "minimum": 1}, NONE),
        ({**INTEGER, "maximum": 4.5}, {**INTEGER, "exclusiveMaximum": 5}, NONE),
        ({**NUMBER, "exclusiveMinimum": 0}, {**NUMBER, "minimum": 1}, NARROWED),
        ({**TEXT, "format": "byte"}, {**TEXT, "contentEncoding": "base64"}, NONE),
        ({"type": "boolean", "enum": [True, False]}, {"type": "boolean"}, NONE),
        ({**TEXT, "not": {"enum": ["a", "b"]}}, {**TEXT, "not": {"enum": ["b", "a"]}}, NONE),
        # Boolean schemas.
        (True, {}, NONE),
        (False, {"not": {}}, NONE),
        (INTEGER, False, NARROWED),
        ({**OPEN, "additionalProperties": {"anyOf": [False]}},
         {**OPEN, "additionalProperties": False}, NONE),
        # A type that was implied.
        (OPEN, {"properties": {"a": TEXT}}, ("info", "info")),
        # A change of numbers does not hide others.
        ({**NUMBER, "maximum": 9}, {**INTEGER, "maximum": 12}, ("breaking", "breaking")),
    ],
)  # fmt: skip
def test_a_schema_is_judged_by_what_it_accepts(old, new, expected):
    """In a request less breaks, in a response more."""
    assert verdicts(old, new) == expected


@pytest.mark.parametrize("word", ["anyOf", "oneOf"])
def test_what_cannot_be_decided_is_a_warning(word):
    """Whether a value matches one of two patterns, for example."""
    patterns = [{**TEXT, "pattern": pattern} for pattern in ("^q+$", "^[^a]+$", "^z+$")]
    assert verdicts({word: patterns}, {word: patterns[:2]}) == ("warning", "info")


def test_a_union_may_contain_itself():
    """It is judged without end otherwise."""
    loop = {"anyOf": [{"type": "array", "items": {"$ref": f"{REF}Loop"}}, TEXT]}
    more = {"anyOf": [TEXT, INTEGER, {"type": "array", "items": {"$ref": f"{REF}Loop"}}]}
    held = {"$ref": f"{REF}Loop"}
    assert verdicts(held, {"anyOf": [held, TEXT]}, Loop=loop) == NONE
    assert verdicts(held, more, Loop=loop) == WIDENED


@pytest.mark.parametrize("mapping", [True, False])
def test_the_children_of_a_schema_with_a_discriminator_are_compared(mapping):
    """They are composed of it, or named in its mapping."""
    parent = {**OPEN, "discriminator": {"propertyName": "a"}}
    if mapping:
        parent["discriminator"] = {"propertyName": "a", "mapping": {"v": "Video", "w": "Nobody"}}
    child = {"allOf": [{"$ref": f"{REF}Parent"}, {"properties": {"u": TEXT}, "required": ["u"]}]}
    old = contract()
    old["components"]["schemas"] = {"Parent": parent, "Video": child}
    Draft(old).response_schema("poll")["properties"]["extra"] = {"$ref": f"{REF}Parent"}
    new = copy.deepcopy(old)
    new["components"]["schemas"]["Video"]["allOf"][1] = {"type": "object"}
    found = compare([Document("", old, "a")], [Document("", new, "b")]).findings
    assert [finding.rule for finding in found] == ["response-required-property-removed"]


def test_an_anchor_is_followed():
    """From OpenAPI 3.1 on, a schema can have a name of its own."""
    old = contract() | {"openapi": "3.1.0"}
    old["components"]["schemas"] = {"A": {"$anchor": "a", **OPEN, "required": ["a"]}}
    Draft(old).response_schema("poll")["properties"]["extra"] = {"$ref": "#a"}
    new = copy.deepcopy(old)
    new["components"]["schemas"]["A"]["required"] = []
    found = compare([Document("", old, "a")], [Document("", new, "b")]).findings
    assert [finding.rule for finding in found] == ["response-property-became-optional"]


@pytest.mark.parametrize("sides", [(True, True), (True, False)])
def test_the_items_of_a_stream_are_compared(sides):
    """OpenAPI 3.2 describes each event."""
    documents = []
    for required, described in zip((["a"], []), sides, strict=True):
        document = contract() | {"openapi": "3.2.0"}
        items = {"itemSchema": {**OPEN, "required": required}} if described else {}
        Draft(document).response("poll")["content"] = {"text/event-stream": items}
        documents.append([Document("", document, "a")])
    assert verdict(compare(documents[0], documents[1]).findings) == "breaking"


def test_an_example_shows_what_is_no_longer_accepted():
    """As JSON, at the end of the message."""
    old, new = contract(), contract()
    Draft(old).request_schema()["properties"]["extra"] = {"anyOf": [INTEGER, NUMBER]}
    Draft(new).request_schema()["properties"]["extra"] = {"oneOf": [INTEGER, NUMBER]}
    (found,) = compare([Document("", old, "a")], [Document("", new, "b")]).findings
    assert found.message.endswith("no longer accepts all values, such as 0")


def test_a_required_property_that_was_read_only_has_to_be_sent_now():
    """Nobody sent it before."""
    old = contract()
    schema = Draft(old).request_schema()
    schema["properties"]["extra"] = {**TEXT, "readOnly": True}
    schema["required"].append("extra")
    new = copy.deepcopy(old)
    del Draft(new).request_schema()["properties"]["extra"]["readOnly"]
    (found,) = compare([Document("", old, "a")], [Document("", new, "b")]).findings
    assert (found.rule, found.severity) == (
        "request-required-property-became-not-read-only", "breaking",
    )  # fmt: skip
