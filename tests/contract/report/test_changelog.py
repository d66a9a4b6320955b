"""``openapi/CHANGELOG.md``: one entry for each regeneration, the newest first, none twice."""

import pytest

from tests.contract.diff.catalogue.findings import (
    ALL,
    BREAKING,
    DOCS,
    HOSTILE,
    INFO,
    comparison,
    finding,
)
from wan_ergonomic.contract.report._changelog import HEADER, record
from wan_ergonomic.contract.report._compared import compared

DAY = "2026-11-22"
URL = "https://docs.example/page.md"
COMPARED = "\n".join(f"- {line}" for line in compared(comparison(), code="`{}`".format))


def test_an_entry_lists_the_changes_by_severity():
    """Each on one line, with whom it breaks and what it touches."""
    assert record("", comparison(ALL), date=DAY, url=URL) == (
        f"{HEADER}\n"
        "## 2026-11-22\n\n"
        f"{COMPARED}\n\n"
        f"Breaking for senders: 1 breaking, 1 warning, 1 info. Published at <{URL}>. "
        "Proposed version step: major (minor before 1.0).\n\n"
        "### Breaking\n\n"
        '- create: request property \'resolution\' no longer lists "480P": `"480P" → absent` '
        "(`request-property-enum-value-removed`, breaks the sender, "
        "touches `PromptDefaults.resolution`, `PRESETS`)\n\n"
        "### May break\n\n"
        '- poll: response property \'status\' now lists "paused": `absent → "paused"` '
        "(`response-property-enum-value-added`, breaks the parser, "
        "touches `Generation.status`, `STATUSES`)\n\n"
        "### Harmless\n\n"
        '- create: request property \'camera\' was added: `absent → string ["pan", "tilt"]` '
        "(`new-optional-request-property`, touches `PromptDefaults`, `Options`)\n\n"
        "Descriptions changed: 1.\n"
    )


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        (
            [DOCS, DOCS],
            "No change of meaning. Proposed version step: patch.\n\nDescriptions changed: 2.",
        ),
        ([], "No change of meaning. Proposed version step: none."),
    ],
)
def test_changed_descriptions_are_counted_only(findings, expected):
    """The entry records that the documents changed and that nothing needs to be done."""
    assert f"## {DAY}\n\n{COMPARED}\n\n{expected}" in record(
        "", comparison(findings), date=DAY, url=None
    )


def test_the_newest_entry_is_the_first():
    """Below the text at the top of the file."""
    text = record("# Ours\n\nSome words.\n", comparison([INFO]), date="2026-11-20", url=None)
    text = record(text, comparison([BREAKING]), date="2026-11-21", url=None)
    text = record(text, comparison([DOCS]), date="2026-11-22", url=None)
    assert text.startswith("# Ours\n\nSome words.\n\n## 2026-11-22\n")
    dates = [line for line in text.splitlines() if line.startswith("## ")]
    assert dates == ["## 2026-11-22", "## 2026-11-21", "## 2026-11-20"]
    assert "\n\n\n" not in text
    assert text.endswith(")\n")


def test_the_same_entry_is_added_once():
    """Whether it is the only entry or not."""
    once = record("", comparison(ALL), date=DAY, url=URL)
    assert record(once, comparison(ALL), date=DAY, url=URL) == once
    later = record(once, comparison([INFO]), date="2026-11-23", url=URL)
    assert record(later, comparison([INFO]), date="2026-11-23", url=URL) == later
    assert len(record(later, comparison([]), date="2026-11-23", url=URL)) > len(later)


def test_an_entry_that_only_begins_like_the_newest_is_added():
    """The same day can have further changes."""
    once = record("", comparison([BREAKING]), date=DAY, url=None)
    assert record(once, comparison([BREAKING, DOCS]), date=DAY, url=None) != once
    both = record("", comparison([BREAKING, DOCS]), date=DAY, url=None)
    assert record(both, comparison([BREAKING]), date=DAY, url=None) != both


def test_text_from_a_document_cannot_add_an_entry():
    """Its line breaks and headings are escaped."""
    hostile = finding(message=f"create: it\n\n## 2099-01-01\n\n{HOSTILE}", before=HOSTILE)
    text = record("", comparison([hostile]), date=DAY, url=None)
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        "# What the vendor changed",
        f"## {DAY}",
        "### Breaking",
    ]
    assert record(text, comparison([hostile]), date=DAY, url=None) == text


def test_the_projects_own_changelog_grows_at_the_top(root):
    """The entry of the first vendoring stays below the new one, unchanged."""
    text = (root / "openapi" / "CHANGELOG.md").read_text("utf-8")
    grown = record(text, comparison(ALL), date="2099-01-01", url=URL)
    head, _, entries = text.partition("\n## ")
    assert grown.startswith(f"{head.strip()}\n\n## 2099-01-01\n")
    assert grown.endswith(f"\n\n## {entries.strip()}\n")
