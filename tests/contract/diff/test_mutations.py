"""Every change in the catalogue gives its one finding, and no other."""

from __future__ import annotations

import random
import re
from functools import cache
from typing import Any

import pytest

from tests.contract.diff.catalogue.changes import catalogue, extra, plain
from tests.contract.diff.catalogue.mutations import Change, Expected, Json, Mutation, changed
from wan_ergonomic.contract import Document, Finding, compare
from wan_ergonomic.contract.diff._rules import RULES, SUBJECTS
from wan_ergonomic.contract.document._pointer import look_up

CATALOGUE = catalogue()
PAIRS = 300
UNDONE = ", undone"


def differences(old: Json, new: Json) -> list[Finding]:
    """Return the findings of a comparison of two documents."""
    return [*compare([Document("", old, "old")], [Document("", new, "new")]).findings]


def outline(finding: Finding) -> Expected:
    """Return the fields of a finding that the catalogue has."""
    return Expected(
        finding.rule,
        finding.role,
        finding.severity,
        finding.sides,
        finding.old_pointer,
        finding.new_pointer,
    )


@cache
def found_of(mutation: Mutation) -> list[Finding]:
    """Return the findings of a mutation; each is compared once."""
    return differences(*mutation.documents())


def subject(mutation: Mutation) -> str:
    """Return where the schema of a mutation is, or ``operation`` for any other mutation."""
    rule = mutation.expected.rule
    return next((name for name in SUBJECTS if name in rule), "operation")


@pytest.mark.parametrize("undone", [False, True], ids=["there", "back"])
@pytest.mark.parametrize("about", [*SUBJECTS, "operation"])
def test_a_single_change_gives_its_one_finding(about, undone):
    """Each mutation gives the finding in the catalogue, in its place, and no other."""
    chosen = [m for m in CATALOGUE if subject(m) == about and m.name.endswith(UNDONE) == undone]
    expected = [(mutation.name, mutation.expected) for mutation in chosen]
    found = [(m.name, outline(finding)) for m in chosen for finding in found_of(m)]
    assert expected
    assert expected == found


def test_the_catalogue_is_complete():
    """Each rule has a mutation, each mutation has a rule, and each change has its way back."""
    there = [mutation for mutation in CATALOGUE if not mutation.name.endswith(UNDONE)]
    assert len(CATALOGUE) == 2 * len(there) >= 240
    assert {mutation.expected.rule for mutation in CATALOGUE} == RULES.keys()


def shown(document: Json, pointer: str | None, value: Any) -> bool:
    """Whether a finding's value is the value at its pointer, or the name of that."""
    if pointer is None:
        return value is None
    found = look_up(document, f"#{pointer}".replace("%", "%25"))
    assert found, pointer
    name = pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
    held = found[0].get("name") if isinstance(found[0], dict) else None
    operation = isinstance(value, str) and value.partition(" ")[0].lower() == name
    return bool(value in (found[0], name, held) or operation)


@pytest.mark.parametrize("first", range(0, len(CATALOGUE), 100))
def test_pointers_lead_to_the_values_shown(first):
    """Before and after are the values at the pointers, or their names."""
    for mutation in CATALOGUE[first : first + 100]:
        old, new = mutation.documents()
        (finding,) = found_of(mutation)
        assert shown(old, finding.old_pointer, finding.before), mutation.name
        assert shown(new, finding.new_pointer, finding.after), mutation.name


@pytest.mark.parametrize("first", range(0, len(CATALOGUE), 100))
def test_messages_are_sentences(first):
    """A message names the operation and the part of it, and contains no Python literal."""
    sentence = re.compile(
        r"(create|poll): (the )?[a-z]+ .*?"
        r"\b(is|has|was|may|must|no longer|allows|requires|accepts|moved)\b.*[^.\s]"
    )
    for mutation in CATALOGUE[first : first + 100]:
        (finding,) = found_of(mutation)
        assert sentence.fullmatch(finding.message), finding.message
        assert not re.search(r"\b(None|True|False)\b", finding.message), finding.message


def regions(change: Change) -> set[str]:
    """Return the pointers that no other change may touch."""
    if change.region:
        return {change.region}
    return {re.sub(r"/\d+$", "", pointer) for pointer in change.at if pointer}


def are_apart(a: Change, b: Change) -> bool:
    """Whether two changes are of different parts of the contract."""
    # These are valid, or not, whatever version of OpenAPI the other one needs.
    if {a.there[0], b.there[0]} & {"document-invalid", "api-security-scheme-deprecated"}:
        return False
    both = [(x, y) for x in regions(a) for y in regions(b)]
    return not any(x == y or x.startswith(f"{y}/") or y.startswith(f"{x}/") for x, y in both)


def pairs() -> list[tuple[Change, Change]]:
    """Return pairs of independent changes, the same ones each time."""
    found: list[tuple[Change, Change]] = []
    chance = random.Random(3)
    ours, others = plain(), [*plain(), *extra()]
    while len(found) < PAIRS:
        pair = chance.choice(ours), chance.choice(others)
        if are_apart(*pair):
            found.append(pair)
    return found


@pytest.mark.parametrize("pair", pairs(), ids=lambda pair: f"{pair[0].name} and {pair[1].name}")
def test_two_changes_give_both_findings(pair):
    """Two changes have the findings of both, and no other."""
    old, new = changed(*pair)
    assert sorted(map(repr, (c.expected() for c in pair))) == sorted(
        repr(outline(finding)) for finding in differences(old, new)
    )
    assert sorted(map(repr, (c.expected_back() for c in pair))) == sorted(
        repr(outline(finding)) for finding in differences(new, old)
    )
