"""Annotations: one valid workflow command for each finding, at the right line."""

from __future__ import annotations

import json
import re

import pytest

from tests.contract.diff.catalogue.findings import ALL, BREAKING, HOSTILE, comparison, finding
from wan_ergonomic.contract import compared, comparison_as_annotations, failure_as_annotation
from wan_ergonomic.contract.document._document import Document

TEXT = """{
  "a/b": [
    {"x": 1},
    {
      "~": "deep", "last": {}
    }
  ],
  "paths": {
    "/a": {"post": {}}
  }
}"""
OLD = Document(text=TEXT, data=json.loads(TEXT), origin="contract.json")
FILES = {"contract.json": "openapi/contract.json"}
COMMAND = re.compile(r"::(?P<level>\w+) (?P<properties>[^:\r\n]*)::(?P<message>[^\r\n]*)")


def test_the_level_is_the_severity():
    """Breaking is an error; info and docs are notices."""
    above = [*compared(comparison()), "Breaking for senders: 1 breaking, 1 warning", "Proposed"]
    found = comparison_as_annotations(comparison(ALL), [OLD], FILES).splitlines()
    assert all(map(str.startswith, found, above))
    commands = found[len(above) :]
    assert [line.split()[0] for line in commands] == [
        "::error",
        "::warning",
        "::notice",
        "::notice",
    ]


def test_an_annotation_has_all_about_a_finding():
    """Change, place, whom it breaks, names."""
    *_, command = comparison_as_annotations(comparison([BREAKING]), [OLD], FILES).splitlines()
    assert command == (
        "::error file=openapi/contract.json,line=8,title=breaking%3A create request/resolution::"
        'create: request property \'resolution\' no longer lists "480P": "480P" → absent '
        "(request-property-enum-value-removed, breaks the sender, "
        "touches PromptDefaults.resolution, PRESETS)"
    )


@pytest.mark.parametrize(
    ("pointers", "line"),
    [
        ({"old_pointer": "/a~1b/1/~0"}, 5),
        ({"old_pointer": None, "new_pointer": "/a~1b/1/new/deeper", "old_document": None}, 4),
        ({"old_pointer": None, "new_pointer": "/nowhere", "old_document": None}, None),
        ({"old_pointer": ""}, None),
    ],
)
def test_a_finding_is_shown_at_its_line(pointers, line):
    """An addition is shown at what it was added to; without a match, at the file."""
    text = comparison_as_annotations(comparison([finding(**pointers)]), [OLD], FILES)
    match = re.search(r"line=(\d+)", text)
    assert (int(match[1]) if match else None) == line


def test_an_addition_is_shown_in_the_document_with_the_operation():
    """If no document has the operation, the annotation has no file."""
    poll = '{"paths": {\n"/a": {"get":\n{}}}}'
    old = [OLD, Document(text=poll, data=json.loads(poll), origin="poll.json")]
    new = finding(role="poll", old_pointer=None, old_document=None, new_pointer="/paths/~1a/get/x")
    text = comparison_as_annotations(
        comparison([new]), old, {**FILES, "poll.json": "openapi/poll.json"}
    )
    assert "::error file=openapi/poll.json,line=3,title=" in text
    assert "::error title=" in comparison_as_annotations(comparison([new]), [OLD], FILES)


def test_a_finding_in_a_page_has_no_line():
    """The document's line numbers are not the page's."""
    files = {"contract.json": "page.md"}
    page = comparison_as_annotations(comparison([finding(old_pointer="/paths")]), [OLD], files)
    assert "file=page.md,title=" in page


def test_a_finding_outside_the_files_has_no_file():
    """A source can be a URL, and a finding can be in another document."""
    assert "::error title=" in comparison_as_annotations(comparison([BREAKING]), [OLD], {})
    elsewhere = finding(old_document="other.json")
    assert "::error title=" in comparison_as_annotations(comparison([elsewhere]), [OLD], FILES)


@pytest.mark.parametrize("name", ["message", "before", "place", "rule"])
def test_text_from_a_document_is_not_a_command(name):
    """Line breaks, colons and commas are escaped."""
    files = {"contract.json": "a,b:c%.json"}
    text = comparison_as_annotations(comparison([finding(**{name: HOSTILE})]), [OLD], files)
    *_, command = text.split("\n")
    match = COMMAND.fullmatch(command)
    assert match
    assert match["properties"].startswith("file=a%2Cb%3Ac%25.json,line=8,title=")
    assert match["properties"].count(",") == 2
    assert command.isprintable()


def test_a_failure_is_an_error_on_one_line():
    """The reason is escaped."""
    assert failure_as_annotation("100 %\nlost") == (
        "::error title=The contract could not be compared::100 %25%0Alost"
    )
