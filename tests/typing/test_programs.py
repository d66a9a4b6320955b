"""mypy and pyright, both strict, accept right programs, and find the mistakes in others.

Their names and values of options are those of today's contract.
"""

from __future__ import annotations

import re

import pytest

from wan_ergonomic import AsyncWanClient, WanClient

from .checkers import needs_pyright, run_mypy, run_pyright
from .programs import CALLS, KNOWN, SAMPLES, mistakes, programs

PROGRAMS = programs()


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(run_mypy, id="mypy"),
        pytest.param(run_pyright, id="pyright", marks=needs_pyright),
    ],
)
def found(request, tmp_path_factory):
    """The lines with errors that a type checker finds in each program."""
    folder = tmp_path_factory.mktemp("programs")
    for name, text in PROGRAMS.items():
        (folder / name).write_text(text, "utf-8")
    return request.param(folder)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_checker_finds_the_mistakes_and_nothing_else(found, name):
    """Each line that is marked, and no other."""
    assert sorted(found.get(name, ())) == mistakes(PROGRAMS[name])


def test_a_checker_finds_nothing_in_the_package(found):
    """It reads the modules that the programs import."""
    assert found.keys() <= PROGRAMS.keys()


@pytest.mark.parametrize("client", [WanClient, AsyncWanClient])
def test_the_result_of_each_method_is_checked(client):
    """In the function for its client."""
    functions = re.split(
        r"^(?:async )?def ", (SAMPLES / "results.py").read_text("utf-8"), flags=re.M
    )
    function = functions[-2 if client is WanClient else -1]
    checked = set(re.findall(r"wan\.(\w+)\(", function))
    assert checked == {name for name in dir(client) if name[0] != "_"}


def test_each_option_is_in_the_programs():
    """Each is set in every way, rightly and wrongly; there may be none."""
    for name in KNOWN:
        for call in CALLS:
            assert f"    {call}{name}=" in PROGRAMS["values.py"]
            assert f"    {call}{name}x=None)" in PROGRAMS["typing_errors.py"]
