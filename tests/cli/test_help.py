"""Help: for every command and option, for every exit code, and readable anywhere."""

from typing import Any

import pytest
from typer.main import get_command

from wan_ergonomic._settings import KEY_VARIABLES
from wan_ergonomic.cli._app import app
from wan_ergonomic.cli._exits import MEANINGS

GROUP: Any = get_command(app)
COMMANDS = ["generate", "submit", "status", "wait", "download", "preview", "sandbox", "contract"]


def shown(wan, *words) -> str:
    """Return the help of a command."""
    ended = wan(*words, "--help")
    assert (ended.code, ended.err) == (0, "")
    return str(ended.out.decode())


def test_the_commands_are_these():
    """In the order in which one needs them."""
    assert list(GROUP.commands) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_option_and_argument_has_help(command):
    """There is nothing to be guessed."""
    assert GROUP.commands[command].help
    for parameter in GROUP.commands[command].params:
        assert parameter.help, parameter.name


@pytest.mark.parametrize("command", COMMANDS)
def test_every_commands_help_has_one_example_and_all_its_options(wan, command):
    """Also those that begin with no-."""
    text = shown(wan, command)
    assert text.count(f"  wan {command} ") == 1
    for parameter in GROUP.commands[command].params:
        for option in (*parameter.opts, *parameter.secondary_opts):
            assert option in text or parameter.metavar in text


def test_every_exit_code_is_documented(wan):
    """With its meaning, from the one table."""
    text = shown(wan)
    for code, meaning in MEANINGS.items():
        assert f"  {code.value:>3}  {meaning}\n" in text


def test_help_names_the_variables_of_the_key_and_offers_no_option_for_it(wan):
    """Keys on command lines leak into lists of processes."""
    text = " ".join(shown(wan).split())
    assert all(name in text for name in KEY_VARIABLES)
    options = [o for c in GROUP.commands.values() for p in c.params for o in p.opts]
    assert not [option for option in options if "key" in option]


@pytest.mark.parametrize("words", [[], *([command] for command in COMMANDS)])
def test_help_fits_80_columns_without_colour(wan, words):
    """However wide the window is."""
    text = shown(wan, *words)
    assert max(map(len, text.splitlines())) <= 80
    assert "\x1b" not in text
    assert "\b" not in text


def test_each_command_is_summed_up_in_one_line(wan):
    """None of them is cut off."""
    assert "..." not in shown(wan).replace("[ARGS]...", "")


def test_h_is_help(wan):
    """As with most commands."""
    assert wan("-h").out == wan("--help").out
