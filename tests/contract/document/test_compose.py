"""Merging compositions that stand for one schema."""

import pytest

from wan_ergonomic.contract.document._compose import composed

TEXT = {"type": "string"}
A = {"type": "object", "properties": {"a": TEXT}, "required": ["a"], "description": "inner"}
B = {"type": "object", "properties": {"a": TEXT, "b": {"oneOf": [TEXT]}}, "required": ["a", "b"]}
BOTH = {"type": "object", "properties": {"a": TEXT, "b": TEXT}, "required": ["a", "b"]}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"allOf": [A]}, A),
        ({"oneOf": [A], "description": "outer"}, {**A, "description": "outer"}),
        ({"anyOf": [{"allOf": [TEXT]}]}, TEXT),
        ({"allOf": [A, B]}, {**BOTH, "description": "inner"}),
        ({"allOf": [{"description": "d"}, {"$ref": "#/x"}]}, {"description": "d", "$ref": "#/x"}),
        ({"allOf": [TEXT], "maxLength": 5}, {**TEXT, "maxLength": 5}),
        ({"properties": {"allOf": {"allOf": [TEXT]}}}, {"properties": {"allOf": TEXT}}),
        ({"allOf": [{"additionalProperties": False}]}, {"additionalProperties": False}),
        ([{"allOf": [TEXT]}], [TEXT]),
    ],
)
def test_a_composition_of_one_schema_is_written_as_it(given, expected):
    """Words around it count more than those within."""
    assert composed(given) == expected


@pytest.mark.parametrize(
    "given",
    [
        {"allOf": [TEXT, {"type": "integer"}]},
        {"allOf": [{"maximum": 1}, {"maximum": True}]},
        {"allOf": [A, {"properties": {"a": {"type": "integer"}}}]},
        {"allOf": [A, {"additionalProperties": False}]},
        {"allOf": [{"$ref": "#/x"}], "nullable": True},
        {"allOf": [TEXT], "nullable": True},
        {"allOf": [True, TEXT]},
        {"allOf": []},
        {"allOf": "x"},
        {"anyOf": [TEXT, {"type": "integer"}]},
        {"example": {"allOf": [TEXT]}, "enum": [{"oneOf": [TEXT]}]},
    ],
)
def test_any_other_composition_is_left(given):
    """What it allows would change."""
    assert composed(given) == given
