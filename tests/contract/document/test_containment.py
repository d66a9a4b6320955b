"""What is proved of two schemas: that one accepts all that the other one accepts, or none of it."""

from __future__ import annotations

from typing import Any

import pytest

from wan_ergonomic.contract.document._node import Node, Tree
from wan_ergonomic.contract.document._schema import view
from wan_ergonomic.contract.document._values._accepts import Reading
from wan_ergonomic.contract.document._values._containment import Containment
from wan_ergonomic.contract.document._values._disjoint import Disjoint
from wan_ergonomic.contract.document._values._effort import Effort
from wan_ergonomic.contract.document._values._samples import Samples, alternatives

A, INTEGER = {"type": "string"}, {"type": "integer"}
LIST = {"type": "array"}
THING = {"type": "object"}
TWICE = [{"prefixItems": [A]}, {"prefixItems": [{"maxLength": 3}, INTEGER]}]


def node(schema: Any) -> Node:
    """Return a schema in a document of its own."""
    components = {"components": {"schemas": {"Loop": {"anyOf": [{"$ref": REF}, A, INTEGER]}}}}
    return Node(schema, "/x", Tree({"openapi": "3.1.0", **components}))


REF = "#/components/schemas/Loop"


def proof(reading: Reading = Reading()) -> Containment:  # noqa: B008 - immutable
    """Return a containment that knows nothing of the documents."""
    return Containment(reading, lambda a, b: a.value == b.value, Effort())


PROVED = [
    ({**LIST, "contains": A, "minContains": 2}, {**LIST, "contains": A, "minContains": 1}),
    ({**LIST, "prefixItems": [A], "items": A}, {**LIST, "items": {"type": ["string", "null"]}}),
    ({**LIST, "prefixItems": [A], "items": A}, {**LIST, "prefixItems": [A]}),
    ({**LIST, "maxItems": 0}, {**LIST, "items": A}),
    ({**LIST, "allOf": TWICE, "items": INTEGER}, {**LIST, "allOf": TWICE, "minItems": 0}),
    ({**A, "not": {"const": "a"}}, {**A, "not": {"const": "a"}}),
    ({**A, "not": {"enum": ["a", "b"]}}, {**A, "not": {"const": "a"}}),
    ({**THING, "propertyNames": {"maxLength": 1}}, {**THING, "propertyNames": {"maxLength": 2}}),
    (
        {**THING, "patternProperties": {"a": A}, "additionalProperties": A},
        {**THING, "additionalProperties": A},
    ),
    ({"type": "integer", "multipleOf": 4}, {"type": "number", "multipleOf": 2}),
    ({**LIST, "contains": {"anyOf": [A, INTEGER]}}, {**LIST, "contains": {"anyOf": [INTEGER, A]}}),
]
NOT_PROVED = [
    ({**LIST, "contains": A}, {**LIST, "contains": A, "minContains": 2}),
    ({**LIST, "prefixItems": [INTEGER], "items": A}, {**LIST, "items": A}),
    ({**LIST, "prefixItems": [A]}, {**LIST, "prefixItems": [INTEGER]}),
    (
        {**LIST, "allOf": TWICE},
        {**LIST, "prefixItems": [A, {"type": "boolean"}]},
    ),
    (LIST, {**LIST, "uniqueItems": True}),
    (A, {**A, "not": {"const": "a"}}),
    ({**THING, "patternProperties": {"a": INTEGER}}, {**THING, "additionalProperties": A}),
    ({"type": "number"}, {"type": "number", "multipleOf": 2}),
    ({"type": "number", "multipleOf": 2}, {"type": "number", "multipleOf": -1}),
    ({"$ref": REF}, INTEGER),
    ({"allOf": [A], "nullable": True}, A),
]


@pytest.mark.parametrize(("inner", "outer"), PROVED, ids=str)
def test_a_schema_that_accepts_all_of_another_one_is_proved_to(inner, outer):
    """Keyword by keyword."""
    assert proof().proves(node(inner), node(outer))


