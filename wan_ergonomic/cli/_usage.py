"""Rewords the parser's errors: what is wrong, that nothing was spent, and what to do.

The errors are recognised by their class names, because they are click's, which some
versions of Typer contain and others depend on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, cast

import typer

from wan_ergonomic._api_key import KEY_VARIABLES
from wan_ergonomic._limits import MAX_SEED
from wan_ergonomic._names import why_absent

from ._exits import Exit
from ._outcome import UNSPENT, CommandError, Outcome

# The base class of all command line errors.
ParseError = cast("type[Exception]", typer.BadParameter.__base__)

_PROMPT = "write the prompt without an option, in quotes"
_SIZES = "--resolution and --aspect-ratio choose the size"
_LENGTH = why_absent("duration")
_KEY = (
    "other processes can read command lines, so the key comes from the environment variable "
    f"{KEY_VARIABLES[0]}"
)
# Options that people expect, and why there is none; more of them are in ``_names``.
_ABSENT: Mapping[str, str] = {
    **dict.fromkeys(("api-key", "apikey", "key", "token"), _KEY),
    **dict.fromkeys(("length", "seconds", "frames", "fps"), _LENGTH),
    **dict.fromkeys(("prompt", "p", "text"), _PROMPT),
    **dict.fromkeys(("480p", "1080p", "size", "width", "height", "ratio", "quality"), _SIZES),
    **dict.fromkeys(("n", "number"), "--count makes several videos of a prompt"),
    **dict.fromkeys(("overwrite", "f"), "--force replaces a file that exists"),
    "dry-run": "wan preview shows what would be sent",
    "file": "-o names the file of the video, --prompt-file a file that holds the prompt",
    "host": "the sandbox listens on this machine only",
    "list": "--scenarios lists those of the sandbox, and wan jobs lists what was paid for",
    "image": "the model makes videos from text alone",
}
_EXPECTED: Mapping[str, str] = {
    "seed": f"a whole number from 0 to {MAX_SEED} (--seeds takes several)",
    "timeout": "a positive number of seconds",
}


def usage_error(
    message: str, command: str, *, next_step: str = "", arguments: Sequence[str] = ()
) -> CommandError:
    """Return the error for an invalid command line.

    Args:
        message: What is wrong, as a sentence.
        command: The command whose help the message names.
        next_step: The text before the suggested command line.
        arguments: A suggested command line, without the program's name.
    """
    return CommandError(
        Outcome(
            code=Exit.USAGE,
            kind="UsageError",
            message=f"{message} {UNSPENT} See {command} --help.",
            next_step=next_step,
            arguments=arguments,
        )
    )


def from_parser(error: Any, program: str, arguments: Sequence[str]) -> CommandError:
    """Return our error for one of the parser's.

    Args:
        error: The parser's error.
        program: What a person types to start the program.
        arguments: The rest of the command line.
    """
    context = error.ctx
    if type(error).__name__ == "NoSuchOption" and context.parent is None:
        return _before_the_command(error.option_name, program, arguments, context.command.commands)
    return usage_error(_sentence(error, arguments), context.command_path)


def _before_the_command(
    option: str, program: str, arguments: Sequence[str], commands: Mapping[str, Any]
) -> CommandError:
    """Return the error for an option before the command."""
    if not _commands_with(option, commands):
        # Its value may be a key, so the command line is not repeated.
        return usage_error(_absent(option), program)
    words = list(arguments)
    command = next((word for word in words if word in commands), None)
    if command is not None:
        words.remove(command)
    elif all(word.startswith("-") for word in words):
        return usage_error(f"There is no option {option} without a command.", program)
    return usage_error(
        f"{option} is before the command; options follow the command.",
        program,
        next_step="Perhaps you mean",
        arguments=[command or "generate", *words],
    )


def _sentence(error: Any, arguments: Sequence[str]) -> str:
    match type(error).__name__:
        case "NoSuchOption":
            return _no_such_option(error, arguments)
        case "MissingParameter":
            return f"{error.param.make_metavar(error.ctx)} is missing."
        case "BadOptionUsage":
            option, takes_none = error.option_name, "not take a value" in error.message
            return f"{option} {'takes no value' if takes_none else 'needs a value'}."
        case "BadParameter":
            value = error.message.rpartition(" is not")[0]
            return f"{error.param.opts[-1]} must be {_expected(error.param)}, not {value}."
        case _:
            # The only other error: "Got unexpected extra argument(s) (one two)".
            words = error.message.partition(") (")[2].removesuffix(")")
            names_file = any("-o" in parameter.opts for parameter in error.ctx.command.params)
            return f"There are too many words: {words}.{' -o names a file.' if names_file else ''}"


def _no_such_option(error: Any, arguments: Sequence[str]) -> str:
    option, context = error.option_name, error.ctx
    options = [o for p in context.command.get_params(context) for o in p.opts]
    # The parser takes -seed for -s, -e, -e and -d.
    meant = (f"-{word.partition('=')[0]}" for word in arguments if option[1:] in word)
    if len(option) == 2 and (long := next((name for name in meant if name in options), None)):
        return f"There is no option {long[1:]}: write {long}, with two dashes."
    if others := _commands_with(option, context.find_root().command.commands):
        return f"{context.info_name} has no option {option}. These have it: {', '.join(others)}."
    return _absent(option, [o.lstrip("-") for o in options if o.startswith("--")])


def _absent(option: str, known: Sequence[str] = ()) -> str:
    """Return the sentence about an option that does not exist."""
    name = option.lstrip("-")
    if reason := _ABSENT.get(name) or why_absent(name.replace("-", "_")):
        return f"There is no option {option}: {reason}."
    near = get_close_matches(name, known, n=1)
    return f"There is no option {option}.{f' Did you mean --{near[0]}?' if near else ''}"


def _commands_with(option: str, commands: Mapping[str, Any]) -> list[str]:
    """Return the names of the commands that have an option."""
    return [
        name
        for name, command in commands.items()
        if any(option in (*p.opts, *p.secondary_opts) for p in command.params)
    ]


def _expected(parameter: Any) -> str:
    """Return what a parameter's value must be."""
    kind = parameter.type
    if parameter.name in _EXPECTED:
        return _EXPECTED[parameter.name]
    if hasattr(kind, "choices"):
        return f"one of {', '.join(str(getattr(c, 'value', c)) for c in kind.choices)}"
    if kind.max is None:
        return f"a number of at least {kind.min}"
    return f"a whole number from {kind.min} to {kind.max}"
