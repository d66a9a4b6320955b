"""Every promise in SECURITY.md names a test that pytest runs."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "SECURITY.md").read_text("utf-8")
HEADS = {"| promise | test |", "|---|---|"}
ROWS = [line for line in TEXT.splitlines() if line.startswith("|") and line not in HEADS]
ROW = re.compile(r"\| (?P<promise>[^|]+) \| `(?P<file>tests/[\w/]+\.py)::(?P<test>test_\w+)` \|")


@cache
def collected(file: str) -> set[str]:
    """Return the tests that pytest finds in a file: its own, and those that nothing can skip."""
    found: set[str] = set()
    for node in ast.parse((ROOT / file).read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            # A later test with the same name replaces an earlier one.
            (found.discard if is_disabled(node) else found.add)(node.name)
    return found


def is_disabled(test: ast.FunctionDef) -> bool:
    """Return whether a test is skipped or expected to fail."""
    marks = {ast.unparse(mark).partition("(")[0] for mark in test.decorator_list}
    return not marks.isdisjoint({"pytest.mark.skip", "pytest.mark.xfail"})


def test_every_promise_names_a_test():
    """One row, one promise, one test."""
    assert [row for row in ROWS if not ROW.fullmatch(row)] == []
    assert len(ROWS) >= 20


def test_every_test_that_is_named_is_run():
    """It exists, and is neither skipped nor expected to fail."""
    named = [match for row in ROWS if (match := ROW.fullmatch(row))]
    assert [one["test"] for one in named if one["test"] not in collected(one["file"])] == []


def test_no_promise_is_made_twice():
    """Two promises share no test: its failure would not show which one is broken."""
    for part in ("promise", "test"):
        counted = Counter(match[part] for row in ROWS if (match := ROW.fullmatch(row)))
        assert [one for one, times in counted.items() if times > 1] == []


def test_it_says_what_is_not_promised_and_how_to_report():
    """It says how to report on GitHub, and contains no e-mail address."""
    headings = re.findall(r"^## (.+)$", TEXT, re.MULTILINE)
    assert headings == [
        "Reporting a vulnerability",
        "Supported versions",
        "What is promised",
        "What is not promised",
    ]
    assert "**Report a vulnerability**" in TEXT
    assert not re.search(r"\w@\w|mailto:", TEXT)
