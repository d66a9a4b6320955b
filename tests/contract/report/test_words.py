"""Findings in words: the headline, values, and one line for each finding."""

from __future__ import annotations

import pytest

from tests.contract.diff.catalogue.findings import (
    ALL,
    BREAKING,
    DOCS,
    HOSTILE,
    INFO,
    WARNING,
    comparison,
    finding,
)
from wan_ergonomic.contract import findings_as_lines, headline, unsaid_change
from wan_ergonomic.contract.report._words import brief, change, lines_to_review, phrase


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ([], "No change."),
        ([DOCS], "Nothing breaks: only descriptions changed (1)."),
        ([INFO, DOCS], "Nothing breaks: 1 info, 1 docs."),
        ([WARNING, INFO], "May break parsers: 1 warning, 1 info."),
        ([BREAKING, WARNING], "Breaking for senders: 1 breaking, 1 warning."),
        (
            [BREAKING, finding(sides=("parser",))],
            "Breaking for senders and parsers: 2 breaking.",
        ),
    ],
)
def test_the_headline_names_whom_the_worst_changes_break(findings, expected):
    """Less severe changes are counted only."""
    assert headline(comparison(findings)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("480P", '"480P"'),
        (None, "null"),
        (4294967295, "4294967295"),
        ({"type": "string", "description": "long"}, "string"),
        ({"type": "string", "enum": ["a", "b"]}, 'string ["a", "b"]'),
        ({"enum": [1]}, "[1]"),
        ({"type": ["string", "null"]}, '{"type": ["string", "null"]}'),
        ("x" * 80, f'"{"x" * 58}…'),
    ],
)
def test_a_value_is_cut_to_one_short_line(value, expected):
    """A schema is shown as its type, every other value as JSON."""
    assert brief(value) == expected


def test_a_change_shows_both_values_unless_they_read_the_same():
    """Null and absent are different."""
    assert change(BREAKING) == '"480P" → absent'
    assert change(WARNING) == 'absent → "paused"'
    assert change(finding(before=None, new_pointer="/a", after=1)) == "null → 1"
    assert change(finding(new_pointer="/a", after="480P")) == ""


def test_values_in_the_message_are_not_repeated():
    """A table has little room."""
    assert unsaid_change(BREAKING) == ""
    moved = {"before": "GET /a", "after": "GET /b", "new_pointer": "/paths/~1b/get"}
    assert unsaid_change(finding(**moved, message="poll: the operation moved from /a to /b")) == ""
    assert unsaid_change(INFO) == 'absent → string ["pan", "tilt"]'


def test_a_phrase_has_all_about_a_finding_on_one_line():
    """Change, rule, whom it breaks, and names; the last two only if there are any."""
    assert phrase(BREAKING) == (
        'create: request property \'resolution\' no longer lists "480P": "480P" → absent '
        "(request-property-enum-value-removed, breaks the sender, "
        "touches PromptDefaults.resolution, PRESETS)"
    )
    assert phrase(DOCS).endswith('"A text." → "Some text." (request-property-description-changed)')


def test_a_phrase_is_escaped_for_its_format():
    """Text and code are escaped differently."""
    escaped = phrase(INFO, plain=str.upper, code="<{}>".format)
    assert escaped == (
        'CREATE: REQUEST PROPERTY \'CAMERA\' WAS ADDED: <absent → string ["pan", "tilt"]> '
        "(<new-optional-request-property>, touches <PromptDefaults>, <Options>)"
    )


def test_each_finding_is_one_line():
    """Severity, operation, change, whom it breaks, names."""
    assert list(findings_as_lines(ALL)) == [
        "breaking  create  request property 'resolution' no longer lists \"480P\"  "
        "breaks the sender  touches PromptDefaults.resolution, PRESETS",
        "warning   poll    response property 'status' now lists \"paused\"  "
        "breaks the parser  touches Generation.status, STATUSES",
        "info      create  request property 'camera' was added: absent → string "
        '["pan", "tilt"]  touches PromptDefaults, Options',
        "docs      create  request property 'prompt' has a reworded description: "
        '"A text." → "Some text."',
    ]


def test_longer_names_of_operations_are_aligned():
    """Those of the account."""
    both = [finding(message="create: a", role="create"), finding(message="b", role="list_models")]
    first, second = findings_as_lines(both)
    assert first.startswith("breaking  create       a")
    assert second.startswith("breaking  list_models  b")


def test_lines_contain_no_control_characters():
    """A terminal would obey them."""
    (line,) = findings_as_lines([finding(message=f"create: {HOSTILE}", after=HOSTILE)])
    assert line.isprintable()


def test_the_lines_to_review_are_where_the_names_are_defined():
    """Each once. Changed descriptions need no review, and what is generated is not edited."""
    names = finding(impact=("prepare", "PRESETS"))
    heading, *found = lines_to_review([BREAKING, names, names, DOCS])
    assert heading == "Lines to review:"
    assert [line.rpartition(": ")[2] for line in found] == ["PRESETS", "prepare"]
    assert all(line.startswith("  wan_ergonomic/_prompts.py:") for line in found)
    assert list(lines_to_review([DOCS])) == []
