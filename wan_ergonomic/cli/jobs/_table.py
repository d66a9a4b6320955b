"""Jobs for people: a table on a terminal, plain lines in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from wan_ergonomic._price import show_usd
from wan_ergonomic.cli._streams import is_terminal, printable

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

    from wan_ergonomic.ledger import Job

_HEADS = ("submitted", "status", "id", "cost", "file or prompt")
# Space between the columns of a table, and for the least of the last one.
_LEAST = 24
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
        printable(job.place or str(job.body.get("prompt", ""))),
    )


def status_of(job: Job) -> str:
    """Return the vendor's status of an accepted job, else what became of its submission."""
    return (job.status if job.outcome == "accepted" else None) or job.outcome


def _draw(rows: Sequence[tuple[str, ...]]) -> str:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    widths = (max(map(len, column)) for column in zip(*rows, strict=True))
    if sum(list(widths)[:-1]) + _LEAST > console.width:
        lines = [line for row in rows for line in _stacked(row, console.width)]
        drawn: RenderableType = Text("\n").join(lines)
    else:
        drawn = _table(rows)
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


def _table(rows: Sequence[tuple[str, ...]]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for head in _HEADS[:-1]:
        table.add_column(head, no_wrap=True)
    table.add_column(_HEADS[-1], overflow="ellipsis", no_wrap=True, ratio=1)
    for when, status, *rest in rows:
        style = _STYLES.get(status, "")
        table.add_row(Text(when), Text(status, style), *(Text(cell) for cell in rest))
    return table
