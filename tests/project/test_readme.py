"""The README is true: its code runs, and its tables match the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import wan_ergonomic
from tests.support.first_contract import OPTIONS as FIRST
from tests.support.options import OF_COMMANDS, lost
from wan_ergonomic import PollingPolicy, _client, _settings
from wan_ergonomic._prompts import PRESETS
from wan_ergonomic._spec import request_schema
from wan_ergonomic.cli._exits import MEANINGS
from wan_ergonomic.sandbox import Sandbox, _video

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
PYTHON = re.findall(r"^```python\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def _table(first_heading: str) -> dict[str, list[str]]:
    """Return the rows of the table whose first column has this heading, by their first cell."""
    lines = README[README.index(f"| {first_heading} |") :].split("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {first: rest for first, *rest in cells}


@pytest.fixture
def sandbox_as_api(monkeypatch, tmp_path):
    """Make a client without settings use a sandbox, and poll often."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(_video, "FRAMES", 15)
    with Sandbox(speed=2000) as sandbox:
        monkeypatch.setenv("AIMLAPI_API_KEY", sandbox.key)
        monkeypatch.setattr(_settings, "server_url", lambda: sandbox.url)
        often = PollingPolicy(min_interval=0.01, max_interval=0.05)
        monkeypatch.setattr(_client, "PollingPolicy", lambda: often)
        yield sandbox


def _lost(code: str) -> list[str]:
    """Return the options of a block and of its presets that the contract has not in full."""
    presets = [PRESETS[name] for name in re.findall(r'preset="(\w+)"', code)]
    named = {*re.findall(r"(\w+)=", code), *(name for preset in presets for name in preset)}
    return lost(*sorted(named & {*OF_COMMANDS}))


def _skip_if_lost(code: str) -> None:
    """Skip a test of a block that has to be edited, because an option of it is gone."""
    if gone := _lost(code):
        pytest.skip(f"To be edited: the contract no longer has all of {', '.join(gone)}.")


@pytest.mark.parametrize("code", PYTHON, ids=[f"block-{n}" for n in range(1, len(PYTHON) + 1)])
@pytest.mark.usefixtures("sandbox_as_api")
def test_every_python_block_runs(code):
    """Readers copy blocks; each file that one saves is a video."""
    _skip_if_lost(code)
    exec(compile(code, "README.md", "exec"), {})  # noqa: S102  # the README is our own
    for name in re.findall(r'"([\w-]+\.mp4)"', code):
        assert Path(name).read_bytes()[4:8] == b"ftyp"


def test_the_preview_needs_no_key(capsys):
    """It is printed where no key is set."""
    (code,) = (block for block in PYTHON if ".preview(" in block)
    _skip_if_lost(code)
    exec(compile(code, "README.md", "exec"), {})  # noqa: S102  # the README is our own
    assert "A fox crosses a frozen lake, 35 mm film" in capsys.readouterr().out


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
