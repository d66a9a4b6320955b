"""Repair of single schemas."""

from typing import Any

import pytest

from .documents import TEXT, document, repaired


def schema_of(schema, version):
    """Return the repaired schema, and the number of corrections."""
    result, found = repaired(document(openapi=version, components={"schemas": {"S": schema}}))
    assert {each.pointer.split("/")[3] for each in found} <= {"S"}
    return result["components"]["schemas"]["S"], len(found)


NULLABLE = {"type": "object", "nullable": True}
RIGHT: list[dict[str, Any]] = [
    {},
    {"type": "integer", "enum": [5, 10], "default": 10, "example": 5},
    {"type": "string", "enum": ["5", "10"], "nullable": True, "default": None} | {"enum": [None]},
    {"type": "string", "nullable": True, "enum": ["a", None]},
    {"type": "number", "minimum": 0, "exclusiveMinimum": True, "multipleOf": 0.5, "default": 1},
    {"type": "integer", "maximum": 2.0, "default": 1},
    {"type": "array", "items": {"type": "string"}, "minItems": 1},
    {"type": "object", "properties": {"a": {}, "required": {"type": "boolean"}}, "required": ["a"]},
    {
        "allOf": [{"type": "object", "properties": {"a": {}}}],
        "required": ["a"],
        "properties": {"b": {}},
    },
    {"oneOf": [{"type": "string"}, {"type": "object"}], "nullable": True},
    {"nullable": True, "allOf": [TEXT, {"maxLength": 5}]},
    {"nullable": True, "allOf": [{"maxLength": 5}]},
    {"nullable": True, "format": "uri", "allOf": [{**TEXT, "format": "date"}]},
    {"discriminator": {"propertyName": "k"}, "oneOf": [{"type": "object"}], "x-note": 1},
    {"additionalProperties": False, "type": "object"},
    {"not": {"type": "string"}},
]


@pytest.mark.parametrize("schema", RIGHT)
def test_a_correct_schema_is_unchanged(schema):
    """In OpenAPI 3.0."""
    assert schema_of(schema, "3.0.3") == (schema, 0)


@pytest.mark.parametrize(
    "schema",
    [
        True,
        {"type": ["string", "null"], "enum": ["a", None], "const": "a", "examples": ["a"]},
        {"type": "number", "exclusiveMinimum": 0},
        {"type": "null"},
        {"type": "array"},
        {"type": "array", "items": False, "prefixItems": [{"type": "string"}]},
        {"type": "object", "patternProperties": {"a": {}}, "$defs": {"x": {}}},
        {"$ref": "#/components/schemas/S2", "description": "d"},
    ],
)
def test_a_correct_newer_schema_is_unchanged(schema):
    """OpenAPI 3.1 allows more than 3.0."""
    given = document(openapi="3.1.0", components={"schemas": {"S": schema, "S2": {}}})
    assert repaired(given) == (given, [])


