"""Typer commands that list options under headings and report output errors."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand, TyperGroup

from ._streams import output_errors
from ._words import Known, Option, check_values


class Commands(TyperGroup):
    """A group of commands."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse. ``--help`` is printed here, so output errors are handled here."""
        with output_errors():
            return super().parse_args(ctx, args)


class Command(TyperCommand):
    """A command whose help lists its options under headings."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse. ``--help`` is printed here, so output errors are handled here."""
        with output_errors():
            return super().parse_args(ctx, self.prepared(ctx, args))

    def prepared(self, ctx: Any, words: list[str]) -> list[str]:
        """Return the words to parse.

        Raises:
            UsageError: The value of an option was forgotten.
        """
        check_values(words, self.known_options(ctx), ctx.command_path)
        return words

    def known_options(self, ctx: Any) -> Known:
        """Return the options of this command, by each spelling."""
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
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            usual = "Arguments" if parameter.param_type_name == "argument" else "Other options"
            title = getattr(parameter, "rich_help_panel", None) or usual
            sections.setdefault(title, []).append(parameter.get_help_record(ctx) or ("", ""))
        for title, records in sections.items():
            with formatter.section(title):
                formatter.write_dl(records)
