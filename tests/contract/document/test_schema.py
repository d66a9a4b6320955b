"""Views of schemas: what a schema allows, however it is written."""

from __future__ import annotations

from typing import Any

import pytest

from wan_ergonomic.contract.document._node import Node, Tree
from wan_ergonomic.contract.document._schema import view
from wan_ergonomic.contract.document._view import SchemaView

TEXT = {"type": "string"}
NULL = {"type": "null"}


def view_of(schema: Any, version: str = "3.1.0", **components: Any) -> SchemaView:
    """Return the view of a schema in a document with components."""
    document = {"openapi": version, "x": schema, "components": {"schemas": components}}
    return view(Node(schema, "/x", Tree(document)))


def ref(name: str, **beside: Any) -> dict[str, Any]:
    """Return a reference to a component."""
    return {"$ref": f"#/components/schemas/{name}", **beside}


@pytest.mark.parametrize(
    ("schema", "types", "allows_null"),
    [
        (TEXT, {"string"}, False),
        ({"type": ["string", "integer"]}, {"string", "integer"}, False),
        ({"type": ["string", "null"]}, {"string"}, True),
        ({"type": "string", "nullable": True}, {"string"}, True),
        ({"nullable": True}, set(), False),
        (NULL, {"null"}, True),
        ({"enum": [None]}, {"null"}, True),
        ({"enum": ["a", None]}, {"string"}, True),
        ({"enum": [1, 1.0, 1.5, True]}, {"integer", "number", "boolean"}, False),
        ({"const": []}, {"array"}, False),
        ({"const": {}}, {"object"}, False),
        ({"properties": {"a": TEXT}}, {"object"}, False),
        ({"items": TEXT}, {"array"}, False),
        ({"oneOf": [TEXT, NULL]}, {"string"}, True),
        ({"anyOf": [{"type": ["string", "null"]}]}, {"string"}, True),
        ({"oneOf": [TEXT, {"type": "integer"}]}, set(), False),
        ({"allOf": [TEXT, {"minLength": 1}]}, {"string"}, False),
        ({"type": 5}, set(), False),
        ({"type": [5, "string"]}, {"string"}, False),
        ({}, set(), False),
        ("junk", set(), False),
    ],
)
def test_the_types_of_a_schema(schema, types, allows_null):
    """They are listed, or implied by other keywords; null counts apart from the others."""
    found = view_of(schema)
    assert found.types == types
    assert (found.null is not None) is allows_null


@pytest.mark.parametrize(
    ("schema", "values"),
    [
        ({"enum": ["a", "b"]}, ["a", "b"]),
        ({"enum": ["a", None]}, ["a"]),
        ({"enum": [None]}, None),
        ({"const": "a"}, ["a"]),
        (TEXT, None),
    ],
)
def test_the_values_of_a_schema(schema, values):
    """Null is not one of them."""
    found = view_of(schema).enum()
    assert (found and [node.value for node in found]) == values


def test_a_reference_is_seen_through():
    """The view is that of the target, at the target's pointer."""
    found = view_of(ref("A"), A=ref("B"), B=TEXT)
    assert (found.node.pointer, found.value("type")) == ("/components/schemas/B", "string")
    assert found.value("pattern") is None


@pytest.mark.parametrize(("version", "title"), [("3.0.3", None), ("3.1.0", "T")])
def test_keywords_beside_a_reference_count_from_openapi_3_1_on(version, title):
    """OpenAPI 3.0 ignores them, also in a chain of references."""
    found = view_of(ref("A"), version, A=ref("B", title="T"), B=TEXT)
    assert found.value("title") == title
    assert found.types == {"string"}
    assert view_of(ref("B", title="T"), version, B=TEXT).value("title") == title


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_a_reference_without_a_target_allows_anything(version):
    """It leads nowhere, or in a circle."""
    assert view_of(ref("Gone", title="T"), version).types == set()
    assert view_of(ref("A", title="T"), version, A=ref("A")).types == set()


def test_all_of_is_merged():
    """The keywords beside it take precedence."""
    part = {"properties": {"a": TEXT, "b": TEXT}, "required": ["a"], "title": "part"}
    found = view_of({"allOf": [ref("A")], "required": ["b"], "title": "own"}, A=part)
    assert list(found.properties) == list(found.required) == ["a", "b"]
    assert found.value("title") == "own"


def test_a_part_that_is_composed_twice_counts_once():
    """Also if it is composed of itself."""
    found = view_of(ref("A"), A={"allOf": [ref("A"), ref("B"), ref("B")]}, B={"oneOf": [TEXT]})
    assert found.types == {"string"}


def test_the_branches_of_a_union_are_kept():
    """Null is not one of them. A union with other keywords is not a mere union."""
    found = view_of({"oneOf": [TEXT, NULL, {"type": "integer"}]})
    assert [node.value for node in found.branches] == [TEXT, {"type": "integer"}]
    assert (found.unions[0].keyword, found.is_mere_union()) == ("oneOf", True)
    assert not view_of({"type": "string", "anyOf": [TEXT, {"minLength": 1}]}).is_mere_union()


def test_a_union_that_contains_itself_ends():
    """It is opened once."""
    assert view_of(ref("A"), A={"oneOf": [ref("A"), NULL]}).null is not None
