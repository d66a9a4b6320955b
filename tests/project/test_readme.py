"""The tables of the README match the code. Its examples are in tests/docs."""

from __future__ import annotations

import re
from pathlib import Path

import wan_ergonomic
from tests.support.first_contract import OPTIONS as FIRST
from tests.support.options import OF_COMMANDS
from wan_ergonomic._prompts import PRESETS
from wan_ergonomic._spec import request_schema
from wan_ergonomic.cli._exits import MEANINGS

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


def _table(first_heading: str) -> dict[str, list[str]]:
    """Return the rows of the table whose first column has this heading, by their first cell."""
    lines = README[README.index(f"| {first_heading} |") :].split("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {first: rest for first, *rest in cells}


def test_the_options_table_is_the_contracts():
    """Each option of ``wan`` is in it; its values and default are in the contract.

    Or in the first contract: the vendor may have changed them since the table was written.
    """
    table = {name.strip("`"): cells for name, cells in _table("option").items()}
    assert set(table) == {*OF_COMMANDS}
    for name, (values, default) in table.items():
        known = [each[name] for each in (request_schema()["properties"], FIRST) if name in each]
        allowed = {value for each in known for value in each.get("enum", [True, False])}
        named = set(re.findall(r"`([^`]+)`", values))
        assert named <= {*map(str, allowed)}
        assert named or "enum" not in known[0]
        defaults = [f"`{each['default']}`" for each in known if "default" in each]
        assert default in defaults or not defaults


def test_the_errors_table_names_errors():
    """Each error that the README explains is a public one."""
    names = re.findall(r"`(\w+Error)`", "\n".join(_table("error")))
    assert len(names) >= 12
    for name in names:
        assert issubclass(getattr(wan_ergonomic, name), wan_ergonomic.WanError)


def test_the_exit_codes_are_the_commands():
    """Each with the meaning that `wan --help` gives it."""
    expected = {str(code.value): [meaning] for code, meaning in MEANINGS.items()}
    assert _table("exit code") == expected


def test_the_presets_are_all_named():
    """Nobody uses a preset that is not documented."""
    sentence = README[README.index("Built-in presets") :].split("\n\n")[0]
    assert set(re.findall(r"`(\w+)`", sentence)) == set(PRESETS)


def test_both_first_commands_are_on_the_first_screen():
    """Someone who has just arrived sees how to try it and how to test it."""
    first_screen = "\n".join(README.splitlines()[:25])
    assert "$ python3 scripts/demo.py" in first_screen
    assert "$ python3 scripts/test.py" in first_screen
