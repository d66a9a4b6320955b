"""Jobs for people: a table on a terminal, plain lines in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from wan_ergonomic._price import show_usd
from wan_ergonomic.cli._streams import is_terminal, printable

if TYPE_CHECKING:
    from wan_ergonomic.ledger import Job

_HEADS = ("submitted", "status", "id", "cost", "file or prompt")
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
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for head in _HEADS[:-1]:
        table.add_column(head, no_wrap=True)
    table.add_column(_HEADS[-1], overflow="ellipsis", no_wrap=True, ratio=1)
    for when, status, *rest in rows:
        style = _STYLES.get(status, "")
        table.add_row(Text(when), Text(status, style), *(Text(cell) for cell in rest))
    with console.capture() as capture:
        console.print(table)
    return capture.get().rstrip("\n")
