"""Completion: what a shell offers while a command line is typed."""

from __future__ import annotations

import shlex
import sys

import pytest

from tests.support.options import needs, values_of
from wan_ergonomic._prompts import PRESETS
from wan_ergonomic._spec import request_schema
from wan_ergonomic.cli import run
from wan_ergonomic.ledger import Ledger


@pytest.fixture
def offered(monkeypatch, capsys):
    """Complete a command line as bash does; the last word may be in quotes that are still open."""

    def complete(line: str, program: str = "wan") -> list[str]:
        words = shlex.split(line if line.count('"') % 2 == 0 else f'{line}"')
        number = len(words) - (not line.endswith(" "))
        name = program.upper().replace("-", "_")
        monkeypatch.setenv(f"_{name}_COMPLETE", "complete_bash")
        monkeypatch.setenv("COMP_WORDS", line)
        monkeypatch.setenv("COMP_CWORD", str(number))
        with pytest.raises(SystemExit):
            run([], program)
        words_offered: list[str] = capsys.readouterr().out.split()
        return words_offered

    return complete


@pytest.fixture
def ledger(tmp_path, monkeypatch) -> Ledger:
    """The ledger that the commands use."""
    monkeypatch.setenv("WAN_LEDGER", str(tmp_path / "ledger"))
    return Ledger(tmp_path / "ledger")


def test_commands_and_options_are_offered(offered):
    """With either name of the program."""
    assert offered("wan gen") == ["generate"]
    assert offered("wan-ergonomic batch ru", "wan-ergonomic") == ["run"]
    assert offered("wan generate --no-meta") == ["--no-metadata"]


@needs("resolution")
def test_the_values_of_an_option_are_the_contracts(offered):
    """Also inside quotes, and in whatever case they are typed."""
    values = values_of(request_schema()["properties"]["resolution"])
    assert offered("wan generate --resolution ") == values
    for value in values:
        assert value in offered(f'wan generate "A boat" --resolution "{value[:2].lower()}')


def test_presets_are_offered(offered, tmp_path, monkeypatch):
    """The user's own, too, unless the file cannot be read."""
    file = tmp_path / "config.toml"
    file.write_text("[presets.mine]\nseed = 1\n")
    monkeypatch.setenv("WAN_CONFIG", str(file))
    assert offered('wan generate "A boat" --preset ') == [*PRESETS, "mine"]
    assert offered('wan generate "A boat" --preset m') == ["mine"]
    file.write_text("[")
    assert offered("wan generate x --preset ") == list(PRESETS)


@pytest.mark.parametrize("command", ["wait", "status", "download", "url", "watch", "jobs show"])
def test_ids_are_those_of_the_ledger(offered, ledger, command):
    """The newest first."""
    for number in (1, 2):
        request_id = f"r-{number}"
        entry = ledger.begin(request_id, {"prompt": "A boat"}, "https://api.example")
        ledger.ended(request_id, "in doubt", "x", generation_id=f"gen-{number}", entry=entry)
    ledger.begin("lost", {}, "https://api.example")
    assert offered(f"wan {command} ") == ["gen-2", "gen-1"]
    assert offered(f"wan {command} gen-1") == ["gen-1"]
    assert offered("wan recover lo") == ["lost"]


def test_without_a_ledger_no_id_is_offered(offered, ledger, monkeypatch):
    """Nor is a message, if it is broken."""
    monkeypatch.setenv("WAN_LEDGER", "off")
    assert offered("wan wait ") == []
    monkeypatch.setenv("WAN_LEDGER", str(ledger.path.parent))
    assert offered("wan wait ") == []


@pytest.mark.parametrize("option", ["--install-completion", "--show-completion"])
def test_a_command_of_several_words_is_not_completed(capsys, option):
    """A shell could not do it, and the file for it would have an odd name."""
    assert run([option], "python -m wan_ergonomic") == 2
    assert "use wan or wan-ergonomic" in capsys.readouterr().err


@needs("resolution")
@pytest.mark.parametrize("typed", ["--resolution=", "--resolution\n=", "--resolution\n=\n4"])
def test_values_are_offered_after_an_equals_sign(monkeypatch, capsys, typed):
    """Bash takes it for a word of its own."""
    line = f"wan\ngenerate\n{typed}"
    monkeypatch.setenv("_WAN_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(line.count("\n")))
    with pytest.raises(SystemExit):
        run([], "wan")
    values = values_of(request_schema()["properties"]["resolution"])
    offered = capsys.readouterr().out.split()
    assert offered == [value for value in values if value.startswith("4" * typed.endswith("4"))]


def test_scenarios_are_offered(offered, monkeypatch):
    """Unless the sandbox is not installed."""
    assert offered("wan sandbox --scenario compl") == ["completes"]
    assert "ordinary" in offered("wan sandbox --account ")
    monkeypatch.setitem(sys.modules, "wan_ergonomic.sandbox", None)
    assert offered("wan sandbox --scenario compl") == []
    assert offered("wan sandbox --account ") == []


def test_pages_of_the_documentation_are_offered(offered):
    """With or without their folder."""
    assert offered("wan docs quick") == ["quick-start"]
    assert offered("wan docs down") == ["downloading"]
    assert offered("wan docs guide/down") == ["guide/downloading"]
    assert offered("wan docs reference/command") == ["reference/command-line"]


def test_the_commands_about_jobs_and_the_options_of_their_list_are_offered(offered):
    """Without a command, the jobs are listed."""
    assert offered("wan jobs ") == ["list", "show", "forget"]
    assert offered("wan jobs forg") == ["forget"]
    assert offered("wan jobs --unf") == ["--unfinished"]
    assert offered("wan jobs list --unf") == ["--unfinished"]
