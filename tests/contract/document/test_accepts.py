"""Whether a schema accepts a value: as jsonschema says, or it cannot be told."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from wan_ergonomic.contract.document._node import Node, Tree
from wan_ergonomic.contract.document._schema import view
from wan_ergonomic.contract.document._values._accepts import Reading, accepts

A = {"type": "string"}
CONDITION = {"if": {"minimum": 5}, "then": {"multipleOf": 2}, "else": {"maximum": 1}}


def verdict(schema: Any, value: Any, version: str = "3.1.0") -> bool | None:
    """Return whether a schema accepts a value; None if it cannot be told."""
    tree = Tree({"openapi": version})
    return accepts(view(Node(schema, "/x", tree)), value, Reading())


@pytest.mark.parametrize(
    ("schema", "values"),
    [
        ({"prefixItems": [A, {"type": "integer"}], "items": False}, (["a", 1], [1], ["a", 1, 2])),
        ({"contains": {"const": 1}, "maxContains": 1}, ([1], [], [1, 1], [2])),
        ({"contains": A, "minContains": 2}, (["a", 1], ["a", "b"])),
        ({"uniqueItems": True}, ([1, 1.0], [1, 2])),
        ({"propertyNames": {"maxLength": 1}}, ({"a": 1}, {"ab": 1})),
        ({"dependentRequired": {"a": ["b"]}}, ({"a": 1}, {"a": 1, "b": 2}, {"c": 1})),
        ({"patternProperties": {"^a": A}}, ({"ab": 1}, {"ab": "x"}, {"b": 1})),
        ({"patternProperties": {"^a": A}, "additionalProperties": False}, ({"a": "x"}, {"b": 1})),
        ({"not": {"const": 1}}, (1, 2)),
        (CONDITION, (6, 7, 1, 2)),
        ({"if": A}, ("a", 1)),
        ({"pattern": "^a"}, ("a", "b")),
    ],
    ids=str,
)
def test_a_keyword_is_read_as_json_schema_has_it(schema, values):
    """By jsonschema, which shares no code with this."""
    for value in values:
        assert verdict(schema, value) == Draft202012Validator(schema).is_valid(value), value


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"pattern": "("}, "a"),
        ({"format": "color"}, "red"),
        ({"contentEncoding": "base64"}, "YQ=="),
        ({"anyOf": [A, {"type": "object"}], "unevaluatedProperties": False}, {}),
        ({"dependentRequired": {"a": "b"}}, {"a": 1}),
        ({"if": {"format": "color"}, "then": False}, "red"),
        ({"not": {"format": "color"}}, "red"),
        ({"allOf": [{"prefixItems": [A]}, {"prefixItems": [{"minLength": 2}]}]}, ["a"]),
        ({"allOf": [{"contains": A}, {"contains": {"minLength": 2}}]}, ["a"]),
        ({"contains": {"format": "color"}}, ["red"]),
    ],
    ids=str,
)
def test_what_cannot_be_told_is_said(schema, value):
    """Formats and encodings; what Python cannot match; lists that two places describe."""
    assert verdict(schema, value) is None


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        ({"allOf": [A], "nullable": True}, None, True),
        ({"allOf": [{"enum": ["a"]}], "nullable": True}, None, True),
        ({"type": "string", "enum": ["a"], "nullable": True}, None, True),
        ({"allOf": [A], "nullable": True}, 1, False),
        ({"oneOf": [A, {"type": "integer"}], "nullable": True}, None, True),
        ({"oneOf": [{**A, "allOf": [{}], "nullable": True}, {"enum": [None]}]}, None, False),
    ],
    ids=str,
)
def test_null_is_accepted_where_openapi_3_0_allows_it(schema, value, expected):
    """Beside a type, and beside a composition, as published documents mean it."""
    assert verdict(schema, value, "3.0.3") is expected


@pytest.mark.parametrize(
    ("schema", "accepted", "refused"),
    [
        ({"anyOf": [{"type": "null"}]}, None, 1),
        ({"oneOf": [{"enum": ["a", "b"]}, {"type": "null"}]}, None, 1),
        ({"oneOf": [{"enum": ["a", "b"], "type": "string"}, {"type": "null"}]}, None, "c"),
        ({"anyOf": [{"const": None}, {"type": "null"}]}, None, 1),
    ],
    ids=str,
)
def test_null_as_a_branch_is_null(schema, accepted, refused):
    """Whatever else the union has."""
    assert verdict(schema, accepted) is True
    assert verdict(schema, refused) is False


@pytest.mark.parametrize("invalid", [0, -1, "2", True, None])
def test_an_invalid_step_does_not_hide_a_valid_one(invalid):
    """Whichever of two places comes first."""
    steps = [{"multipleOf": 2}, {"multipleOf": invalid}]
    for schema in ({"allOf": steps}, {"allOf": steps[::-1]}):
        assert verdict(schema, 4) is True
        assert verdict(schema, 3) is False
