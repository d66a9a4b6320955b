"""Comparing damaged documents gives findings or a ContractError, and in time."""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.diff.catalogue.mutations import Draft, Json
from tests.contract.diff.catalogue.rewrites import rich
from wan_ergonomic import ContractError
from wan_ergonomic.contract import Document, Finding, compare

RICH = rich()
SECONDS = 5.0

junk = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=3),
    st.sampled_from([10**400, 1e308, "", "#", "#/", "object", "null", "{}", "get", "2XX"]),
    st.lists(st.sampled_from([None, {}, [], "a", 1, True, {"$ref": "#"}]), max_size=3),
    st.dictionaries(
        st.sampled_from(["$ref", "type", "allOf", "oneOf", "properties", "items", "enum", "a/b~"]),
        st.sampled_from(
            [None, {}, [], "a", "object", 1, ["a", None], {"$ref": "#/paths"}, {"a": {}}, [{}],
             "#", "#/components", ["object", {}]]
        ),
        max_size=3,
    ),
)  # fmt: skip


def pointers(node: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path to each value within another."""
    entries = node.items() if isinstance(node, dict) else enumerate(node)
    for key, held in entries:
        yield (*at, key)
        if isinstance(held, dict | list):
            yield from pointers(held, (*at, key))


PLACES = [place for place in pointers(RICH) if place != ("paths",)]


@st.composite
def damaged(draw: st.DrawFn) -> Json:
    """Return the contract with one value replaced or removed."""
    document = copy.deepcopy(RICH)
    place = draw(st.sampled_from(PLACES))
    holder: Any = document
    for key in place[:-1]:
        holder = holder[key]
    if draw(st.booleans()):
        holder[place[-1]] = draw(junk)
    else:
        del holder[place[-1]]
    return document


def differences(old: Json, new: Json) -> list[Finding]:
    """Return the findings of a comparison of two documents."""
    return [*compare([Document("", old, "old")], [Document("", new, "new")]).findings]


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(damaged(), damaged())
def test_damage_gives_findings_or_a_contract_error(old, new):
    """Damage on both sides never raises another exception, and never takes long."""
    started = time.monotonic()
    try:
        found = differences(old, new)
    except ContractError:
        return
    assert time.monotonic() - started < SECONDS
    assert all(finding.message and finding.rule for finding in found)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(damaged())
def test_damage_on_both_sides_is_no_change(document):
    """A document compared with a copy of itself gives no findings, however damaged it is."""
    try:
        found = differences(document, copy.deepcopy(document))
    except ContractError:
        return
    assert found == []


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(damaged())
def test_the_way_back_is_found_in_the_same_places(document):
    """The findings of both directions have the same pointers, exchanged.

    What a union accepts as a whole is only reported where its parts do not tell.
    """
    try:
        found = differences(RICH, document), differences(document, RICH)
    except ContractError:
        return
    there, back = ([f for f in side if "-property-values-" not in f.rule] for side in found)
    assert sorted((str(f.old_pointer), str(f.new_pointer)) for f in there) == sorted(
        (str(f.new_pointer), str(f.old_pointer)) for f in back
    )


def test_a_schema_can_contain_itself():
    """References in a circle are compared once, in properties, items, unions and compositions."""
    for held in (
        {"properties": {"a": {"$ref": "#/components/schemas/Loop"}}},
        {"items": {"$ref": "#/components/schemas/Loop"}, "type": "array"},
        {"oneOf": [{"$ref": "#/components/schemas/Loop"}, {"type": "string"}]},
        {"anyOf": [{"$ref": "#/components/schemas/Loop"}]},
        {"allOf": [{"$ref": "#/components/schemas/Loop"}]},
        {"$ref": "#/components/schemas/Loop"},
        {"not": {"$ref": "#/components/schemas/Loop"}},
    ):
        old = copy.deepcopy(RICH)
        old["components"]["schemas"] = {"Loop": held}
        Draft(old).request_schema()["properties"]["extra"] = {"$ref": "#/components/schemas/Loop"}
        new = copy.deepcopy(old)
        new["components"]["schemas"]["Loop"]["description"] = "Round and round."
        assert {finding.severity for finding in differences(old, new)} <= {"docs"}


@pytest.mark.parametrize("length", [40, 2000])
def test_a_long_chain_of_references_is_followed(length):
    """A change at its end is found, however long it is."""
    old = copy.deepcopy(RICH)
    names = [f"Link{number}" for number in range(length)]
    old["components"]["schemas"] = {
        name: {"type": "object", "properties": {"next": {"$ref": f"#/components/schemas/{then}"}}}
        for name, then in pairwise(names)
    }
    old["components"]["schemas"][names[-1]] = {"type": "string"}
    Draft(old).response_schema("poll")["properties"]["extra"] = {
        "$ref": f"#/components/schemas/{names[0]}"
    }
    new = copy.deepcopy(old)
    new["components"]["schemas"][names[-1]] = {"type": "boolean"}
    (found,) = differences(old, new)
    assert (found.rule, found.severity) == ("response-property-type-changed", "breaking")


def test_nesting_that_is_too_deep_is_an_error():
    """Nesting deeper than Python's stack is a ContractError."""
    old, new = copy.deepcopy(RICH), copy.deepcopy(RICH)
    deep: Json = {"type": "string"}
    for _ in range(50_000):
        deep = {"allOf": [deep]}
    Draft(new).request_schema()["properties"]["extra"] = deep
    with pytest.raises(ContractError, match="too deeply"):
        differences(old, new)
    while "allOf" in deep:
        # Freed from the inside, because Python cannot free such nesting at once.
        deep = deep.pop("allOf")[0]


def test_a_union_of_many_is_compared_in_time():
    """Forty changed schemas in a oneOf take less than five seconds."""
    old, new = copy.deepcopy(RICH), copy.deepcopy(RICH)
    for document, json_type in ((old, "string"), (new, "boolean")):
        variants = [
            {"type": "object", "title": f"V{n}", "properties": {
                f"p{m}": {"type": json_type if m == 9 else "string", "description": f"of {n}"}
                for m in range(10)}} for n in range(40)
        ]  # fmt: skip
        Draft(document).response_schema("poll")["properties"]["extra"] = {"oneOf": variants}
    started = time.process_time()
    rules = [finding.rule for finding in differences(old, new)]
    assert rules == ["response-property-type-changed"] * 40
    assert time.process_time() - started < SECONDS


def test_very_many_changed_branches_are_paired_by_position():
    """More than ten thousand pairs are not scored, because that would take too long."""
    old, new = copy.deepcopy(RICH), copy.deepcopy(RICH)
    for document, first in ((old, 1), (new, 200)):
        branches = [{"type": "string", "minLength": first + n} for n in range(101)]
        Draft(document).response_schema("poll")["properties"]["extra"] = {"oneOf": branches}
    rules = [finding.rule for finding in differences(old, new)]
    assert rules == ["response-property-min-length-increased"] * 101
