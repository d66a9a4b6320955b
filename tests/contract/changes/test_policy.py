"""The file of accepted findings: what it may contain, and the line of what is wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from wan_ergonomic.contract import ContractError, read_policy
from wan_ergonomic.contract.changes._policy import Acceptance

GOOD = """\
# Known.
accepted:
  - rule: request-property-enum-value-removed
    place: create request/resolution
    reason: >
      We only send
      1080P.
    until: 2027-01-31
severities:
  response-property-enum-value-added: info
"""


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """An empty folder, as the current one."""
    monkeypatch.chdir(tmp_path)


def error_of(text: str) -> str:
    """Return the message of the error that a file with this text raises."""
    Path("it.yaml").write_text(text, "utf-8")
    with pytest.raises(ContractError) as caught:
        read_policy("it.yaml")
    return str(caught.value)


def test_a_file_has_acceptances_and_severities():
    """A date in YAML is a date."""
    Path("it.yaml").write_text(GOOD, "utf-8")
    policy = read_policy("it.yaml")
    assert policy
    assert policy.accepted == (
        Acceptance(
            rule="request-property-enum-value-removed",
            place="create request/resolution",
            reason="We only send 1080P.",
            until=date(2027, 1, 31),
        ),
    )
    assert policy.severities == {"response-property-enum-value-added": "info"}


def test_a_place_may_be_in_an_operation_of_the_account():
    """It is named by its id in our description."""
    entry = GOOD.replace("create request/resolution", "get_balance response/200/currency")
    Path("it.yaml").write_text(entry, "utf-8")
    policy = read_policy("it.yaml")
    assert policy
    assert policy.accepted[0].role == "get_balance"
    Path("it.yaml").write_text(entry.replace("get_balance", "get_balances"), "utf-8")
    with pytest.raises(ContractError, match="'get_balances response/200/currency' is not a place"):
        read_policy("it.yaml")


@pytest.mark.parametrize("text", ["", "# Nothing.\n", "accepted:\n", "severities: {}", "{}"])
def test_a_file_may_be_empty(text):
    """Nothing is accepted then."""
    Path("it.yaml").write_text(text, "utf-8")
    policy = read_policy("it.yaml")
    assert policy
    assert (policy.accepted, policy.severities) == ((), {})


def test_the_file_of_the_current_folder_is_read_if_there_is_one():
    """A file that is named must exist."""
    assert read_policy() is None
    Path("contract").mkdir()
    Path("contract/accepted.yaml").write_text(GOOD, "utf-8")
    policy = read_policy()
    assert policy
    assert (policy.file, len(policy.accepted)) == ("contract/accepted.yaml", 1)
    with pytest.raises(ContractError, match=r"^none\.yaml cannot be read: "):
        read_policy("none.yaml")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "enum-value-removed",
            "enum-value-remove",
            "line 3: there is no rule 'request-property-enum-value-remove'. "
            "Did you mean 'request-property-enum-value-removed'?",
        ),
        ("rule: request-property-enum-value-removed", "rule: x", "line 3: there is no rule 'x'."),
        ("rule: request-property-enum-value-removed", "rule: [x]", "line 3: 'rule' is not a text."),
        (
            "create request/resolution",
            "request/resolution",
            "line 4: 'request/resolution' is not a place. Write the operation and the place that "
            "a finding has, as in 'create request/resolution'.",
        ),
        ("    reason: >\n      We only send\n      1080P.\n", "", "line 3: 'reason' is missing."),
        ("We only send\n      1080P.", "", "line 5: 'reason' is not a text."),
        ("2027-01-31", "2027-02-31", "line 8: '2027-02-31' is not a date. Write it as 2027-01-31."),
        ("2027-01-31", "soon", "line 8: 'soon' is not a date. Write it as 2027-01-31."),
        ("until:", "end:", "line 8: 'end' is not one of rule, place, reason, until."),
        (
            "response-property-enum-value-added: info",
            "response-property-enum-value-added: harmless",
            "line 10: 'harmless' is not a severity. The severities are breaking, warning, info, "
            "docs.",
        ),
        ("  response-property-enum-value-added", "  a/b", "line 10: there is no rule 'a/b'."),
        (
            "severities:\n  response-property-enum-value-added: info",
            "severities:\n  - a",
            "line 9: 'severities' is not a mapping of rules to severities.",
        ),
        ("accepted:\n", "accept:\n", "line 2: 'accept' is not one of accepted, severities."),
    ],
)
def test_what_is_wrong_is_named_with_its_line(old, new, expected):
    """In one sentence."""
    assert old in GOOD
    assert error_of(GOOD.replace(old, new)) == f"it.yaml, {expected}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("accepted: 1", "it.yaml, line 1: 'accepted' is not a list."),
        (
            "accepted:\n  - a",
            "it.yaml, line 2: this is not a mapping with rule, place, reason, until.",
        ),
        ("- a", "it.yaml, line 1: this is not a mapping with accepted, severities."),
        ("{", "it.yaml cannot be read: "),
    ],
)
def test_a_file_of_another_kind_is_an_error(text, expected):
    """With what it should be."""
    assert error_of(text).startswith(expected)
