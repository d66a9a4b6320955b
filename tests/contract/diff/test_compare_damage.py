"""Whatever two documents hold, comparing them ends in findings or in an error of this package."""

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
OPPOSITES = (("added", "removed"), ("set", "unset"), ("increased", "decreased"))

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
    """Yield the way to each value within another."""
    entries = node.items() if isinstance(node, dict) else enumerate(node)
    for key, held in entries:
        yield (*at, key)
        if isinstance(held, dict | list):
            yield from pointers(held, (*at, key))


PLACES = [place for place in pointers(RICH) if place != ("paths",)]


@st.composite
def damaged(draw: st.DrawFn) -> Json:
    """Return the contract with one thing wrong: another value, or none, in some place."""
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
    """Return what a comparison of two documents finds."""
    return compare([Document("", old, "old")], [Document("", new, "new")])


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(damaged(), damaged())
def test_damage_ends_in_findings_or_in_a_contract_error(old, new):
    """One thing wrong on either side is never another exception, nor a long wait."""
    started = time.monotonic()
    try:
        found = differences(old, new)
    except ContractError:
        return
    assert time.monotonic() - started < SECONDS
    assert all(finding.message and finding.rule for finding in found)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(damaged())
def test_damage_that_stays_is_no_change(document):
    """A document has nothing new for itself, however damaged it is."""
    try:
        found = differences(document, copy.deepcopy(document))
    except ContractError:
        return
    assert found == []


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(damaged())
def test_the_way_back_is_found_in_the_same_places(document):
    """What is found in one direction is found in the other, with the places exchanged."""
    try:
        there, back = differences(RICH, document), differences(document, RICH)
    except ContractError:
        return
    assert sorted((str(f.old_pointer), str(f.new_pointer)) for f in there) == sorted(
        (str(f.new_pointer), str(f.old_pointer)) for f in back
    )


def test_a_schema_may_hold_itself():
    """Circles of references end, in properties, items, unions and compositions."""
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
        Draft(old).request()["properties"]["extra"] = {"$ref": "#/components/schemas/Loop"}
        new = copy.deepcopy(old)
        new["components"]["schemas"]["Loop"]["description"] = "Round and round."
        assert {finding.severity for finding in differences(old, new)} <= {"docs"}


@pytest.mark.parametrize("length", [40, 2000])
def test_a_long_chain_of_references_is_followed(length):
    """What is changed at its end is found, however long it is."""
    old = copy.deepcopy(RICH)
    names = [f"Link{number}" for number in range(length)]
    old["components"]["schemas"] = {
        name: {"type": "object", "properties": {"next": {"$ref": f"#/components/schemas/{then}"}}}
        for name, then in pairwise(names)
    }
    old["components"]["schemas"][names[-1]] = {"type": "string"}
    Draft(old).answer("poll")["properties"]["extra"] = {"$ref": f"#/components/schemas/{names[0]}"}
    new = copy.deepcopy(old)
    new["components"]["schemas"][names[-1]] = {"type": "boolean"}
    (found,) = differences(old, new)
    assert (found.rule, found.severity) == ("response-property-type-changed", "breaking")


def test_what_is_too_deep_is_refused():
    """Nesting that Python cannot follow is an error that says so."""
    old, new = copy.deepcopy(RICH), copy.deepcopy(RICH)
    deep: Json = {"type": "string"}
    for _ in range(50_000):
        deep = {"allOf": [deep]}
    Draft(new).request()["properties"]["extra"] = deep
    with pytest.raises(ContractError, match="too deeply"):
        differences(old, new)
    while "allOf" in deep:
        # Freed from within, for Python too gives up on what is so deep.
        deep = deep.pop("allOf")[0]


def test_a_union_of_many_is_compared_in_time():
    """Forty variants on either side, all changed, take no long time."""
    old, new = copy.deepcopy(RICH), copy.deepcopy(RICH)
    for document, kind in ((old, "string"), (new, "boolean")):
        variants = [
            {"type": "object", "title": f"V{n}", "properties": {f"p{m}": {"type": kind if m == 9
             else "string", "description": f"of {n}"} for m in range(10)}} for n in range(40)
        ]  # fmt: skip
        Draft(document).answer("poll")["properties"]["extra"] = {"oneOf": variants}
    started = time.process_time()
    kinds = [finding.rule for finding in differences(old, new)]
    assert kinds == ["response-property-type-changed"] * 40
    assert time.process_time() - started < SECONDS
