"""Equality of JSON values and schemas."""

from __future__ import annotations

from typing import Any

import pytest

from wan_ergonomic.contract.document._equality import (
    as_json,
    differ_in_documentation_only,
    is_number,
    same,
    text,
    without_documentation,
)
from wan_ergonomic.contract.document._node import Node, Tree


def node(value: Any) -> Node:
    """Return the root node of a document that is any value."""
    return Node(value, "", Tree({"x": value}))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (1, 1.0, True),
        (1, True, False),
        ([1], [True], False),
        ({"a": 0}, {"a": False}, False),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        ("1", 1, False),
        (None, None, True),
    ],
)
def test_values_are_equal_as_json(one, other, expected):
    """The order of keys does not count, and a boolean is not a number."""
    assert same(one, other) is expected
    assert same(other, one) is expected


def test_one_value_has_one_text():
    """Its keys are sorted."""
    assert as_json({"b": 1, "a": [True]}) == '{"a": [true], "b": 1}'


def test_a_boolean_is_not_a_number():
    """Although it is one in Python."""
    assert [is_number(value) for value in (1, 1.5, True, "1", None)] == [True, True, *[False] * 3]


def test_white_space_in_a_text_does_not_count():
    """As in Markdown. A missing text is empty."""
    assert text(node(" a\n  b ")) == text(node("a b")) == "a b"
    assert text(None) == ""


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "description": "d", "x-note": 1, "example": "e"},
        {"properties": {"title": {"type": "string", "title": "T"}}},
        {"allOf": [{"type": "string", "examples": ["a"]}, True]},
        {"enum": ["description"], "default": {"title": "kept"}},
        {"properties": "junk"},
    ],
)
def test_documentation_is_removed_and_names_and_values_are_kept(schema):
    """A property may be called title, and an enum may have a value of that name."""
    kept = without_documentation(schema)
    assert without_documentation(kept) == kept
    assert differ_in_documentation_only(schema, kept)
    assert kept.keys() == schema.keys() - {"description", "x-note", "example"}
    assert "title" not in kept.get("properties", {}) or kept["properties"] == {
        "title": {"type": "string"}
    }


def test_different_schemas_differ_in_more_than_documentation():
    """A keyword that restricts values counts."""
    assert not differ_in_documentation_only({"minLength": 1}, {})
