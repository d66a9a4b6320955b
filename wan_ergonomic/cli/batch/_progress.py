"""The progress of a batch while it runs: one line that is redrawn, lines, or JSON events."""

from __future__ import annotations

import os
import sys
import time
from collections import deque
from typing import TYPE_CHECKING

from wan_ergonomic.cli._options import Reporting
from wan_ergonomic.cli._streams import (
    is_terminal,
    report,
    report_json,
    report_prose,
    stderr_errors_ignored,
)

from ._words import as_data, counts, money

if TYPE_CHECKING:
    from wan_ergonomic.batch import Status

# Without a terminal a line is written when something has changed, at most so often.
_LINE_SECONDS = 10.0
# The rate is that of the last minutes.
_RATE_SECONDS = 600.0


class Progress:
    """Reports how far a batch is; says nothing of its own."""

    def __init__(self) -> None:
        self._done: deque[tuple[float, int]] = deque()

    def show(self, status: Status) -> None:
        """Report a status."""

    def trouble(self, text: str) -> None:
        """Report what went wrong and does not end the batch."""
        report_prose(f"wan: {text}")

    def end(self) -> None:
        """Report nothing more."""

    def _line(self, status: Status) -> str:
        return f"{counts(status)}; {money(status)}{self._left(status)}"

    def _left(self, status: Status) -> str:
        """Return the time that is left, by the rate of the last minutes."""
        now, ended = time.monotonic(), status.count("done", "failed")
        self._done.append((now, ended))
        while now - self._done[0][0] > _RATE_SECONDS:
            self._done.popleft()
        began, before = self._done[0]
        left = status.count("waiting", "submitting", "accepted")
        if ended <= before or not left:
            return ""
        seconds = left * (now - began) / (ended - before)
        return f"; about {_duration(seconds)} left"


class Lines(Progress):
    """Writes a line whenever something has changed, but not too often."""

    def __init__(self) -> None:
        super().__init__()
        self._last = ""
        self._when = -_LINE_SECONDS

    def show(self, status: Status) -> None:
        """Report a status."""
        said = counts(status)
        if said != self._last and time.monotonic() - self._when >= _LINE_SECONDS:
            self._last, self._when = said, time.monotonic()
            report(f"wan: {self._line(status)}")


class Live(Progress):
    """Redraws one line on a terminal."""

    def show(self, status: Status) -> None:
        """Report a status."""
        width = os.get_terminal_size(sys.stderr.fileno()).columns
        self._write(f"\r\x1b[K{self._line(status)[: max(width - 1, 10)]}")

    def trouble(self, text: str) -> None:
        """Report what went wrong on a line of its own."""
        self._write("\r\x1b[K")
        super().trouble(text)

    def end(self) -> None:
        """Remove the line."""
        self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        with stderr_errors_ignored():
            sys.stderr.write(text)
            sys.stderr.flush()


class JsonLines(Progress):
    """Writes an event whenever something has changed."""

    def __init__(self) -> None:
        super().__init__()
        self._last: object = None

    def show(self, status: Status) -> None:
        """Report a status."""
        data = as_data(status)
        if data != self._last:
            self._last = data
            report_json({"event": "batch", **data})

    def trouble(self, text: str) -> None:
        """Report what went wrong as an event."""
        report_json({"event": "trouble", "message": text})


def choose_progress(reporting: Reporting) -> Progress:
    """Return the progress for the options."""
    if reporting.quiet:
        return Progress()
    if reporting.as_json:
        return JsonLines()
    if reporting.no_progress or not is_terminal(sys.stderr) or os.environ.get("TERM") == "dumb":
        return Lines()
    return Live()


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return "a minute"
    return f"{minutes} min" if minutes < 120 else f"{minutes / 60:.0f} h"
