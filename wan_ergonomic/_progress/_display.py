"""The displays without a notebook: one line that is drawn anew, or a line for each change.

Both write to standard error, without colors and without any control character but
a carriage return, so there is nothing that NO_COLOR would turn off.
"""

from __future__ import annotations

import shutil
from typing import Protocol, TextIO

from wan_ergonomic._generation import Update
from wan_ergonomic.notebook import clean

from ._words import ended, last_words, now


class Display(Protocol):
    """What shows a call that waits. Any method may fail."""

    def begin(self, first: str) -> None:
        """Show that the call has begun."""

    def show(self, update: Update) -> None:
        """Show what is known now."""

    def end(self, update: Update | None, error: BaseException | None) -> None:
        """Show how the call has ended.

        Args:
            update: The last one, if there was one.
            error: What the call raises, if it does.
        """


class Line:
    """One line of a terminal, drawn anew with each update; what it says at the end stays.

    Calls that wait at the same time share the line: each update replaces what it
    said of another call.
    """

    # How many characters stand in the line that is being drawn, whoever drew it.
    _length = 0

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def begin(self, first: str) -> None:
        """Draw what the call does first."""
        self._draw(first)

    def show(self, update: Update) -> None:
        """Draw what is known now."""
        self._draw(now(update))

    def end(self, update: Update | None, error: BaseException | None) -> None:
        """Draw how the call has ended, and leave it; nothing if nothing was known."""
        text = ended(update, error) if update else ""
        self._draw(text, "\n" if text else "\r")
        Line._length = 0

    def _draw(self, text: str, after: str = "") -> None:
        # A line that fills the terminal would begin another, which could not be drawn anew.
        width = max(shutil.get_terminal_size().columns - 1, 1)
        line = clean(text)[:width]
        rest = " " * max(Line._length - len(line), 0)
        Line._length = len(line)
        self._stream.write(f"\r{line}{rest}{after}")
        self._stream.flush()


class Lines:
    """A line for each change of the status, and when polls begin or cease to fail."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._last: tuple[str, bool] | None = None

    def begin(self, first: str) -> None:
        """Print what the call does first."""
        self._print(first)

    def show(self, update: Update) -> None:
        """Print an update that changes something."""
        before, self._last = self._last, (update.generation.status, update.error is not None)
        if self._last != before and update.generation.pending:
            self._print(now(update))

    def end(self, update: Update | None, error: BaseException | None) -> None:
        """Print how the call has ended."""
        self._print(ended(update, error) if update else last_words(error))

    def _print(self, text: str) -> None:
        self._stream.write(f"{clean(text)}\n")
        self._stream.flush()
