"""Comparing parameters and headers by what is sent."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.diff.catalogue.mutations import Draft, Json, contract

from .test_compare import TEXT, differences, rules, thing

LIST: Json = {"type": "array", "items": TEXT}
OBJECT = thing(a=TEXT)
NUMBER: Json = {"type": "integer"}
MAYBE_LIST: Json = {"oneOf": [TEXT, {"anyOf": [LIST, NUMBER]}]}
TWO_SCALARS: Json = {"oneOf": [TEXT, NUMBER]}


def parameter(schema: Json | None = TEXT, place: str = "query", **fields: Any) -> Json:
    """Return a parameter."""
    described = {"schema": schema} if schema is not None else {}
    return {"name": "extra", "in": place, "required": place == "path", **described, **fields}


def as_content(schema: Json, name: str = "application/json", place: str = "query") -> Json:
    """Return a parameter that is serialized as a media type."""
    return parameter(None, place, content={name: {"schema": schema}})


def between(old: Json | None, new: Json | None) -> list[tuple[str, str]]:
    """Return rule and severity of the findings for a parameter of the poll operation."""
    documents = contract(), contract()
    for document, found in zip(documents, (old, new), strict=True):
        Draft(document).operation("poll")["parameters"] += [found] if found else []
    return [
        (each.rule.removeprefix("request-parameter-"), each.severity)
        for each in differences(*documents)
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (parameter(), parameter(explode=False)),
        (parameter(), parameter(style="form", explode=True)),
        (parameter(), parameter(style="spaceDelimited")),
        (parameter(NUMBER), parameter(NUMBER, allowReserved=False, allowEmptyValue=False)),
        (parameter(TWO_SCALARS), parameter(TWO_SCALARS, explode=False)),
        (parameter(LIST), parameter(LIST, style="form", explode=True)),
        (parameter(LIST), parameter(LIST, style="pipeDelimited", explode=True)),
        (parameter(LIST, "header"), parameter(LIST, "header", explode=True)),
        (parameter(OBJECT, style="deepObject"),
         parameter(OBJECT, style="deepObject", explode=True)),
        (parameter(TEXT, "cookie"), parameter(TEXT, "cookie", style="form")),
        (parameter(TEXT, "header"), parameter(TEXT, "header", allowReserved=True)),
        (parameter(NUMBER), as_content(NUMBER)),
        (parameter(), as_content(TEXT, "text/plain")),
        (as_content(OBJECT), as_content(OBJECT, "application/JSON")),
        (parameter(None), parameter(None)),
        *((None, parameter(TEXT, "header", name=name, required=True))
          for name in ("Accept", "authorization", "Content-Type")),
    ],
)  # fmt: skip
def test_what_is_sent_is_the_same(old, new):
    """Defaults, what has no effect on a value, and what OpenAPI ignores are no change."""
    assert between(old, new) == between(new, old) == []


SERIALIZED = ("serialization-changed", "breaking")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (parameter(LIST), parameter(LIST, explode=False)),
        (parameter(LIST), parameter(LIST, style="pipeDelimited")),
        (parameter(MAYBE_LIST), parameter(MAYBE_LIST, explode=False)),
        (parameter({}), parameter({}, explode=False)),
        (parameter(OBJECT), parameter(OBJECT, style="deepObject")),
        (parameter(OBJECT, "header"), parameter(OBJECT, "header", explode=True)),
        (parameter(TEXT, "path"), parameter(TEXT, "path", style="label")),
        (parameter(TEXT, "path", style="matrix"), parameter(TEXT, "path", style="label")),
        (parameter(OBJECT), as_content(OBJECT)),
        (parameter(), as_content(TEXT)),
        (as_content(OBJECT), as_content(OBJECT, "application/xml")),
    ],
)
def test_what_is_sent_is_another_text(old, new):
    """The text in the URL or the header is not the same."""
    assert between(old, new) == between(new, old) == [SERIALIZED]


@pytest.mark.parametrize("field", ["allowReserved", "allowEmptyValue"])
def test_a_permission_that_is_gone_is_breaking(field):
    """One more is information."""
    allowed = parameter() | {field: True}
    assert between(allowed, parameter()) == [SERIALIZED]
    assert between(parameter(), allowed) == [("serialization-changed", "info")]


def test_another_type_is_one_change():
    """That a list is written in another way than a text says nothing more."""
    assert between(parameter(), parameter(LIST)) == [("type-changed", "breaking")]


def test_a_schema_can_be_added_and_removed():
    """A parameter without one may have any value."""
    bare = parameter(None, content={"a/b": {}})
    assert between(bare, as_content(TEXT, "a/b")) == [("type-specialized", "breaking")]
    assert between(as_content(TEXT, "a/b"), bare) == [("type-generalized", "info")]


@pytest.mark.parametrize(
    ("place", "expected"),
    [("query", [("renamed", "breaking")]), ("cookie", [("renamed", "breaking")]), ("header", [])],
)
def test_names_differ_in_case_except_those_of_headers(place, expected):
    """A query with another case is another parameter."""
    old, new = parameter(place=place, name="Extra"), parameter(place=place, name="extra")
    assert between(old, new) == expected


def test_a_schema_of_content_is_compared():
    """As if it were written without a media type."""
    assert between(as_content(OBJECT), as_content(thing())) == [("property-removed", "breaking")]


def headers(old: Json, new: Json) -> list[tuple[str, str]]:
    """Return rule and severity of the findings for the headers of a response."""
    documents = contract(), contract()
    for document, found in zip(documents, (old, new), strict=True):
        Draft(document).response("poll")["headers"] = found
    return [(each.rule, each.severity) for each in differences(*documents)]


def test_a_header_of_the_content_type_is_ignored():
    """OpenAPI takes it from the media type."""
    assert headers({"content-type": {"required": True, "schema": TEXT}}, {}) == []


def test_a_header_can_be_serialized_as_a_media_type():
    """Its schema is compared, and its media type."""
    whole, part = (
        {"X-Rate": {"content": {"application/json": {"schema": schema}}}}
        for schema in (thing(left=NUMBER) | {"required": ["left"]}, thing())
    )
    assert headers(whole, part) == [("response-required-property-removed", "breaking")]
    bare = {"X-Rate": {"schema": thing()}}
    assert headers(part, bare) == [("response-header-serialization-changed", "breaking")]


def test_a_deprecated_header_is_reported():
    """As a deprecated parameter is."""
    old = {"X-Rate": {"schema": TEXT}}
    new = {"X-Rate": {"schema": TEXT, "deprecated": True}}
    assert headers(old, new) == [("response-header-deprecated", "warning")]


def test_the_message_names_a_property_of_a_header():
    """The header itself is still there."""
    old, new = contract(), contract()
    for document, schema in ((old, thing(left=NUMBER)), (new, thing())):
        content = {"application/json": {"schema": schema}}
        Draft(document).response("poll")["headers"] = {"X-Rate": {"content": content}}
    (found,) = differences(old, new)
    assert "poll: property 'left' of header 'x-rate' of the response" in found.message


def test_a_value_that_contains_itself_has_any_shape():
    """A union of itself is read once."""
    old = contract()
    old["components"]["schemas"] = {
        "Loop": {"oneOf": [{"$ref": "#/components/schemas/Loop"}, TEXT]}
    }
    loop = parameter({"$ref": "#/components/schemas/Loop"})
    Draft(old).operation("poll")["parameters"].append(loop)
    new = contract() | {"components": old["components"]}
    Draft(new).operation("poll")["parameters"].append(loop | {"explode": False})
    assert rules(old, new) == []


def test_a_parameter_that_is_sent_elsewhere_has_moved():
    """That is one change, whatever the case of a header's name."""
    old, new = contract(), contract()
    moved = parameter(place="header") | {"name": "Extra"}
    for document, found in ((old, parameter()), (new, moved)):
        Draft(document).operation("poll")["parameters"].append(found)
    (finding,) = differences(old, new)
    assert (finding.rule, finding.after) == ("request-parameter-removed", moved)
    assert finding.message == "poll: parameter 'extra' moved from the query to the header"


def test_the_message_names_a_property_of_a_parameter():
    """As that of a body."""
    old, new = contract(), contract()
    for document, schema in ((old, thing(left=NUMBER)), (new, thing())):
        Draft(document).operation("poll")["parameters"].append(parameter(schema))
    (found,) = differences(old, new)
    assert found.message == "poll: parameter 'extra.left' was removed"
