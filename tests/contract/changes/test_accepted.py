"""Accepted findings: which ones count, and what is reported about the acceptances."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tests.contract.diff.catalogue.findings import ALL, BREAKING, INFO, WARNING, comparison, finding
from wan_ergonomic.contract import Comparison, Finding, Policy, accept
from wan_ergonomic.contract.changes._comparison import NotCompared
from wan_ergonomic.contract.changes._policy import Acceptance
from wan_ergonomic.contract.diff._finding import Severity

DAY = date(2027, 1, 31)


def acceptance(of: Finding, **changes: Any) -> Acceptance:
    """Return the acceptance of a finding, until a day."""
    usual = {"rule": of.rule, "place": f"{of.role} {of.place}", "reason": "Known.", "until": DAY}
    return Acceptance(**{**usual, **changes})


def accepting(
    findings: Any, *accepted: Acceptance, today: date = DAY, **severities: Severity
) -> Comparison:
    """Return a comparison after applying what is accepted."""
    named = {rule.replace("_", "-"): severity for rule, severity in severities.items()}
    policy = Policy(file="it.yaml", accepted=accepted, severities=named)
    return accept(comparison(findings), policy, today)


def test_an_accepted_finding_is_set_apart():
    """It no longer counts for the verdict, but for the step of the version."""
    one = acceptance(BREAKING)
    found = accepting(ALL, one)
    assert found.findings == ALL[1:]
    assert found.applied
    assert found.applied.accepted == ((one, (BREAKING,)),)
    assert (found.verdict, found.version_step) == ("warning", "major")
    assert (found.applied.expired, found.applied.unneeded) == ((), ())


@pytest.mark.parametrize(
    "other", [{"rule": "api-tag-added"}, {"place": "create request/seed"}, {"place": "poll x"}]
)
def test_rule_and_place_must_both_be_the_findings(other):
    """An acceptance of another finding is unneeded."""
    one = acceptance(BREAKING, **other)
    found = accepting([BREAKING], one)
    assert found.findings == (BREAKING,)
    assert found.applied
    assert (found.applied.accepted, found.applied.unneeded) == ((), (one,))


def test_all_findings_of_a_rule_at_a_place_are_accepted():
    """For example several values of one enum."""
    other = finding(before="720P", message="create: another value")
    found = accepting([BREAKING, other], acceptance(BREAKING))
    assert (found.findings, found.verdict) == ((), "none")
    assert found.applied
    assert found.applied.findings() == [BREAKING, other]


def test_after_its_last_day_an_acceptance_has_no_effect():
    """It is reported as long as the finding occurs; then it is unneeded."""
    one = acceptance(BREAKING)
    found = accepting([BREAKING], one, today=DAY + timedelta(days=1))
    assert (found.findings, found.verdict) == ((BREAKING,), "breaking")
    assert found.applied
    assert (found.applied.expired, found.applied.unneeded) == ((one,), ())
    found = accepting([], one, today=DAY + timedelta(days=1))
    assert found.applied
    assert (found.applied.expired, found.applied.unneeded) == ((), (one,))


def test_two_acceptances_of_one_finding_are_not_both_needed():
    """The second one covers nothing, and neither is called unneeded."""
    one = acceptance(BREAKING)
    old = replace(one, until=DAY - timedelta(days=9))
    found = accepting([BREAKING], old, one, one)
    assert found.applied
    assert (len(found.applied.accepted), found.applied.expired) == (1, ())
    assert found.applied.unneeded == ()


def test_of_an_incomplete_comparison_nothing_is_unneeded():
    """What was not read may still have the finding."""
    policy = Policy(file="it.yaml", accepted=(acceptance(BREAKING),))
    found = accept(comparison([]), policy, DAY, is_complete=False)
    assert found.applied
    assert found.applied.unneeded == ()
    unread = NotCompared(
        role="poll", place="operation", what="a.json", state="unread", sides=("old", "new")
    )
    found = accept(comparison([], not_compared=(unread,)), policy, DAY)
    assert found.applied
    assert found.applied.unneeded == ()


def test_a_severity_replaces_that_of_a_rule():
    """The worst is still the first, and whom it breaks fits."""
    found = accepting(
        ALL,
        request_property_enum_value_removed="info",
        response_property_enum_value_added="breaking",
        new_optional_request_property="warning",
        api_tag_added="docs",
    )
    assert [(each.severity, each.sides) for each in found.findings[:3]] == [
        ("breaking", ("parser",)),
        ("warning", ("sender",)),
        ("info", ()),
    ]
    assert found.applied
    assert found.applied.severities == {
        "request-property-enum-value-removed": "info",
        "response-property-enum-value-added": "breaking",
        "new-optional-request-property": "warning",
    }


@pytest.mark.parametrize(
    ("place", "sides"),
    [
        ("parameter/query/id", ("sender",)),
        ("response/200/id", ("parser",)),
        ("server", ("sender", "parser")),
    ],
)
def test_a_worse_severity_breaks_those_who_use_the_place(place, sides):
    """Information breaks nobody by itself."""
    found = accepting([replace(INFO, place=place)], new_optional_request_property="breaking")
    assert found.findings[0].sides == sides


def test_the_same_severity_is_not_a_change():
    """Nothing is reported."""
    found = accepting([WARNING], response_property_enum_value_added="warning")
    assert found.findings == (WARNING,)
    assert found.applied
    assert found.applied.severities == {}


def test_without_a_file_nothing_changes():
    """The report has nothing about it."""
    unchanged = comparison(ALL)
    assert accept(unchanged, None, DAY) is unchanged
