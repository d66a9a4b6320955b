"""The display of a batch for terminals: the rows in the making, and a line for the whole."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self, cast

from rich.console import Console, Group, RenderableType
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from wan_ergonomic._progress import duration
from wan_ergonomic.cli._streams import printable, stderr_errors_ignored
from wan_ergonomic.cli.session._live import redrawn

from ._pace import Pace
from ._progress import Progress
from ._words import counts, money

if TYPE_CHECKING:
    from wan_ergonomic.batch import Batch, Making, Status

_FRAMES_PER_SECOND = 4
# The rows that are shown leave room for the line, and for what was printed before.
_ROOM = 6


class Live(Progress):
    """The line for the whole with, above it, a table of the rows in the making."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True, highlight=False)
        self._spinner = Spinner("line" if self._console.options.ascii_only else "dots")
        self._pace = Pace()
        self._making: list[Making] = []
        self._line, self._more = "starting", 0
        self._shown = time.monotonic()
        self._live = redrawn(self._console, self._frame, _FRAMES_PER_SECOND)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        with stderr_errors_ignored():
            self._live.stop()

    def show(self, batch: Batch, status: Status) -> None:
        """Show how far a batch is."""
        self._making = batch.making(max(self._console.height - _ROOM, 1))
        self._more = status.count("submitting", "accepted") - len(self._making)
        self._line = f"{counts(status)}; {money(status)}{self._pace.words(status)}"
        self._shown = time.monotonic()

    def note(self, text: str) -> None:
        """Print something that is worth knowing above what is redrawn."""
        self._print(text, "dim")

    def trouble(self, text: str) -> None:
        """Print what went wrong above what is redrawn."""
        self._print(text, "yellow")

    def _print(self, text: str, style: str) -> None:
        with stderr_errors_ignored():
            self._console.print(Text(f"wan: {printable(text)}", style))

    def _frame(self) -> RenderableType:
        now = time.monotonic()
        line = Text.assemble(
            cast("Text", self._spinner.render(now)),
            f" {printable(self._line)}",
            overflow="ellipsis",
            no_wrap=True,
        )
        more = [Text(f"     and {self._more:,} more", "dim")] if self._more > 0 else []
        return Group(self._table(now - self._shown), *more, line)

    def _table(self, since: float) -> Table:
        table = Table.grid(padding=(0, 2, 0, 0))
        for justify in ("right", "left", "right"):
            table.add_column(justify=justify, no_wrap=True)
        table.add_column(overflow="ellipsis", no_wrap=True)
        for each in self._making:
            table.add_row(
                Text(f"{each.n:>5}", "dim"),
                Text(printable(each.status or "submitting"), "bold"),
                duration(each.seconds + since),
                Text(printable(each.prompt), "dim"),
            )
        return table
