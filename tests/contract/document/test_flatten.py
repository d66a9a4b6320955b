"""Flat schemas: one object without ``allOf``."""

from __future__ import annotations

from typing import Any

import pytest

from wan_ergonomic.contract import ContractError
from wan_ergonomic.contract.document._flatten import (
    MAX_ALTERNATIVES,
    alternatives,
    flatten,
    is_class,
    is_null,
    is_nullable,
    is_union,
    name_of,
    nullable,
    only_reference,
    without_null,
)

TEXT: dict[str, Any] = {"type": "string"}
NUMBER: dict[str, Any] = {"type": "number"}


def ref(name: str) -> dict[str, Any]:
    """Return a reference to a component."""
    return {"$ref": f"#/components/schemas/{name}"}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (True, {}),
        (ref("A"), {"properties": {"a": TEXT}, "required": ["a"]}),
        (
            {"allOf": [ref("A"), {"properties": {"b": TEXT}, "required": ["b", "a"]}]},
            {"properties": {"a": TEXT, "b": TEXT}, "required": ["a", "b"]},
        ),
        (
            {"allOf": [ref("A")], "properties": {"a": {"title": "T"}}},
            {"properties": {"a": {"type": "string", "title": "T"}}, "required": ["a"]},
        ),
        (
            {"allOf": [ref("A")], "properties": {"a": ref("B")}},
            {"properties": {"a": ref("B")}, "required": ["a"]},
        ),
        ({"allOf": [{"nullable": True}, TEXT]}, TEXT),
        ({"allOf": [{"nullable": True}], **TEXT}, {"nullable": True, **TEXT}),
        (
            {"oneOf": [TEXT], "allOf": [{"oneOf": [NUMBER, ref("B")]}]},
            {"oneOf": [{"allOf": [TEXT, NUMBER]}, {"allOf": [TEXT, ref("B")]}]},
        ),
    ],
)
def test_the_parts_of_a_schema_are_merged(schema, expected):
    """The keywords beside ``allOf`` take precedence; null must be allowed by all parts."""
    components = {"A": {"properties": {"a": TEXT}, "required": ["a"]}, "B": TEXT}
    assert flatten(schema, components) == expected


def test_a_schema_that_is_a_part_of_itself_is_an_error():
    """The error names it."""
    with pytest.raises(ContractError, match="The schema A is a part of itself"):
        flatten(ref("A"), {"A": {"allOf": [ref("A")]}})


def test_the_product_of_two_unions_has_a_limit():
    """A document with large unions is still made into a client."""
    many = [{"title": str(number)} for number in range(MAX_ALTERNATIVES)]
    flat = flatten({"oneOf": many, "allOf": [{"oneOf": many}]}, {})
    assert len(flat["oneOf"]) == MAX_ALTERNATIVES


@pytest.mark.parametrize(
    ("flat", "expected"),
    [
        ({"type": ["string", "number"]}, [TEXT, NUMBER]),
        ({"oneOf": [TEXT, NUMBER], "title": "T"}, [TEXT, NUMBER]),
        ({"oneOf": [{"required": ["a"]}, {"not": {"required": ["b"]}}, TEXT]}, [TEXT]),
        (
            {"oneOf": [TEXT], "anyOf": [{"minLength": 1}]},
            [{"allOf": [{"minLength": 1}, TEXT]}],
        ),
        (
            {"oneOf": [ref("A"), {"title": "B"}], "properties": {"c": TEXT}},
            [
                {"allOf": [{"properties": {"c": TEXT}}, ref("A")], "title": "A"},
                {"allOf": [{"properties": {"c": TEXT}}, {"title": "B"}], "title": "B"},
            ],
        ),
        (
            {"oneOf": [{}], "properties": {"c": TEXT}},
            [{"allOf": [{"properties": {"c": TEXT}}, {}]}],
        ),
        ({"oneOf": [True]}, [True]),
    ],
)
def test_the_alternatives_of_a_schema(flat, expected):
    """Each has the properties beside the union; those that only require properties are left out."""
    assert is_union(flat)
    assert list(alternatives(flat)) == expected


@pytest.mark.parametrize(
    ("flat", "expected"),
    [
        ({"type": "object"}, True),
        ({"properties": {}}, True),
        ({"type": "string", "enum": ["a"]}, True),
        ({"type": "string", "enum": [None]}, False),
        ({"type": "string"}, False),
        ({"oneOf": [], "properties": {}}, False),
    ],
)
def test_the_generator_makes_a_class_of_an_object_or_an_enum(flat, expected):
    """But not of a union."""
    assert bool(is_class(flat)) is expected


@pytest.mark.parametrize(
    ("schema", "allows_null", "is_only_null"),
    [
        ({"type": "null"}, True, True),
        ({"type": ["string", "null"]}, True, False),
        ({"enum": [None]}, True, True),
        ({"nullable": True}, True, False),
        ({"type": "string"}, False, False),
    ],
)
def test_null_is_a_value_or_the_only_value(schema, allows_null, is_only_null):
    """In the syntax of OpenAPI 3.0 or 3.1."""
    assert (is_nullable(schema), is_null(schema)) == (allows_null, is_only_null)


@pytest.mark.parametrize("schema", [ref("A"), TEXT, {}])
def test_null_can_be_allowed_and_disallowed(schema):
    """The generator's schema of any value stays as it is."""
    assert without_null(nullable(schema)) == schema
    assert nullable(schema).get("nullable", not schema)


@pytest.mark.parametrize(
    ("schema", "reference", "name"),
    [
        (ref("A"), "A", "A"),
        ({"allOf": [ref("A")], "description": "d", "title": "T"}, "A", "A"),
        ({"allOf": [ref("A")], "minLength": 1, "title": "T"}, None, "T"),
        ({"allOf": [TEXT]}, None, ""),
        ({"allOf": [True], "title": "T"}, None, "T"),
        (TEXT, None, ""),
    ],
)
def test_a_schema_that_is_only_a_reference_has_the_name_of_its_component(schema, reference, name):
    """Any other schema has its title."""
    assert (only_reference(schema), name_of(schema)) == (reference, name)


def test_a_schema_that_is_a_boolean_has_no_name():
    """OpenAPI 3.1 allows it."""
    schema: object = True
    assert name_of(schema) == ""
