"""What was compared, in words; the proposed step; what is accepted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.contract.diff.catalogue.findings import BREAKING, HOSTILE, WARNING, comparison
from wan_ergonomic.contract import (
    Comparison,
    Document,
    accepted,
    compared,
    comparison_as_annotations,
    comparison_as_json,
    comparison_as_markdown,
    headline,
    proposed_step,
)
from wan_ergonomic.contract.changes._comparison import Applied, NotCompared
from wan_ergonomic.contract.changes._policy import Acceptance
from wan_ergonomic.contract.source._pairs import OperationPair
from wan_ergonomic.contract.source._roles import Found, Operation, candidates_in


def operation(path: str, found: Found = "path", method: str = "get") -> Operation:
    """Return an operation that was found in this way."""
    data = {"openapi": "3.0.0", "paths": {path: {method: {}}}}
    (one,) = candidates_in([Document("", data, "it.json")], method)
    return Operation(one.document, one.source, one.path, one.item, one.node, found)


def lines(*pairs: OperationPair, **changes: Any) -> list[str]:
    """Return the lines about these pairs, and about what was not compared."""
    return list(compared(comparison(operations=pairs, **changes)))


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        (
            OperationPair("poll", operation("/a"), operation("/a")),
            "poll: GET /a (at the known path)",
        ),
        (
            OperationPair("poll", operation("/a", "model"), operation("/b", "names")),
            "poll: GET /a (found by its model) → GET /b (found by its properties)",
        ),
        (
            OperationPair("poll", operation("/a", "words"), None, ("GET /b", "GET /c")),
            "poll: GET /a (found by its path) → gone; left: GET /b, GET /c",
        ),
        (
            OperationPair("create", None, operation("/a", "named", "put")),
            "create: not documented → PUT /a (as named)",
        ),
        (OperationPair("poll", None, None), "poll: documented on neither side"),
        (
            OperationPair("poll", None, None, ("GET /b", "GET /c")),
            "poll: not found; GET /b, GET /c resemble it",
        ),
    ],
)
def test_each_operation_is_a_line(pair, expected):
    """On either side, and how it was found."""
    assert lines(pair) == [expected, "Not compared: nothing."]


def test_of_very_many_operations_the_first_are_named():
    """The others are counted."""
    others = tuple(f"GET /{number:02}" for number in range(12))
    (line, _) = lines(OperationPair("poll", operation("/a"), None, others))
    assert line.endswith(", GET /09, and 2 more")
    doubt = comparison(operations=(OperationPair("poll", None, None, others),)).doubt
    assert "GET /09, and 2 more. Name the right one" in str(doubt)


def part(what: str, state: Any, *sides: Any) -> NotCompared:
    """Return something that was not compared."""
    return NotCompared(role="poll", place="response/200", what=what, state=state, sides=sides)


def test_what_was_not_compared_or_not_read_is_named():
    """Parts with their places, and references with their sides."""
    left = (
        part("links", "same", "old", "new"),
        part("a.json", "unread", "old", "new"),
        part("encodings", "changed", "new"),
        part("b.json", "unread", "old"),
        part("c.json", "shared", "old", "new"),
    )
    pair = OperationPair("poll", operation("/a"), operation("/a"))
    assert lines(pair, not_compared=left)[1:] == [
        "Not compared: links of poll response/200 (the same); "
        "encodings of poll response/200 (changed).",
        "Not read: a.json of poll (old and new); b.json of poll (old).",
        "Read only once, for both sides: c.json.",
    ]


def test_what_was_not_read_on_either_side_may_have_changed():
    """The headline says so, and has what was found."""
    unread = (part("a.json", "unread", "old", "new"),)
    reason = (
        "poll: 'a.json' could not be read on either side. Give sources that contain what they "
        "refer to."
    )
    assert headline(comparison(not_compared=unread)) == f"Could not tell what changed. {reason}"
    assert headline(comparison([WARNING], not_compared=unread)) == (
        f"Could not tell what changed. {reason} Found so far: 1 warning."
    )
    assert headline(comparison([BREAKING], not_compared=unread)) == (
        f"Breaking for senders: 1 breaking. There may be more: {reason}"
    )
    report = comparison_as_json(comparison([WARNING], not_compared=unread))
    assert (report["verdict"], report["reason"], report["version_step"]) == (
        "unclear",
        reason,
        None,
    )


def test_an_operation_that_is_on_neither_side_for_certain_is_a_doubt():
    """The option that names it is shown."""
    undecided = comparison(operations=(OperationPair("poll", None, None, ("GET /b", "GET /c")),))
    assert undecided.doubt == (
        "poll: no operation is ours for certain; these resemble it: GET /b, GET /c. Name the "
        'right one: --poll "GET /b".'
    )
    assert comparison(operations=()).doubt == "Nothing was compared."
    assert list(compared(comparison(operations=()))) == []


def test_the_step_of_the_version_is_proposed():
    """From version 1.0 on, and before where it differs."""
    assert proposed_step(comparison([BREAKING])) == (
        "Proposed version step: major (minor before 1.0)."
    )
    assert proposed_step(comparison()) == "Proposed version step: none."
    unread = (part("a.json", "unread", "old", "new"),)
    assert proposed_step(comparison(not_compared=unread)) == (
        "Proposed version step: none can be told."
    )


ONE = Acceptance(rule="a-rule", place="create request", reason="Known_.", until=date(2027, 1, 31))


def applied(**changes: Any) -> Comparison:
    """Return a comparison to which accepted findings were applied."""
    return comparison(applied=Applied(file="it.yaml", **changes))


def test_each_acceptance_is_a_line():
    """Accepted, ended, or unneeded; and each replaced severity."""
    several = applied(
        accepted=((ONE, (BREAKING,)), (ONE, (BREAKING, BREAKING))),
        expired=(ONE,),
        unneeded=(ONE,),
        severities={"b-rule": "info"},
    )
    one = "a-rule at create request (Known_.)"
    assert list(accepted(several)) == [
        f"Accepted until 2027-01-31: {one}",
        f"Accepted until 2027-01-31: {one}, 2 findings",
        f"No longer accepted since 2027-01-31: {one}",
        f"Does not occur any more, remove it from it.yaml: {one}",
        "Severity set by it.yaml: b-rule is info",
    ]
    assert list(accepted(comparison())) == []


def test_the_headline_counts_what_is_accepted():
    """Whether anything else changed or not."""
    done = applied(accepted=((ONE, (BREAKING,)),))
    assert headline(done) == "No change but what is accepted (1)."
    assert (
        headline(replace(done, findings=(WARNING,)))
        == "May break parsers: 1 warning, and 1 accepted."
    )


def test_reports_show_what_is_accepted():
    """As a list in Markdown, and as notices on GitHub."""
    several = applied(accepted=((ONE, (BREAKING,)),), unneeded=(ONE,))
    markdown = comparison_as_markdown(several)
    line = "- Accepted until 2027-01-31: `a-rule` at `create request` (Known&#95;.)\n"
    assert f"Proposed version step: major (minor before 1.0).\n\n{line}- Does" in markdown
    text = comparison_as_annotations(several, [], {})
    assert "::notice title=Accepted findings::Accepted until 2027-01-31: a-rule" in text
    report = comparison_as_json(several)["accepted"]
    assert report["file"] == "it.yaml"
    assert report["accepted"][0]["findings"] == [BREAKING.as_json()]
    assert report["unneeded"][0]["until"] == "2027-01-31"


def test_text_from_a_document_is_escaped():
    """Paths and references can hold anything."""
    pairs = (OperationPair("poll", operation(f"/{HOSTILE}"), None, (HOSTILE,)),)
    hostile = comparison(operations=pairs, not_compared=(part(HOSTILE, "unread", "old", "new"),))
    text = comparison_as_annotations(hostile, [], {})
    assert all(line.isprintable() for line in text.split("\n"))
    assert not [line for line in text.split("\n") if line.startswith("::")]
    markdown = comparison_as_markdown(hostile)
    assert "<img" not in markdown.replace("<code>", "")
    assert all(line.isprintable() for line in markdown.replace("\u200b", "").splitlines())