@pytest.mark.parametrize(("inner", "outer"), NOT_PROVED, ids=str)
def test_nothing_is_proved_that_is_not_so(inner, outer):
    """Each has a value that only the inner one accepts."""
    assert not proof().proves(node(inner), node(outer))


def test_a_schema_accepts_all_that_it_accepts():
    """In the same place of the same document."""
    one = node({"pattern": "("})
    assert proof().proves(one, one)


def test_a_property_that_is_never_sent_proves_itself():
    """In a request, for example, one that is read-only."""
    inner = node({**THING, "properties": {"a": {**INTEGER, "readOnly": True}}})
    outer = node({**THING, "properties": {"a": A}})
    assert proof(Reading(exact=False, unsent="readOnly")).proves(inner, outer)
    assert not proof().proves(inner, outer)


APART = [
    ({"type": "integer", "maximum": 1}, {"type": "integer", "minimum": 2}),
    ({**A, "maxLength": 1}, {**A, "minLength": 2}),
    ({**LIST, "maxItems": 1}, {**LIST, "minItems": 2}),
    (
        {**THING, "properties": {"a": {"const": 1}}, "required": ["a"]},
        {**THING, "properties": {"a": {"const": 2}}, "required": ["a"]},
    ),
]
NOT_APART = [
    ({**A, "maxLength": 1}, {**A, "minLength": 1}),
    ({**LIST, "maxItems": 1}, {**LIST, "minItems": 0}),
    ({"anyOf": [{"$ref": REF}, {"$ref": REF}]}, {"type": "boolean"}),
    (
        {"type": ["boolean", "string"], "maxLength": 1},
        {"type": ["boolean", "string"], "minLength": 2},
    ),
]


@pytest.mark.parametrize(("one", "other"), APART, ids=str)
def test_schemas_without_a_common_value_are_apart(one, other):
    """Whichever comes first."""
    assert proof().disjoint(view(node(one)), view(node(other)))
    assert proof().disjoint(view(node(other)), view(node(one)))


@pytest.mark.parametrize(("one", "other"), NOT_APART, ids=str)
def test_schemas_are_not_said_to_be_apart_without_a_proof(one, other):
    """A common value is enough, and so is a union that cannot be written out."""
    assert not proof().disjoint(view(node(one)), view(node(other)))


def test_schemas_that_are_nested_too_deeply_are_not_said_to_be_apart():
    """It is not looked into."""

    def deep(value: int) -> Any:
        held: Any = {"const": value}
        for _ in range(9):
            held = {**THING, "properties": {"a": held}, "required": ["a"]}
        return held

    assert not proof().disjoint(view(node(deep(1))), view(node(deep(2))))


def test_a_union_that_contains_itself_has_no_end_of_choices():
    """Then none is listed."""
    assert alternatives(view(node({"anyOf": [{"$ref": REF}, {"$ref": REF}]}))) is None


def test_samples_of_a_list_have_each_of_its_first_items():
    """And numbers that are too large for fractions are left whole."""
    reading = Reading()
    found = Samples(reading, Effort()).of(view(node({**LIST, "prefixItems": [{"enum": [1, 2]}]})))
    assert [1] in found
    assert [2] in found
    assert Samples(reading, Effort(), hints=[1e20]).of(
        view(node({"type": "number", "minimum": 1e19}))
    )


def test_what_is_tried_has_an_end():
    """Without effort left, nothing is proved and no value is found."""
    spent = Effort(0)
    wider, narrower = (node({**A, "maxLength": length}) for length in (2, 1))
    assert proof().proves(narrower, wider)
    assert not Containment(Reading(), lambda *_: False, spent).proves(narrower, wider)
    assert not Disjoint(Reading(), spent).proves(view(node(A)), view(node(INTEGER)))
    assert Samples(Reading(), spent).of(view(node(A))) == []
