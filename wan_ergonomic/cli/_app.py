"""The `wan` application: its commands, and the one place where errors are reported.

The package's own errors become a message and an exit code here. Any other
exception is a defect and keeps its traceback.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import dropwhile
from traceback import format_exception
from typing import Annotated, Any

import typer
from typer.main import get_command

from wan_ergonomic import MissingKeyError, WanError, __version__, _spec
from wan_ergonomic._redaction import without_secrets

from ._command import Commands
from ._commands import COMMANDS, Imported
from ._completion import is_asked_for, join_options
from ._exits import MEANINGS, Exit, explain
from ._outcome import PROGRAM, CommandError, Outcome, interrupted, outcome_of, report_outcome
from ._signals import Signals
from ._streams import (
    OutputError,
    drop_unwritable_output,
    put,
    report,
)
from ._usage import ParseError, from_parser, usage_error

_HELP = """Videos from text with Wan 2.2 Plus on AIML API.

The API key is read from AIMLAPI_API_KEY, AIML_API_KEY or AIMLAPI_KEY. There
is no option for it, because other processes can read command lines. Without a
key, try wan generate with --sandbox.

\b
Example:
  wan generate "A paper boat sails down a gutter" -o boat.mp4
"""


class _Wan(Commands):
    """The command `wan` itself."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.commands: Any = Imported()

    def format_commands(self, _ctx: Any, formatter: Any) -> None:
        """Write the commands of the help."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse; ``version`` is a command too."""
        if " " in str(ctx.info_name) and _COMPLETIONS.intersection(args):
            raise usage_error(
                "A shell completes commands of one word: use wan or wan-ergonomic with this "
                "option.",
                ctx.command_path,
            )
        return super().parse_args(ctx, ["--version"] if args == ["version"] else args)

    def unknown(self, ctx: Any, words: list[str]) -> CommandError:
        """Return the error for words that begin with no command: perhaps they are a prompt."""
        error = super().unknown(ctx, words)
        rest = list(dropwhile(lambda word: not word.startswith("-"), words))
        prompt = " ".join(words[: len(words) - len(rest)])
        outcome = replace(
            error.outcome,
            next_step="If this is a prompt",
            arguments=["generate", prompt, *rest],
        )
        offered = " " in prompt and not self.similar(words[0])
        return CommandError(outcome) if offered else error


app = typer.Typer(
    add_completion=True,
    cls=_Wan,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    epilog=explain(MEANINGS),
    help=_HELP,
    rich_markup_mode=None,
)

# The options of the parser that write a file for the shell.
_COMPLETIONS = frozenset({"--install-completion", "--show-completion"})
# The commands that submit a new generation.
_NEW = ("generate", "submit")


def _show_version(wanted: bool) -> None:  # noqa: FBT001
    if wanted:
        contract = str(_spec.contract()["info"].get("version", "without a version"))
        put(f"wan-ergonomic {__version__} (contract {contract} of {_spec.retrieved()})")
        raise typer.Exit


@app.callback()
def wan(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", "-V", callback=_show_version, is_eager=True, help="Show the version."
        ),
    ] = False,
) -> None:
    """Take the options of `wan` itself; the help text is `_HELP`."""


def run(arguments: Sequence[str], program: str = "wan", *, ends_process: bool = False) -> int:
    """Run one command line and return its exit code.

    Args:
        arguments: The words after the program's name.
        program: What a person types to start the program.
        ends_process: Whether the process exits next; signals then stay ignored until it has.
    """
    if is_asked_for(program):
        join_options()
        # The parser prints what it offers, and ends the process.
        get_command(app).main([*arguments], prog_name=program)
    signals = Signals()
    try:
        return _run(list(arguments), program, signals)
    finally:
        drop_unwritable_output()
        if not ends_process:
            signals.restore()


def _run(arguments: list[str], program: str, signals: Signals) -> int:
    PROGRAM.set(program)
    try:
        with signals:
            return _invoke(arguments, program)
    except BrokenPipeError:
        return Exit.OUTPUT_CLOSED
    except (KeyboardInterrupt, CommandError, WanError, OutputError, ParseError) as error:
        outcome = _outcome(error, program, arguments)
        if "--debug" in arguments:
            report(without_secrets("".join(format_exception(error)).rstrip()))
    report_outcome(outcome, as_json="--json" in arguments)
    return outcome.code


def _outcome(error: BaseException, program: str, arguments: list[str]) -> Outcome:
    match error:
        case KeyboardInterrupt():
            return interrupted(error)
        case CommandError():
            return error.outcome
        case MissingKeyError():
            return _missing_key(error, arguments)
        case WanError():
            return outcome_of(error)
        case OutputError():
            return Outcome(code=Exit.REJECTED, kind="OutputError", message=str(error))
        case _:
            return from_parser(error, program, arguments).outcome


def _invoke(arguments: list[str], program: str) -> int:
    command = get_command(app)
    try:
        # The parser removes the words that it has read from its list.
        with command.make_context(program, [*arguments]) as context:
            command.invoke(context)
    except typer.Exit as exit_:
        return exit_.exit_code
    return Exit.DONE


def _missing_key(error: MissingKeyError, arguments: list[str]) -> Outcome:
    """Return the outcome of a missing key; for a new generation, suggest the sandbox."""
    outcome = outcome_of(error)
    command, *rest = arguments
    # An embedded sandbox has an address of its own, and no generation of another command.
    if command not in _NEW or any(word.startswith("--base-url") for word in rest):
        return outcome
    words = [command, "--sandbox", *rest]
    return replace(outcome, next_step="To try it without a key", arguments=words)
