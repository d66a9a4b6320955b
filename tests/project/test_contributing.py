"""CONTRIBUTING names files that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
ROWS = re.findall(r"^\| .*\? \| (.*) \|$", TEXT, re.MULTILINE)
NAMES = sorted({name for row in ROWS for name in re.findall(r"`([^`]+)`", row)})


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_answers_a_question_exists(name):
    """The table is the first thing that a newcomer follows."""
    assert (ROOT / "wan_ergonomic" / name).is_file()


def test_the_table_has_rows():
    """The pattern above finds them."""
    assert len(ROWS) > 10
