"""Help: for every command, option and exit code, and readable in any window."""

import re
import subprocess
import sys
from importlib.util import find_spec
from typing import Any

import pytest
from typer.main import get_command

from wan_ergonomic._api_key import KEY_VARIABLES
from wan_ergonomic.cli import _commands
from wan_ergonomic.cli._app import app
from wan_ergonomic.cli._exits import MEANINGS

GROUP: Any = get_command(app)
COMMANDS = [
    *("generate", "submit", "status", "wait", "download", "watch", "url"),
    *("resume", "show", "preview", "recover", "price", "balance", "spend"),
    *("gallery", "sandbox", "mcp", "doctor", "presets", "docs"),
    *("batch", "jobs", "contract", "config"),
]


def help_of(wan, *words) -> str:
    """Return the help of a command."""
    result = wan(*words, "--help")
    assert (result.code, result.err) == (0, "")
    return str(result.out.decode())


def test_the_commands_are_in_order_of_use():
    """Commands are listed in the order in which they are used."""
    assert list(GROUP.commands) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_says_of_each_command_what_its_own_help_begins_with(command):
    """The first is written apart, so that it imports no command."""
    module, summary = _commands.COMMANDS[command]
    assert GROUP.commands[command].help.splitlines()[0] == summary
    assert find_spec(f"wan_ergonomic.cli.{module}")


def test_the_help_imports_no_command():
    """Nor does a command import another group's."""
    program = (
        "import sys; from wan_ergonomic.cli import run; run(sys.argv[1:]); print(*sys.modules)"
    )
    modules = {name: module for name, (module, _) in _commands.COMMANDS.items()}

    def imported(*words: str) -> set[str]:
        ran = subprocess.run(
            [sys.executable, "-c", program, *words], capture_output=True, text=True, check=True
        )
        every = ran.stdout.splitlines()[-1].split()
        return {n for n, module in modules.items() if f"wan_ergonomic.cli.{module}" in every}

    assert imported("--help") == set()
    assert imported("contract", "diff", "--help") == {"contract"}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_option_and_argument_has_help(command):
    """No command, option or argument is without a description."""
    assert GROUP.commands[command].help
    for parameter in GROUP.commands[command].params:
        assert parameter.help, parameter.name


@pytest.mark.parametrize("command", COMMANDS)
def test_every_commands_help_has_one_example_and_all_its_options(wan, command):
    """Options that begin with no- are help_of too."""
    text = help_of(wan, command)
    assert len(re.findall(rf"^ +wan {command}\b", text, re.MULTILINE)) == 1
    for parameter in GROUP.commands[command].params:
        for option in (*parameter.opts, *parameter.secondary_opts):
            assert option in text or parameter.metavar in text


def test_every_exit_code_is_documented(wan):
    """Help shows the table that the code uses."""
    text = help_of(wan)
    for code, meaning in MEANINGS.items():
        assert f"  {code.value:>3}  {meaning}\n" in text


def test_help_names_the_key_variables_and_has_no_option_for_a_key(wan):
    """Keys on command lines leak into process lists."""
    text = " ".join(help_of(wan).split())
    assert all(name in text for name in KEY_VARIABLES)
    options = [o for c in GROUP.commands.values() for p in c.params for o in p.opts]
    assert not [option for option in options if "key" in option]


def test_usage_lines_have_no_braces(wan):
    """Some versions of Typer put braces around an argument, which read as a choice."""
    assert help_of(wan, "wait").startswith("Usage: wan wait [OPTIONS] [ID]\n")
    assert help_of(wan, "contract", "diff").startswith(
        "Usage: wan contract diff [OPTIONS] OLD NEW\n"
    )


@pytest.mark.parametrize("words", [[], *([command] for command in COMMANDS)])
def test_help_fits_80_columns_without_colour(wan, words):
    """The width does not depend on the window."""
    text = help_of(wan, *words)
    assert max(map(len, text.splitlines())) <= 80
    assert "\x1b" not in text
    assert "\b" not in text


def test_each_command_is_summed_up_in_one_line(wan):
    """No summary is cut off."""
    assert "..." not in help_of(wan).replace("[ARGS]...", "")


def test_h_is_help(wan):
    """-h is short for --help."""
    assert wan("-h").out == wan("--help").out
