"""Forgotten values: no option takes another option as its value."""

from typing import Any

import pytest
from typer.main import get_command

from wan_ergonomic.cli import _app

GROUP: Any = get_command(_app.app)
COMMANDS = {
    **{name: one for name, one in GROUP.commands.items() if name != "contract"},
    **{f"contract {name}": one for name, one in GROUP.commands["contract"].commands.items()},
}
EACH = [
    (name, spelling)
    for name, command in COMMANDS.items()
    for parameter in command.params
    if parameter.param_type_name == "option" and not parameter.is_flag
    for spelling in parameter.opts
]
FORGOTTEN = ["--help", "--sandbox", "--seed=7", "-q", "-oboat.mp4", "--", "--sanbox", "-qo"]


@pytest.mark.parametrize(("command", "option"), EACH)
def test_an_option_is_no_value_of_another_option(wan, command, option):
    """For each option of each command, the error names it and how to write such a value."""
    result = wan(*command.split(), "a", option, "--help")
    assert (result.code, result.out) == (2, b"")
    assert f"{option} needs a value, and --help is an option." in result.err
    assert "=--help. Nothing was sent or spent. See wan " in result.err


@pytest.mark.parametrize("forgotten", FORGOTTEN)
@pytest.mark.parametrize("option", ["-o", "--suffix", "-qo"])
def test_no_spelling_of_an_option_is_a_value(wan, api, option, forgotten):
    """An option with its value, a mistyped one and several in one word are options too."""
    received = len(api.received)
    result = wan("generate", "A boat", option, forgotten, at=api)
    assert (result.code, len(api.received)) == (2, received)
    assert f"needs a value, and {forgotten} is an option" in result.err


@pytest.mark.parametrize("value", ["-1 degree", "-x", "- rain", "-on the left", "--", "--sandbox"])
def test_a_value_that_is_meant_is_written_with_an_equals_sign(wan, value):
    """Whatever follows the equals sign is the value."""
    assert wan("preview", "A", f"--suffix={value}").data["prompt"] == f"A {value}"


@pytest.mark.parametrize("value", ["-1 degree", "-x", "- rain", "-on the left", "-5"])
def test_a_value_with_a_dash_that_is_no_option_is_a_value(wan, value):
    """A dash alone makes no option."""
    assert wan("preview", "A", "--suffix", value).data["prompt"] == f"A {value}"


def test_behind_a_double_dash_there_are_no_options(wan):
    """What follows it is text."""
    assert wan("preview", "-q", "--", "--suffix").data["prompt"] == "--suffix"
