"""The table of findings, in terminals of different widths."""

from __future__ import annotations

import sys

import pytest

from tests.cli.conftest import plain
from tests.contract.diff.catalogue.findings import ALL, DOCS, HOSTILE, INFO, comparison, finding
from wan_ergonomic.cli.contract._table import as_table

# The lines about what was compared, and the proposed step of the version.
ABOVE = 4


@pytest.fixture
def draw(monkeypatch):
    """A function that draws findings in a terminal of this width."""

    def call(findings, width=80, *, verbose=False):
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        monkeypatch.setenv("COLUMNS", str(width))
        monkeypatch.setenv("TERM", "xterm-256color")
        monkeypatch.delenv("NO_COLOR", raising=False)
        return as_table(comparison(findings), verbose=verbose)

    return call


def test_a_wide_terminal_has_a_column_for_names(draw):
    """A narrow one has them below the change."""
    wide = plain(draw(ALL, 120)).splitlines()[ABOVE:]
    assert wide[2].split() == ["severity", "call", "what", "changed", "breaks", "touches"]
    assert "PromptDefaults.resolution and 1 more" in wide[3]
    narrow = plain(draw(ALL, 80)).splitlines()[ABOVE:]
    assert "touches" not in narrow[2]
    assert narrow[4].strip() == "touches PromptDefaults.resolution and 1 more"


def test_without_names_the_column_says_none(draw):
    """A narrow terminal has no line for them."""
    moved = finding(impact=(), place="path")
    assert plain(draw([moved], 120)).splitlines()[-1].rstrip().endswith("none")
    assert "touches" not in plain(draw([moved], 80))


def test_each_severity_has_a_colour_and_a_word(draw):
    """The headline has the colour of the worst; it is green if nothing breaks."""
    drawn = draw(ALL, verbose=True)
    for style, word in (("1;31", "breaking"), ("33", "warning"), ("36", "info"), ("2", "docs")):
        assert f"\x1b[{style}m{word}" in drawn
    assert "\n\x1b[1;32mNothing breaks" in draw([INFO])
    assert "\n\x1b[1;32mNo change." in draw([])


def test_reworded_descriptions_are_counted_only(draw):
    """The last line says how to see them."""
    assert plain(draw(ALL)).splitlines()[-1] == "--verbose shows reworded descriptions too."
    assert plain(draw([DOCS])).splitlines()[-2:] == [
        "Nothing breaks: only descriptions changed (1).",
        "Proposed version step: patch.",
    ]
    assert "has a reworded description" in plain(draw([DOCS], verbose=True))


@pytest.mark.parametrize("width", [40, 80, 99, 100, 120, 200])
@pytest.mark.parametrize("verbose", [False, True])
def test_the_table_keeps_to_the_width(draw, width, verbose):
    """With pointers, too, and with text from a document, whose control characters are replaced."""
    hostile = finding(message=f"create: {HOSTILE}", after=HOSTILE, place=HOSTILE)
    drawn = plain(draw([*ALL, hostile], width, verbose=verbose))
    assert max(map(len, drawn.splitlines())) <= width
    assert "\x1b" not in drawn
