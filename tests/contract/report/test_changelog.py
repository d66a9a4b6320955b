"""The changelog of the contract: an entry for each regeneration, the newest first, none twice."""

import pytest

from tests.contract.diff.catalogue.findings import ALL, BREAKING, DOCS, HOSTILE, INFO, finding
from wan_ergonomic.contract.report._changelog import HEADER, record

DAY = "2026-11-22"
URL = "https://docs.example/page.md"


def test_an_entry_says_what_changed_by_how_bad_it_is():
    """Whom it breaks and what it touches, each on one line."""
    assert record("", ALL, date=DAY, url=URL) == (
        f"{HEADER}\n"
        "## 2026-11-22\n\n"
        f"Breaking for senders: 1 breaking, 1 warning, 1 info. Published at <{URL}>.\n\n"
        "### Breaking\n\n"
        '- create: request property \'resolution\' no longer lists "480P": `"480P" → absent` '
        "(`request-property-enum-value-removed`, breaks the sender, "
        "touches `PromptDefaults.resolution`, `PRESETS`)\n\n"
        "### May break\n\n"
        '- poll: answer\'s \'status\' now lists "paused": `absent → "paused"` '
        "(`response-property-enum-value-added`, breaks the parser, "
        "touches `Generation.status`, `STATUSES`)\n\n"
        "### Harmless\n\n"
        '- create: request property \'camera\' was added: `absent → string ["pan", "tilt"]` '
        "(`new-optional-request-property`, touches `PromptDefaults`, `Options`)\n\n"
        "Descriptions changed: 1.\n"
    )


@pytest.mark.parametrize(
    ("findings", "said"),
    [([DOCS, DOCS], "No change of meaning.\n\nDescriptions changed: 2."), ([], "No change of mea")],
)
def test_a_change_of_words_alone_is_recorded_as_that(findings, said):
    """The documents are other ones, and nobody need do anything."""
    assert f"## {DAY}\n\n{said}" in record("", findings, date=DAY, url=None)


def test_the_newest_entry_is_the_first():
    """Below whatever stands at the top of the file."""
    text = record("# Ours\n\nSome words.\n", [INFO], date="2026-11-20", url=None)
    text = record(text, [BREAKING], date="2026-11-21", url=None)
    text = record(text, [DOCS], date="2026-11-22", url=None)
    assert text.startswith("# Ours\n\nSome words.\n\n## 2026-11-22\n")
    dates = [line for line in text.splitlines() if line.startswith("## ")]
    assert dates == ["## 2026-11-22", "## 2026-11-21", "## 2026-11-20"]
    assert "\n\n\n" not in text
    assert text.endswith(")\n")


def test_the_same_entry_is_never_there_twice():
    """Whether it is the only one or not."""
    once = record("", ALL, date=DAY, url=URL)
    assert record(once, ALL, date=DAY, url=URL) == once
    later = record(once, [INFO], date="2026-11-23", url=URL)
    assert record(later, [INFO], date="2026-11-23", url=URL) == later
    assert len(record(later, [], date="2026-11-23", url=URL)) > len(later)


def test_an_entry_that_only_begins_like_the_newest_is_another_one():
    """More of the same day is news."""
    once = record("", [BREAKING], date=DAY, url=None)
    assert record(once, [BREAKING, DOCS], date=DAY, url=None) != once
    both = record("", [BREAKING, DOCS], date=DAY, url=None)
    assert record(both, [BREAKING], date=DAY, url=None) != both


def test_nothing_in_a_document_makes_an_entry_of_its_own():
    """A stranger's line breaks and headings are text."""
    hostile = finding(message=f"create: it\n\n## 2099-01-01\n\n{HOSTILE}", before=HOSTILE)
    text = record("", [hostile], date=DAY, url=None)
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        "# What the vendor changed",
        f"## {DAY}",
        "### Breaking",
    ]
    assert record(text, [hostile], date=DAY, url=None) == text
