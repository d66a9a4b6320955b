"""The display of several jobs for terminals: a table that is redrawn, and a line for the whole."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from wan_ergonomic import Generation, Update
from wan_ergonomic._progress import duration
from wan_ergonomic.cli._streams import printable, stderr_errors_ignored

from ._display import Display, Lines
from ._live import Redrawn

_FRAMES_PER_SECOND = 4
# The rows that are shown leave room for the line, and for what was printed before.
_ROOM = 6
_OVER = "saved"


class LiveRow(Lines):
    """One job of the table.

    Attributes:
        status: What it does now.
        ended: When it ended, or was given up; None until then.
        left: Whether it is no longer waited for, although it has not ended.
        failure: Why the last poll failed.
    """

    def __init__(self, name: str, whole: LiveRows) -> None:
        super().__init__()
        self.name = name
        self.status = "submitting"
        self.began = time.monotonic()
        self.ended: float | None = None
        self.left = False
        self.failure = ""
        self._whole = whole

    def print(self, text: str) -> None:
        """Print a line above the table."""
        self._whole.print(f"{self.name}: {text}")

    def accepted(self, generation: Generation) -> None:
        """Print the id of an accepted submission, and its cost."""
        self.status = generation.status
        super().accepted(generation)

    def polled(self, update: Update) -> None:
        """Show what a poll returned."""
        self.status = update.generation.status
        self.failure = str(update.error) if update.error else ""
        if update.generation.completed or update.generation.failed:
            self.ended = time.monotonic()

    def given_up(self) -> None:
        """Show that the job is no longer waited for, unless it has ended."""
        if self.ended is None:
            self.left, self.ended = True, time.monotonic()
            self.failure = "no longer waited for"

    def downloading(self, done: int, total: int | None) -> None:
        """Show how much of the video is written."""
        self.status = f"saving {100 * done // total} %" if total else f"saving {done / 1e6:.1f} MB"

    def saved(self, generation_id: str, size: int) -> None:
        """Show that the video is saved."""
        del generation_id, size
        self.status = _OVER


class LiveRows(Redrawn):
    """A table with a row for each job, and a line for the whole."""

    def __init__(self, console: Console | None = None) -> None:
        super().__init__(console, _FRAMES_PER_SECOND)
        self._rows: list[LiveRow] = []

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Remove the table for a moment."""
        with stderr_errors_ignored():
            self._live.stop()
        yield
        with stderr_errors_ignored():
            self._start()

    def row(self, name: str) -> Display:
        """Return the display of one more job."""
        self._rows.append(LiveRow(name, self))
        return self._rows[-1]

    def _frame(self) -> RenderableType:
        now = time.monotonic()
        left = sum(row.left for row in self._rows)
        ended = sum(row.ended is not None for row in self._rows) - left
        apart = f", {left} no longer waited for" if left else ""
        usually = f", {self._usual}" if self._usual else ""
        line = Text.assemble(
            cast("Text", self._spinner.render(now)),
            f" {ended} of {len(self._rows)} ended{apart}, {duration(now - self._started)}{usually}",
            overflow="ellipsis",
            no_wrap=True,
        )
        most = max(self._console.height - _ROOM, 1)
        # What is over makes room first.
        shown = sorted(self._rows, key=lambda row: row.status == _OVER)[:most]
        left_out = len(self._rows) - len(shown)
        more = [Text(f"and {left_out} more", "dim")] if left_out else []
        return Group(self._table([row for row in self._rows if row in shown], now), *more, line)

    def _table(self, rows: list[LiveRow], now: float) -> Table:
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(overflow="ellipsis", no_wrap=True, max_width=44)
        table.add_column(no_wrap=True)
        table.add_column(justify="right", no_wrap=True)
        table.add_column(overflow="ellipsis", no_wrap=True)
        for row in rows:
            table.add_row(
                Text(printable(row.name), "dim"),
                Text(printable(row.status), "bold"),
                duration((row.ended or now) - row.began),
                Text(printable(row.failure), "yellow"),
            )
        return table
