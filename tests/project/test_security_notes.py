"""SECURITY.md promises nothing that no test holds."""

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
            # A test of later on with the same name is the one that counts.
            (found.discard if is_disabled(node) else found.add)(node.name)
    return found


def is_disabled(test: ast.FunctionDef) -> bool:
    """Tell whether a test is never run, or may fail."""
    marks = {ast.unparse(mark).partition("(")[0] for mark in test.decorator_list}
    return not marks.isdisjoint({"pytest.mark.skip", "pytest.mark.xfail"})


def test_every_promise_names_a_test():
    """One row, one promise, one test."""
    assert [row for row in ROWS if not ROW.fullmatch(row)] == []
    assert len(ROWS) >= 20


def test_every_test_that_is_named_is_run():
    """It is where it is said to be, and nothing keeps it from failing."""
    named = [match for row in ROWS if (match := ROW.fullmatch(row))]
    assert [one["test"] for one in named if one["test"] not in collected(one["file"])] == []


def test_no_promise_is_made_twice():
    """Nor held by the test of another, which could not tell which of them is broken."""
    for part in ("promise", "test"):
        counted = Counter(match[part] for row in ROWS if (match := ROW.fullmatch(row)))
        assert [one for one, times in counted.items() if times > 1] == []


def test_it_says_what_is_not_promised_and_how_to_report():
    """Whoever finds something finds out whom to tell, and no address is made up."""
    headings = re.findall(r"^## (.+)$", TEXT, re.MULTILINE)
    assert headings == [
        "Reporting a vulnerability",
        "Supported versions",
        "What is promised",
        "What is not promised",
    ]
    assert "**Report a vulnerability**" in TEXT
    assert not re.search(r"\w@\w|mailto:", TEXT)