ANY: dict[str, Any] = {}
WRONG: list[tuple[Any, dict[str, Any]]] = [
    # Defaults and examples of another type, outside the enum, or null.
    (
        {"type": "integer", "enum": [5, 10], "default": "10"},
        {"type": "integer", "enum": [5, 10], "default": 10},
    ),
    ({"type": "boolean", "default": "false"}, {"type": "boolean", "default": False}),
    ({"type": "number", "default": "0.5"}, {"type": "number", "default": 0.5}),
    ({"type": "number", "default": "many"}, {"type": "number"}),
    ({"type": "integer", "default": "1.5"}, {"type": "integer"}),
    ({"type": "integer", "default": 1.0}, {"type": "integer", "default": 1}),
    ({"type": "integer", "default": "inf"}, {"type": "integer"}),
    ({"type": "integer", "default": [1]}, {"type": "integer"}),
    ({"type": "integer", "default": "2.0"}, {"type": "integer", "default": 2}),
    ({"type": "string", "default": 5}, {"type": "string", "default": "5"}),
    ({"type": "string", "default": True}, {"type": "string", "default": "true"}),
    ({"type": "string", "default": None}, TEXT),
    (
        {"type": "string", "enum": ["480P"], "default": "480p "},
        {"type": "string", "enum": ["480P"], "default": "480P"},
    ),
    ({"type": "string", "enum": ["a"], "default": "b"}, {"type": "string", "enum": ["a"]}),
    ({"type": "array", "items": {}, "example": "x"}, {"type": "array", "items": {}}),
    ({"type": "boolean", "default": 1}, {"type": "boolean"}),
    # Enums.
    ({"type": "integer", "enum": ["5", 10, 10, True]}, {"type": "integer", "enum": [5, 10]}),
    ({"type": "string", "enum": []}, TEXT),
    ({"type": "string", "enum": "a"}, {"type": "string", "enum": ["a"]}),
    (
        {"type": "string", "enum": ["a", None]},
        {"type": "string", "enum": ["a", None], "nullable": True},
    ),
    (
        {"type": "string", "enum": ["a"], "nullable": True},
        {"type": "string", "enum": ["a", None], "nullable": True},
    ),
    # Types.
    ({"type": ["string", "null"]}, {"type": "string", "nullable": True}),
    ({"type": ["string"]}, TEXT),
    ({"type": "null"}, {"nullable": True, "enum": [None]}),
    ({"type": "null", "enum": [None]}, {"nullable": True, "enum": [None]}),
    ({"type": ["string", "integer"]}, {"anyOf": [TEXT, {"type": "integer"}]}),
    (
        {"type": ["object", "array"], "properties": {"a": {}}, "items": TEXT, "oneOf": [TEXT]},
        {"properties": {"a": {}}, "items": TEXT, "oneOf": [TEXT]},
    ),
    (
        {"type": ["object", "array"], "properties": {"a": {}}, "items": TEXT},
        {"anyOf": [{"type": "object", "properties": {"a": {}}}, {"type": "array", "items": TEXT}]},
    ),
    ({"type": "Float"}, {"type": "number"}),
    ({"type": "datetime"}, {"type": "string", "format": "date-time"}),
    ({"type": "any"}, ANY),
    ({"type": {}}, ANY),
    # nullable, and other flags and texts.
    ({"nullable": True}, ANY),
    (
        {"nullable": True, "properties": {"a": {}}},
        {"type": "object", "nullable": True, "properties": {"a": {}}},
    ),
    ({"nullable": True, "items": {}}, {"type": "array", "nullable": True, "items": {}}),
    (
        {"nullable": True, "description": "d", "allOf": [{**NULLABLE, "description": "e"}]},
        {**NULLABLE, "description": "d"},
    ),
    (
        {"nullable": True, "enum": [1, None]},
        {"type": "integer", "nullable": True, "enum": [1, None]},
    ),
    ({"nullable": False, "enum": [1, "a"]}, {"enum": [1, "a"]}),
    ({"type": "string", "nullable": "true"}, {"type": "string", "nullable": True}),
    ({"title": 5, "description": ["x"], "format": True}, {"title": "5"}),
    # required.
    (
        {
            "type": "object",
            "properties": {"a": {"required": True}, "b": {"required": "false"}, "c": True},
        },
        {"type": "object", "properties": {"a": {}, "b": {}, "c": {}}, "required": ["a"]},
    ),
    (
        {"type": "object", "properties": {"a": {"required": True}}, "required": "a"},
        {"type": "object", "properties": {"a": {}}},
    ),
    ({"type": "object", "required": []}, {"type": "object"}),
    ({"type": "object", "required": True}, {"type": "object"}),
    (
        {"type": "object", "properties": {"a": {}}, "required": ["a", "b", "a", 5]},
        {"type": "object", "properties": {"a": {}}, "required": ["a"]},
    ),
    # Limits.
    (
        {"type": "number", "exclusiveMinimum": 0},
        {"type": "number", "minimum": 0, "exclusiveMinimum": True},
    ),
    ({"type": "number", "minimum": "1", "maximum": "x"}, {"type": "number", "minimum": 1}),
    ({"type": "string", "minLength": "1", "maxLength": -1}, {"type": "string", "minLength": 1}),
    ({"type": "number", "multipleOf": 0, "exclusiveMaximum": "x"}, {"type": "number"}),
    # Structure.
    ({"type": "array"}, {"type": "array", "items": {}}),
    ({"type": "array", "items": [TEXT]}, {"type": "array", "items": TEXT}),
    ({"type": "array", "items": [TEXT, {}]}, {"type": "array", "items": {"anyOf": [TEXT, {}]}}),
    ({"type": "array", "items": True}, {"type": "array", "items": {}}),
    ({"properties": None, "additionalProperties": "false"}, {"additionalProperties": False}),
    ({"additionalProperties": None}, ANY),
    ({"oneOf": [], "anyOf": TEXT, "allOf": [None]}, {"anyOf": [TEXT]}),
    (
        {"discriminator": "k", "oneOf": [{}]},
        {"discriminator": {"propertyName": "k"}, "oneOf": [{}]},
    ),
    ({"discriminator": {"mapping": {}}}, ANY),
    ({"const": "a", "$schema": "x", "examples": ["a"]}, {"enum": ["a"], "example": "a"}),
    ({"examples": []}, ANY),
    ({"$ref": 5}, ANY),
    ({"properties": {"a": "string"}}, {"properties": {"a": {}}}),
    ("string", ANY),
]


@pytest.mark.parametrize(("wrong", "right"), WRONG)
def test_a_wrong_schema_is_repaired_and_reported(wrong, right):
    """In OpenAPI 3.0, in one step."""
    result, count = schema_of(wrong, "3.0.0")
    assert (result, count > 0) == (right, True)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": ["string", "null"], "nullable": True}, {"type": ["string", "null"]}),
        ({"nullable": True}, ANY),
        ({"nullable": True, "allOf": [TEXT]}, {"type": ["string", "null"]}),
        (
            {"type": "string", "enum": ["a", None]},
            {"type": ["string", "null"], "enum": ["a", None]},
        ),
        (
            {"type": "number", "minimum": 0, "exclusiveMinimum": True},
            {"type": "number", "exclusiveMinimum": 0},
        ),
        ({"type": "number", "exclusiveMinimum": False}, {"type": "number"}),
        ({"type": ["int", "null", "junk"]}, {"type": ["integer", "null"]}),
        ({"type": "junk"}, ANY),
        ({"type": "array", "items": [TEXT]}, {"type": "array", "prefixItems": [TEXT]}),
        ({"type": "array", "items": []}, {"type": "array", "items": {}}),
    ],
)
def test_a_wrong_newer_schema_is_repaired_and_reported(wrong, right):
    """OpenAPI 3.1 has other rules."""
    result, count = schema_of(wrong, "3.1.0")
    assert (result, count > 0) == (right, True)


def test_a_reference_with_other_keywords_is_moved_into_an_all_of():
    """OpenAPI 3.0 ignores keywords beside a reference."""
    for more in ({}, {"allOf": "x"}, {"allOf": [TEXT]}):
        given = {"$ref": "#/components/schemas/T", "description": "d", **more}
        result, found = repaired(document(components={"schemas": {"S": given, "T": {}}}))
        rest = [TEXT] if more.get("allOf") == [TEXT] else []
        expected = {"description": "d", "allOf": [{"$ref": "#/components/schemas/T"}, *rest]}
        assert (result["components"]["schemas"]["S"], bool(found)) == (expected, True)
