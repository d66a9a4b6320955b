"""Jobs for people: a table on a terminal, plain lines in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from wan_ergonomic._price import show_usd
from wan_ergonomic._spec import server_url
from wan_ergonomic.cli._streams import is_terminal, printable

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

    from wan_ergonomic.ledger import Job

_HEADS = ("submitted", "status", "id", "cost", "file or prompt")
# Between the columns of a table, and the least of the last one, in characters.
_GAP = 2
_LEAST = 32
_STYLES = {"completed": "green", "in doubt": "bold red", "rejected": "yellow", "error": "red"}


def as_table(jobs: Sequence[Job]) -> str:
    """Return the jobs as text for standard output, without a newline at the end."""
    rows = [cells(job) for job in jobs]
    if is_terminal(sys.stdout):
        return _draw(rows)
    return "\n".join("  ".join(row) for row in rows)


def cells(job: Job) -> tuple[str, ...]:
    """Return what a list shows of a job, in the order of the columns."""
    return (
        f"{job.submitted.astimezone():%Y-%m-%d %H:%M}",
        printable(status_of(job)),
        printable(job.generation_id or job.client_request_id),
        "" if job.usd is None else show_usd(job.usd),
        printable(_elsewhere(job) + (job.place or str(job.body.get("prompt", "")))),
    )


def _elsewhere(job: Job) -> str:
    """Return where a job is if that is not at the vendor: a sandbox, for example, bills nothing."""
    return "" if job.base_url == server_url() else f"[{urlsplit(job.base_url).netloc}] "


def status_of(job: Job) -> str:
    """Return the vendor's status of an accepted job, else what became of its submission."""
    return (job.status if job.outcome == "accepted" else None) or job.outcome


def _draw(rows: Sequence[tuple[str, ...]]) -> str:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    *widths, _ = (max(map(len, column)) + _GAP for column in zip(_HEADS, *rows, strict=True))
    left = console.width - sum(widths) - _GAP
    if left < _LEAST:
        lines = [line for row in rows for line in _stacked(row, console.width)]
        drawn: RenderableType = Text("\n").join(lines)
    else:
        drawn = _table(rows, left)
    with console.capture() as capture:
        console.print(drawn)
    return capture.get().rstrip("\n")


def _stacked(row: Sequence[str], width: int) -> Iterator[Text]:
    """Yield two lines about a job, of which the first is whole: it has the id."""
    from rich.text import Text

    when, status, known_as, cost, rest = row
    yield Text.assemble(f"{when}  ", (status, _STYLES.get(status, "")), f"  {known_as}  {cost}")
    below = Text(f"    {rest}")
    below.truncate(width, overflow="ellipsis")
    yield below


def _table(rows: Sequence[tuple[str, ...]], left: int) -> Table:
    """Return a table whose last column has a width; the others are whole."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for head in _HEADS:
        table.add_column(head, no_wrap=True)
    for when, status, known_as, cost, rest in rows:
        last = Text(rest)
        last.truncate(left, overflow="ellipsis")
        table.add_row(when, Text(status, _STYLES.get(status, "")), Text(known_as), cost, last)
    return table
