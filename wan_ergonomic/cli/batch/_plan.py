"""``wan batch plan``: what a list would send, and what that costs."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from wan_ergonomic._price import show_usd
from wan_ergonomic.cli._connection import ServerOptions
from wan_ergonomic.cli._exits import Exit, UsageError
from wan_ergonomic.cli._options import output_option, spread
from wan_ergonomic.cli._outcome import UNSPENT
from wan_ergonomic.cli._streams import is_terminal, printable, put, put_json, report_prose
from wan_ergonomic.cli.session._options import PromptOptions, PromptSettings

from ._open import api_of, defaults_of, needs_batch
from ._options import Json, ListFile, Listing
from ._words import videos

if TYPE_CHECKING:
    from wan_ergonomic.batch import NewRow, Plan

_SHOWN = 20
_HEADS = ("line", "file", "prompt", "options")


@spread
def plan(
    source: ListFile = None,
    *,
    options: PromptOptions,
    settings: PromptSettings,
    listing: Listing,
    connection: ServerOptions,
    limit: Annotated[
        int, output_option(min=0, metavar="NUMBER", help="The most rows shown.")
    ] = _SHOWN,
    as_json: Json = False,
) -> None:
    """Show what a list would send, and what that costs. Needs no key."""
    if source is None:
        raise UsageError(f"Name the list of prompts, or - for standard input. {UNSPENT}")
    with needs_batch():
        from wan_ergonomic.batch import plan_of, read_rows
    with api_of(connection, needs_key=False) as api:
        prices = api.prices(needs_key=False)
    found = plan_of(
        read_rows(source, listing.form),
        defaults_of(options, settings),
        names=listing.names,
        price=prices.of,
        shown=limit,
        allow_unsupported=settings.allow_unsupported,
    )
    if as_json:
        put_json({**found.as_data(), "price_note": prices.reason or None})
    else:
        _show(found, prices.reason)
    if found.bad.count and not listing.skip_bad:
        raise typer.Exit(Exit.USAGE)


def _show(found: Plan, reason: str) -> None:
    if found.first:
        put(_table([_cells(row) for row in found.first]))
    if found.rows > len(found.first):
        put(f"… and {found.rows - len(found.first):,} more")
    cost = "at an unknown price" if found.usd is None else f"for {show_usd(found.usd)}"
    put(f"{videos(found.rows)} {cost}")
    for line in _notes(found, reason):
        report_prose(f"wan: {line}")


def _notes(found: Plan, reason: str) -> Iterator[str]:
    """Yield what is wrong with a list, and what is worth knowing."""
    if reason:
        yield f"about the price: {reason}."
    for text in found.warnings:
        yield f"warning: {text}"
    for bad in found.bad.first:
        yield f"line {bad.line} cannot be sent: {bad.reason}"
    if found.bad.count > len(found.bad.first):
        yield f"{found.bad.count - len(found.bad.first):,} more rows cannot be sent."


def _cells(row: NewRow) -> tuple[str, ...]:
    options = " ".join(f"{name}={value}" for name, value in row.options.items())
    return f"{row.line}", *(printable(text) for text in (f"{row.stem}.mp4", row.prompt, options))


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    """Return rows as a table that fits a terminal, or as lines for programs."""
    if not is_terminal(sys.stdout):
        return "\n".join("\t".join(row).rstrip() for row in rows)
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", expand=True)
    table.add_column(_HEADS[0], justify="right", no_wrap=True)
    for head, ratio in zip(_HEADS[1:], (2, 3, 2), strict=True):
        table.add_column(head, overflow="ellipsis", no_wrap=True, ratio=ratio)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    with console.capture() as capture:
        console.print(table)
    return capture.get().rstrip("\n")
