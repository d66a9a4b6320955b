"""Annotations: one well-formed workflow command a finding, beside the right line."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contract.diff.catalogue.findings import ALL, BREAKING, HOSTILE, finding
from wan_ergonomic.contract.document._document import Document
from wan_ergonomic.contract.document._pointer import escape
from wan_ergonomic.contract.report._github import as_annotations, failure, line_of

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
    """Breaking is an error; what breaks nobody is a notice."""
    headline, *commands = as_annotations(ALL, [OLD], FILES).splitlines()
    assert headline.startswith("Breaking for senders")
    assert [line.split()[0] for line in commands] == [
        "::error",
        "::warning",
        "::notice",
        "::notice",
    ]


def test_an_annotation_says_all_that_one_line_can():
    """What, where, whom it breaks, what it touches."""
    _, command = as_annotations([BREAKING], [OLD], FILES).splitlines()
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
    """What was added, at what it was added to; what is nowhere, at the file."""
    said = as_annotations([finding(**pointers)], [OLD], FILES)
    match = re.search(r"line=(\d+)", said)
    assert (int(match[1]) if match else None) == line


def test_what_is_new_is_shown_in_the_document_that_has_the_operation():
    """In a source of several; a role that none has is shown in no file."""
    poll = '{"paths": {\n"/a": {"get":\n{}}}}'
    old = [OLD, Document(text=poll, data=json.loads(poll), origin="poll.json")]
    new = finding(role="poll", old_pointer=None, old_document=None, new_pointer="/paths/~1a/get/x")
    said = as_annotations([new], old, {**FILES, "poll.json": "openapi/poll.json"})
    assert "::error file=openapi/poll.json,line=3,title=" in said
    assert "::error title=" in as_annotations([new], [OLD], FILES)


def test_a_finding_in_a_page_has_no_line_and_one_without_a_file_has_none():
    """The lines of a block are not the page's; a URL is no file."""
    page = as_annotations([finding(old_pointer="/paths")], [OLD], {"contract.json": "page.md"})
    assert "file=page.md,title=" in page
    assert "::error title=" in as_annotations([BREAKING], [OLD], {})
    elsewhere = finding(old_document="other.json")
    assert "::error title=" in as_annotations([elsewhere], [OLD], FILES)


@pytest.mark.parametrize("name", ["message", "before", "place", "rule"])
def test_nothing_in_a_document_acts_as_a_command(name):
    """Line breaks, colons and commas of a stranger are escaped."""
    said = as_annotations([finding(**{name: HOSTILE})], [OLD], {"contract.json": "a,b:c%.json"})
    _, command = said.split("\n")
    match = COMMAND.fullmatch(command)
    assert match
    assert match["properties"].startswith("file=a%2Cb%3Ac%25.json,line=8,title=")
    assert match["properties"].count(",") == 2
    assert command.isprintable()


def test_a_failure_is_an_error_on_one_line():
    """With its reason escaped."""
    assert failure("100 %\nlost") == (
        "::error title=The contract could not be compared::100 %25%0Alost"
    )


@pytest.mark.parametrize("text", ["", "{", "[1", '{"a"', '{"a": 1}', "{]", "openapi: 3"])
def test_a_text_without_the_pointer_has_no_line(text):
    """Also where it is no JSON at all."""
    assert line_of(text, "/b") is None


VALUES = st.recursive(
    st.none() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.text(), VALUES, min_size=1, max_size=3), st.data())
def test_every_pointer_is_found_in_any_document(document, data):
    """The line holds the key that the pointer ends with."""
    value, pointer, last = document, "", ""
    while isinstance(value, dict) and value and (not pointer or data.draw(st.booleans())):
        last = data.draw(st.sampled_from(sorted(value)))
        value, pointer = value[last], f"{pointer}/{escape(last)}"
    text = json.dumps(document, indent=1)
    line = line_of(text, pointer)
    assert line is not None
    assert text.splitlines()[line - 1].lstrip().startswith(f"{json.dumps(last)}: ")
