"""The command line as a whole: its commands, and the one place where errors end.

Whatever this package raises on purpose becomes a sentence and an exit code
here. Anything else is a mistake of ours and keeps its traceback.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, cast

import typer
from typer.main import get_command

from wan_ergonomic import __version__
from wan_ergonomic._errors import WanError
from wan_ergonomic.cli.contract._commands import contract
from wan_ergonomic.cli.generation import _commands
from wan_ergonomic.cli.generation._arguments import Command, Commands, IdCommand, PromptCommand
from wan_ergonomic.cli.generation._checks import MissingKeyError

from ._exits import Exit, explain
from ._outcome import EndedError, Ending, ending_of, interruption
from ._sandbox import sandbox
from ._signals import Signals
from ._streams import OutputError, put, settle, tell_exactly, tell_json, tell_prose

# Typer has click inside it or beside it, by version; either way this is the
# error that every mistake on a command line is.
_ParseError = cast("type[Exception]", typer.BadParameter.__base__)

_HELP = """Videos from text with Wan 2.2 Plus on AIML API.

The API key is read from AIMLAPI_API_KEY, AIML_API_KEY or AIMLAPI_KEY. It is no
option, because other processes can read command lines. Without a key, try
any command with --sandbox.

\b
Example:
  wan generate "A paper boat sails down a gutter" -o boat.mp4
"""

app = typer.Typer(
    add_completion=False,
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    epilog=explain(),
    help=_HELP,
    rich_markup_mode=None,
)

_ID = "dabf0a77-7ab4-4f3a-8d6f-1b2c3d4e5f60"
_COMMANDS: Sequence[tuple[Callable[..., None], type[Command], str]] = (
    (_commands.generate, PromptCommand, 'generate "A paper boat" --seed 7 -o boat.mp4'),
    (_commands.submit, PromptCommand, 'submit "A paper boat" --aspect-ratio 9:16'),
    (_commands.status, IdCommand, f"status {_ID}"),
    (_commands.wait, IdCommand, f"wait {_ID} -o boat.mp4"),
    (_commands.download, IdCommand, f"download {_ID} -o boat.mp4"),
    (_commands.preview, PromptCommand, 'preview "A paper boat" --preset draft'),
    (sandbox, Command, "sandbox --port 8080"),
)
for _command, _type, _example in _COMMANDS:
    _epilog = f"\b\nExample:\n  wan {_example}\n\nExit codes: see wan --help."
    app.command(cls=_type, epilog=_epilog)(_command)
app.add_typer(contract, name="contract")


def _show_version(wanted: bool) -> None:  # noqa: FBT001
    if wanted:
        put(f"wan-ergonomic {__version__}")
        raise typer.Exit


@app.callback()
def wan(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Hold the commands together; the help text is the application's own."""


def run(arguments: Sequence[str], program: str = "wan", *, ends_process: bool = False) -> int:
    """Carry out one command line and return its exit code.

    Args:
        arguments: The words after the program's name.
        program: What a person types to start it.
        ends_process: Whether the process ends with it, undisturbed by further signals.
    """
    signals = Signals()
    try:
        return _run(list(arguments) or ["--help"], program, signals)
    finally:
        settle()
        if not ends_process:
            signals.restore()


def _run(words: list[str], program: str, signals: Signals) -> int:
    try:
        with signals:
            return _carry_out(words, program)
    except BrokenPipeError:
        return Exit.UNREAD
    except KeyboardInterrupt as error:
        ending = interruption(error)
    except EndedError as error:
        ending = error.ending
    except MissingKeyError as error:
        ending = _offering_the_sandbox(error, words)
    except WanError as error:
        ending = ending_of(error)
    except OutputError as error:
        ending = Ending(code=Exit.REFUSED, kind="OutputError", message=str(error))
    except _ParseError as error:
        ending = _usage(error, program)
    return _end(ending, words, program)


def _carry_out(words: list[str], program: str) -> int:
    command = get_command(app)
    try:
        with command.make_context(program, words) as context:
            command.invoke(context)
    except typer.Exit as ended:
        return ended.exit_code
    return Exit.DONE


def _usage(error: Any, program: str) -> Ending:
    path = error.ctx.command_path if error.ctx else program
    said = error.format_message().rstrip(".")
    message = f"{said}{'' if said.endswith('?') else '.'} See {path} --help."
    return Ending(code=Exit.USAGE, kind="UsageError", message=message)


def _offering_the_sandbox(error: MissingKeyError, words: list[str]) -> Ending:
    return Ending(
        code=Exit.USAGE,
        kind=type(error).__name__,
        message=str(error),
        advice="To try it without a key",
        words=[words[0], "--sandbox", *words[1:]],
    )


def _end(ending: Ending, words: list[str], program: str) -> int:
    if "--json" in words:
        tell_json(ending.as_json(program))
    else:
        tell_prose(f"wan: {ending.message}")
        if ending.words:
            tell_exactly(ending.advice, ending.command(program))
    return ending.code
