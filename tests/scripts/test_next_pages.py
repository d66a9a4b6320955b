"""The script of the next pages: its arguments, and what a run remembers.

tests/e2e/test_vendor_change.py regenerates onto two of the pages.
"""

from __future__ import annotations

import json

import pytest

from tests.next_pages import readers
from tests.next_pages.axes import AXES, KNOWN
from tests.next_pages.pages import pages
from tests.next_pages.run import Plan, Progress


def test_a_run_without_pages_passes(inside, capsys):
    """The script prints the result, and exits with its code."""
    assert inside("next_pages").main(["--seed", "7", "--count", "0"]) == 0
    assert capsys.readouterr().out == "0 of 0 pages passed.\n"


def test_a_run_begins_where_it_is_told(inside, capsys):
    """So that two machines, or two evenings, can share the pages of a seed."""
    script = inside("next_pages")
    assert script.main(["--seed", "7", "--count", "2", "--first", "3"]) == 0
    assert capsys.readouterr().out == "0 of 0 pages passed.\n"
    with pytest.raises(SystemExit):
        script.main(["--first", "0"])
    assert "--first must be 1 or more" in capsys.readouterr().err


def test_a_run_continues_after_the_pages_that_have_passed(tmp_path):
    """Unless the project has changed since."""
    file = tmp_path / "seed-1" / "passed.json"
    Progress(file).add("0: everything")
    assert Progress(file).passed == ["0: everything"]
    file.write_text(json.dumps({"project": "another", "passed": ["0: everything"]}))
    assert Progress(file).passed == []


def test_the_first_pages_are_tested_by_the_whole_suite():
    """The others by the tests that read the contract."""
    plan = Plan(seed=1, count=2, whole=1, workers=3)
    first, second = (list(plan.commands(number)) for number in range(2))
    assert any("tests/faults" in command for command in first)
    assert "tests.next_pages.readers" in second[0]


def test_a_seed_always_gives_the_same_pages():
    """The first has all that is known; each axis is alone on one of the others."""
    first, *others = pages(3)
    assert [page.text() for page in pages(3)] == [page.text() for page in (first, *others)]
    assert tuple(first.axes) == KNOWN
    assert {page.axes for page in others if len(page.axes) == 1} >= {(axis,) for axis in AXES}
    assert len({page.text() for page in others}) > 40


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("tests/core/test_contract_fit.py", True),
        ("tests/client/test_calls.py", True),
        ("tests/support/actions.py", True),
        ("tests/contract/document/test_pointer.py", False),
    ],
)
def test_a_file_that_leads_to_the_contract_is_found(root, file, expected):
    """By its imports, and by those of the tests' modules that it imports."""
    assert readers.file_reads(root / file) == expected


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("tests/contract/overlay/test_overlays.py", True),
        ("tests/core/test_presets.py", True),
        ("tests/contract/diff/test_compare.py", False),
        ("tests/contract/source/test_roles.py", False),
        ("tests/parsing/test_response.py", False),
    ],
)
def test_a_file_that_goes_past_the_first_contract_is_found(root, file, expected):
    """It opens one of today's documents, starts a program, which has today's, or sets defaults."""
    assert readers.file_goes_past(root / file) == expected


@pytest.mark.parametrize(
    ("fixtures", "expected"),
    [
        ({}, True),
        ({"contract_as_it_was"}, False),
        ({"contract_as_it_was", "client_kind"}, True),
    ],
)
def test_a_test_with_the_first_contract_is_kept_if_it_has_a_client(root, fixtures, expected):
    """It sends what was generated from today's."""
    files = [root / "tests" / "contract" / "source" / "test_roles.py"]
    assert readers.leads_there(fixtures, files) == expected
