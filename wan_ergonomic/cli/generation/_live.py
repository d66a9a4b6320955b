"""What is shown on a terminal while a person waits: one line that lives, few that stay.

The line is drawn by Rich, several times a second, from what was last heard.
"""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self, cast

from rich.console import Console, RenderableType
from rich.live import Live as RichLive
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
from rich.spinner import Spinner
from rich.text import Text

from wan_ergonomic._generation import Generation, Update
from wan_ergonomic.cli._streams import printable, telling

from ._display import Lines, duration

_FRAMES_PER_SECOND = 8


class Live(Lines):
    """A spinner with the status, the time and the next look; then a bar for the download."""

    def __init__(self, console: Console | None = None) -> None:
        super().__init__()
        self._console = console or Console(stderr=True, highlight=False)
        self._spinner = Spinner("line" if self._console.options.ascii_only else "dots")
        self._started = time.monotonic()
        self._status = "starting"
        self._next_look: float | None = None
        self._failure = ""
        self._bar = Progress(
            TextColumn("Downloading"),
            BarColumn(bar_width=32),
            DownloadColumn(),
            TransferSpeedColumn(),
            console=self._console,
        )
        self._live = RichLive(
            get_renderable=self._frame,
            console=self._console,
            refresh_per_second=_FRAMES_PER_SECOND,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with telling():
            self._live.stop()

    def say(self, text: str, style: str = "") -> None:
        """Print a line that stays, above the one that lives."""
        with telling():
            self._console.print(Text(printable(text), style))

    def doing(self, what: str) -> None:
        """Show what is being done now."""
        self._status, self._failure, self._next_look = what, "", None

    def note(self, text: str) -> None:
        """Say something that may be useful to know."""
        self.say(text, "dim")

    def warn(self, text: str) -> None:
        """Say something that is probably not as intended."""
        self.say(f"Warning: {text}", "yellow")

    def accepted(self, generation: Generation) -> None:
        """Say that a submission was accepted, and as what."""
        self._status = generation.status
        super().accepted(generation)

    def looked(self, update: Update) -> None:
        """Show what a look found; only the end leaves a line."""
        self._status = update.generation.status
        self._failure = str(update.error) if update.error else ""
        self._next_look = None
        if update.next_poll is not None:
            self._next_look = time.monotonic() + update.next_poll
        if update.generation.completed:
            self.say(f"Completed after {duration(update.elapsed)}", "green")

    def downloading(self, done: int, total: int | None) -> None:
        """Show how many bytes there are."""
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
            (f"  {self._outlook(now)}", "dim"),
            (f"  {printable(self._failure)}", "yellow"),
            overflow="ellipsis",
            no_wrap=True,
        )

    def _outlook(self, now: float) -> str:
        if self._next_look is None or self._next_look <= now:
            return ""
        return f"next look in {duration(max(1, self._next_look - now))}"
