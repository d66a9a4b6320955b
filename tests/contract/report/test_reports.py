"""Reports: what they say, and that nothing in a document can act in them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt

import wan_ergonomic.contract
from tests.contract.diff.catalogue.findings import (
    ALL,
    BREAKING,
    DOCS,
    HOSTILE,
    INFO,
    WARNING,
    finding,
)
from wan_ergonomic.contract.report import _markdown
from wan_ergonomic.contract.report._markdown import (
    as_json,
    as_markdown,
    brief,
    change,
    code,
    headline,
    plain,
    unreadable,
    untold,
)

SCHEMA = json.loads(
    (Path(wan_ergonomic.contract.__file__).parent / "findings.schema.json").read_text("utf-8")
)
VALIDATOR = Draft202012Validator(SCHEMA)


def rendered(markdown: str) -> str:
    """Return the page that a text becomes."""
    return str(MarkdownIt("commonmark").enable("table").render(markdown))


def cells(page: str) -> list[str]:
    """Return the contents of a table's cells, without its head."""
    return re.findall(r"<td>(.*?)</td>", page, re.DOTALL)


@pytest.mark.parametrize(
    ("findings", "said"),
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
def test_the_headline_says_whether_anyone_is_broken(findings, said):
    """And who; a change that may break somebody else is only counted."""
    assert headline(findings) == said


@pytest.mark.parametrize(
    ("value", "said"),
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
def test_a_value_is_said_in_a_few_words(value, said):
    """On one line that is never long."""
    assert brief(value) == said


def test_a_change_says_what_is_absent_and_stays_silent_where_both_read_the_same():
    """Null is a value; absence is none."""
    assert change(BREAKING) == '"480P" → absent'
    assert change(WARNING) == 'absent → "paused"'
    assert change(finding(before=None, new_pointer="/a", after=1)) == "null → 1"
    assert change(finding(new_pointer="/a", after="480P")) == ""


def test_a_change_that_the_message_tells_is_not_told_twice():
    """A reader of a table has ten seconds."""
    assert untold(BREAKING) == ""
    moved = {"before": "GET /a", "after": "GET /b", "new_pointer": "/paths/~1b/get"}
    assert untold(finding(**moved, message="poll: the operation moved from /a to /b")) == ""
    assert untold(INFO) == 'absent → string ["pan", "tilt"]'


def test_markdown_has_the_verdict_first_then_a_table_then_the_details_folded():
    """In the order in which one needs them."""
    page = rendered(as_markdown(ALL))
    assert page.startswith("<p><strong>Breaking for senders: 1 breaking, 1 warning, 1 info")
    assert len(cells(page)) == 6 * len(ALL)
    assert cells(page)[:2] == ["breaking", "<code>create request/resolution</code>"]
    assert cells(page)[5] == "<code>PromptDefaults.resolution</code><br><code>PRESETS</code>"
    assert cells(page)[-2:] == ["nobody", "none"]
    assert page.index("</table>") < page.index("<details>") < page.index("</details>")
    assert str(BREAKING.old_pointer) in page[page.index("<details>") :]


def test_markdown_of_nothing_is_one_line():
    """There is no table without rows."""
    assert as_markdown([]) == "**No change.**\n"


@pytest.mark.parametrize("name", ["message", "before", "place", "old_document"])
def test_nothing_in_a_document_acts_in_markdown(name):
    """No markup, no picture, no mention, no issue closed."""
    markdown = as_markdown([finding(**{name: HOSTILE}), INFO])
    page = rendered(markdown)
    assert len(cells(page)) == 12
    assert page.count("<details>") == page.count("</details>") == 1
    assert not re.search(r"<(img|a|strong|em|!--|script)\b", page.partition("</p>")[2])
    outside_code = re.sub(r"<(code|pre)\b.*?</\1>", "", page, flags=re.DOTALL)
    assert not re.search(r"@\w|#\d|GH-\d|://", outside_code)


@given(st.text(), st.text())
def test_any_text_stays_in_its_cell(message, before):
    """Whatever characters it is made of."""
    page = rendered(as_markdown([finding(message=message, before=before)]))
    assert len(cells(page)) == 6
    assert page.count("</details>") == 1


@given(st.text(alphabet="`|\\ ab_*<&#@", min_size=1))
def test_code_shows_a_text_as_it_is(text):
    """Also where it is full of what Markdown has a meaning for."""
    page = rendered(f"| a |\n| --- |\n| {code(text)} |")
    shown = " ".join(text.split())
    escaped = shown.replace("&", "&amp;").replace("<", "&lt;")
    assert cells(page) == [f"<code>{escaped}</code>" if shown else ""]


def test_no_text_is_no_code():
    """Empty marks would be shown as they are."""
    assert code(" ") == ""
    same = finding(new_pointer="/a", after="480P")
    assert cells(rendered(as_markdown([same])))[3] == ""


def test_plain_text_stays_readable():
    """Words with underscores are left alone."""
    assert plain("answer's 'credits_used' is _new_\nhere") == (
        "answer's 'credits_used' is &#95;new&#95; here"
    )


def test_markdown_fits_a_description_on_github():
    """What has no room is counted."""
    many = [finding(message=f"create: number {n} {HOSTILE}") for n in range(500)]
    markdown = as_markdown(many)
    assert len(markdown) <= _markdown.MARKDOWN_LIMIT
    assert re.search(r"\| … \| \| \d+ more, for which there is no room", markdown)
    assert re.search(r"^\d+ more, for which there is no room\.$", markdown, re.MULTILINE)
    assert rendered(markdown).count("</details>") == 1


def test_a_long_value_is_cut_in_the_details():
    """And it is said how much is left out."""
    assert "characters more" in as_markdown([finding(before=["x" * 40] * 100)])
    assert "characters more" not in as_markdown([finding(before="x" * 1000)])


@pytest.mark.parametrize(
    "findings", [ALL, ALL[1:], ALL[2:], ALL[3:], []], ids=lambda f: str(len(f))
)
def test_the_json_is_as_its_schema_says(findings):
    """For each verdict that a comparison can have."""
    Draft202012Validator.check_schema(SCHEMA)
    VALIDATOR.validate(json.loads(json.dumps(as_json(findings))))
    worst = findings[0].severity if findings else "none"
    assert (as_json(findings)["verdict"], len(as_json(findings)["findings"])) == (
        worst,
        len(findings),
    )


@pytest.mark.parametrize("verdict", ["gone", "unclear"])
def test_what_could_not_be_compared_has_a_reason_and_no_findings(verdict):
    """It never looks like no change."""
    report = unreadable(verdict, "There is no such file.")
    VALIDATOR.validate(report)
    assert (report["verdict"], report["findings"]) == (verdict, [])


def changed(report: Any, **changes: Any) -> dict[str, Any]:
    """Return a report with changes; what is None is left out."""
    return {k: v for k, v in {**report, **changes}.items() if v is not None}


def with_finding(**changes: Any) -> dict[str, Any]:
    """Return a report whose only finding has changes; what is ... is left out."""
    found = {k: v for k, v in {**BREAKING.as_json(), **changes}.items() if v is not ...}
    return {**as_json([BREAKING]), "findings": [found]}


@pytest.mark.parametrize(
    "report",
    [
        changed(as_json(ALL), verdict=None),
        changed(as_json(ALL), findings=None),
        changed(as_json(ALL), schema_version=2),
        changed(as_json(ALL), verdict="fine"),
        changed(as_json(ALL), verdict="none"),
        changed(as_json(ALL), verdict="warning"),
        changed(as_json(ALL[1:]), verdict="breaking"),
        changed(as_json(ALL[1:]), verdict="info"),
        changed(as_json(ALL[2:]), verdict="docs"),
        changed(as_json(ALL[3:]), verdict="info"),
        changed(as_json([]), verdict="docs"),
        changed(as_json([]), verdict="breaking"),
        changed(as_json(ALL), reason="because"),
        changed(unreadable("gone", "x"), reason=None),
        changed(unreadable("gone", "x"), findings=[BREAKING.as_json()]),
        *(with_finding(**{name: ...}) for name in BREAKING.as_json()),
        with_finding(rule="Not a rule"),
        with_finding(role="delete"),
        with_finding(sides=["nobody"]),
        with_finding(sides=["sender", "sender"]),
        with_finding(old_pointer="no/slash"),
        with_finding(old_pointer="/bad~2escape"),
        with_finding(old_pointer=None, new_pointer=None),
        with_finding(message=""),
        with_finding(impact=[""]),
        with_finding(place="elsewhere"),
        with_finding(more=1),
    ],
)
def test_the_schema_refuses_what_is_wrong(report):
    """A schema that takes anything says nothing."""
    assert not VALIDATOR.is_valid(report)
