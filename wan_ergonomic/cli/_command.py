"""Typer commands that list options under headings and report output errors."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand, TyperGroup

from ._streams import output_errors


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
            return super().parse_args(ctx, args)

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
