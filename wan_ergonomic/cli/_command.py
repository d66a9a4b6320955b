"""Typer commands that list options under headings and report output errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from ._outcome import CommandError
from ._streams import output_errors
from ._usage import ParseError, usage_error
from ._words import ARGUMENTS, Known, Option, check_values, classify

# In the examples of the help.
EXAMPLE_ID = "dabf0a77-7ab4-4f3a-8d6f-1b2c3d4e5f60"


class Commands(TyperGroup):
    """A group of commands; ``help``, or no command at all, shows the help."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse. ``--help`` is printed here, so output errors are handled here."""
        words = [*args[1:], "--help"] if args[:1] in ([], ["help"]) else args
        with output_errors():
            return super().parse_args(ctx, words)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command that the first word names, and the words after it.

        Raises:
            CommandError: There is no such command.
        """
        if args[0] not in self.commands:
            raise self.unknown(ctx, args)
        return super().resolve_command(ctx, args)

    def unknown(self, ctx: Any, words: list[str]) -> CommandError:
        """Return the error for words that begin with no command."""
        near = self.similar(words[0])
        advice = (
            f"Did you mean {near!r}?" if near else f"The commands are {', '.join(self.commands)}."
        )
        return usage_error(f"There is no command {words[0]!r}. {advice}", ctx.command_path)

    def similar(self, word: str) -> str | None:
        """Return the command that a word resembles, if there is one."""
        return next(iter(get_close_matches(word.lower(), self.commands, n=1)), None)


@contextmanager
def _context_in_errors(context: Any) -> Iterator[None]:
    """Add the command to errors of the parser that lack it."""
    try:
        yield
    except ParseError as error:
        error.ctx = error.ctx or context  # type: ignore[attr-defined]
        raise


class Command(TyperCommand):
    """A command whose help lists its options under headings."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse. ``--help`` is printed here, so output errors are handled here."""
        # A shell that completes a command line asks what it would mean, mistakes and all.
        words = args if ctx.resilient_parsing else self.prepared(ctx, args)
        with output_errors(), _context_in_errors(ctx):
            return super().parse_args(ctx, words)

    def prepared(self, ctx: Any, words: list[str]) -> list[str]:
        """Return the words to parse; ``help`` alone is not an argument.

        Raises:
            UsageError: The value of an option was forgotten.
        """
        known = self.known_options(ctx)
        check_values(words, known, ctx.command_path)
        others = [word.text for word in classify(words, known) if word.kind in ARGUMENTS]
        return ["--help"] if others == ["help"] and "--" not in words else words

    def known_options(self, ctx: Any) -> Known:
        """Return the options of this command, by each of their forms."""
        options: list[Any] = [p for p in self.get_params(ctx) if p.param_type_name == "option"]
        return {
            spelling: Option(max(o.opts, key=len), not o.is_flag)
            for o in options
            for spelling in (*o.opts, *o.secondary_opts)
        }

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return the usage line without the braces that recent versions of Typer add."""
        return [piece.strip("{}") for piece in super().collect_usage_pieces(ctx)]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments and options under their headings."""
        for title, records in self.sections(ctx).items():
            with formatter.section(title):
                formatter.write_dl(records)

    def sections(self, ctx: Any) -> dict[str, list[tuple[str, str]]]:
        """Return arguments and options, each with its help, by their headings."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            usual = "Arguments" if parameter.param_type_name == "argument" else "Other options"
            title = getattr(parameter, "rich_help_panel", None) or usual
            sections.setdefault(title, []).append(parameter.get_help_record(ctx) or ("", ""))
        return sections


def ending(example: str, exit_codes: str = "Exit codes: see wan --help.") -> str:
    """Return what help ends with: an example, without the program's name, and the exit codes."""
    return f"\b\nExample:\n  wan {example}\n\n{exit_codes}"


def command(
    example: str, *, cls: type[Command] = Command
) -> Callable[[Callable[..., None]], typer.Typer]:
    """Return a decorator that makes a function a command of `wan`.

    Args:
        example: Of its use, without the program's name.
        cls: How its arguments are parsed.
    """

    def decorate(function: Callable[..., None]) -> typer.Typer:
        alone = typer.Typer(add_completion=False, rich_markup_mode=None)
        alone.command(cls=cls, epilog=ending(example))(function)
        return alone

    return decorate
