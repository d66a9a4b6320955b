"""The door of the package: its names, and what importing one costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

import wan_ergonomic.contract
from tests.support.project import ROOT


@pytest.mark.parametrize("name", wan_ergonomic.contract.__all__)
def test_each_name_can_be_imported(name):
    """In a process that has imported every module, too: a folder does not hide a name."""
    value = getattr(wan_ergonomic.contract, name)
    assert getattr(value, "__name__", name) == name


def test_the_list_of_names_is_complete():
    """Each name once."""
    names = wan_ergonomic.contract.__all__
    assert set(names) == {*wan_ergonomic.contract._MODULES, "ContractError"}
    assert len(names) == len(set(names))


def test_an_unknown_name_is_an_attribute_error():
    """As with any other module."""
    with pytest.raises(AttributeError, match="has no attribute 'compere'"):
        wan_ergonomic.contract.compere  # noqa: B018 - the access is the test


@pytest.mark.parametrize(
    ("name", "unneeded"),
    [
        ("ContractError", "wan_ergonomic.contract.document"),
        ("compare", "wan_ergonomic.contract.build"),
        ("comparison_as_json", "wan_ergonomic.contract.build"),
        ("watch_published", "wan_ergonomic.contract.other_models"),
    ],
)
def test_a_name_imports_only_what_it_needs(name, unneeded):
    """The other packages are loaded when a name of theirs is used."""
    code = (
        f"import sys; from wan_ergonomic.contract import {name}; print({unneeded!r} in sys.modules)"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    assert done.stdout == "False\n"
