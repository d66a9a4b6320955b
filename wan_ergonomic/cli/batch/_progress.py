"""The progress of a batch while it runs: nothing, plain lines, or JSON events.

The display for terminals is in ``_live``.
"""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Self

from wan_ergonomic.cli._options import Reporting
from wan_ergonomic.cli._streams import is_terminal, report, report_json, report_prose

from ._pace import Pace
from ._words import as_data, counts, money, row_as_data

if TYPE_CHECKING:
    from wan_ergonomic.batch import Batch, BatchRow, Status

# Without a terminal a line is written when something has changed, at most so often.
_LINE_SECONDS = 10.0


class Progress:
    """Reports what went wrong; subclasses also report how far a batch is.

    A context manager, which a display for terminals draws in.
    """

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def show(self, batch: Batch, status: Status) -> None:
        """Report how far a batch is; called about once a second."""

    def row(self, row: BatchRow) -> None:
        """Report a row whose work has ended."""

    def note(self, text: str) -> None:
        """Report something that is worth knowing."""

    def trouble(self, text: str) -> None:
        """Report what went wrong and does not end the batch."""
        report_prose(f"wan: {text}")


class Lines(Progress):
    """Writes a line whenever something has changed, but not too often."""

    def __init__(self) -> None:
        self._pace = Pace()
        self._last = ""
        self._when = -_LINE_SECONDS

    def show(self, batch: Batch, status: Status) -> None:
        """Report how far a batch is."""
        del batch
        said, pace = counts(status), self._pace.words(status)
        due = time.monotonic() - self._when >= _LINE_SECONDS
        # The end says it, too.
        if said != self._last and due and not status.is_finished:
            self._last, self._when = said, time.monotonic()
            report(f"wan: {said}; {money(status)}{pace}")

    def note(self, text: str) -> None:
        """Report something that is worth knowing."""
        report_prose(f"wan: {text}")


class JsonLines(Progress):
    """Writes an event whenever something has changed."""

    def __init__(self) -> None:
        self._last: object = None

    def show(self, batch: Batch, status: Status) -> None:
        """Report how far a batch is."""
        del batch
        data = as_data(status)
        if data != self._last:
            self._last = data
            report_json({"event": "batch", **data})

    def row(self, row: BatchRow) -> None:
        """Report a row whose work has ended."""
        report_json({"event": "row", **row_as_data(row)})

    def note(self, text: str) -> None:
        """Report something that is worth knowing."""
        report_json({"event": "note", "message": text})

    def trouble(self, text: str) -> None:
        """Report what went wrong and does not end the batch."""
        report_json({"event": "trouble", "message": text})


def choose_progress(reporting: Reporting) -> Progress:
    """Return the progress for the options; only a terminal gets one that is redrawn."""
    if reporting.as_json:
        return JsonLines() if not reporting.quiet else Progress()
    if reporting.quiet:
        return Progress()
    if reporting.no_progress or not is_terminal(sys.stderr) or os.environ.get("TERM") == "dumb":
        return Lines()
    # Only a terminal needs rich, which takes long to import.
    from ._live import Live

    return Live()
