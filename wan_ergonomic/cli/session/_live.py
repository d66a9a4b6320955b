"""The display for terminals: one line that is redrawn while a person waits.

Rich draws the line several times a second, from the last event.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Self, cast

from rich.console import Console, RenderableType
from rich.live import Live as RichLive
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
from rich.spinner import Spinner
from rich.text import Text

from wan_ergonomic import Generation, Update
from wan_ergonomic._progress import duration
from wan_ergonomic.account import Durations
from wan_ergonomic.cli._streams import printable, stderr_errors_ignored

from ._display import Lines

_FRAMES_PER_SECOND = 8
SAFE_TO_LEAVE = "You may leave with Ctrl-C: the job goes on, and wan resume saves the video."


def redrawn(console: Console, frame: Callable[[], RenderableType], per_second: float) -> RichLive:
    """Return what redraws a frame on a terminal, and removes it at the end."""
    return RichLive(
        get_renderable=frame,
        console=console,
        refresh_per_second=per_second,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )


class Redrawn(Lines, ABC):
    """Lines above a frame that is redrawn; subclasses draw the frame."""

    def __init__(self, console: Console | None, per_second: float) -> None:
        super().__init__()
        self._console = console or Console(stderr=True, highlight=False)
        self._spinner = Spinner("line" if self._console.options.ascii_only else "dots")
        self._started = time.monotonic()
        self._per_second = per_second
        self._live: RichLive

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        with stderr_errors_ignored():
            self._live.stop()

    def print(self, text: str, style: str = "") -> None:
        """Print a line above the frame."""
        with stderr_errors_ignored():
            self._console.print(Text(printable(text), style))

    def safe_to_leave(self) -> None:
        """Print it once."""
        self.note(SAFE_TO_LEAVE)

    def expected(self, usual: Durations) -> None:
        """Show how long jobs usually take, beside the time so far."""
        self._usual = usual

    def _start(self) -> None:
        """Begin to redraw, anew: what was started before would overwrite what came after it."""
        self._live = redrawn(self._console, self._frame, self._per_second)
        self._live.start()

    @abstractmethod
    def _frame(self) -> RenderableType:
        """Return what is drawn now."""


class Live(Redrawn):
    """A spinner with the status, the time and the next poll; then a bar for the download."""

    def __init__(self, console: Console | None = None) -> None:
        super().__init__(console, _FRAMES_PER_SECOND)
        self._status = "starting"
        self._next_poll: float | None = None
        self._failure = ""
        self._bar = Progress(
            TextColumn("Downloading"),
            BarColumn(bar_width=32),
            DownloadColumn(),
            TransferSpeedColumn(),
            console=self._console,
        )

    def working(self, step: str) -> None:
        """Show what is being done now."""
        self._status, self._failure, self._next_poll = step, "", None

    def note(self, text: str) -> None:
        """Print useful information."""
        self.print(text, "dim")

    def warn(self, text: str) -> None:
        """Print a warning."""
        self.print(f"Warning: {text}", "yellow")

    def accepted(self, generation: Generation) -> None:
        """Print the id of an accepted submission, and its cost."""
        self._status = generation.status
        super().accepted(generation)

    def polled(self, update: Update) -> None:
        """Show what a poll returned; only completion prints a line."""
        self._status = update.generation.status
        self._failure = str(update.error) if update.error else ""
        self._next_poll = None
        if update.next_poll is not None:
            self._next_poll = time.monotonic() + update.next_poll
        if update.generation.completed:
            self.print(f"Completed after {duration(update.elapsed)}", "green")

    def downloading(self, done: int, total: int | None) -> None:
        """Show how many bytes are written, and of how many."""
        if not self._bar.tasks:
            self._bar.add_task("download", total=None)
        self._bar.update(self._bar.tasks[0].id, completed=done, total=total)

    def _frame(self) -> RenderableType:
        if self._bar.tasks:
            return self._bar
        now = time.monotonic()
        return Text.assemble(
            cast("Text", self._spinner.render(now)),
            (f" {printable(self._status)}", "bold"),
            f"  {duration(now - self._started)}",
            (f", {self._usual}" if self._usual else "", "dim"),
            (f"  {self._time_to_next_poll(now)}", "dim"),
            (f"  {printable(self._failure)}", "yellow"),
            overflow="ellipsis",
            no_wrap=True,
        )

    def _time_to_next_poll(self, now: float) -> str:
        if self._next_poll is None or self._next_poll <= now:
            return ""
        return f"next poll in {duration(max(1, self._next_poll - now))}"
