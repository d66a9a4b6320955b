"""Runs a batch until nothing is left to do; Ctrl-C once finishes what was sent."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from wan_ergonomic import LedgerError
from wan_ergonomic.cli._exits import Exit
from wan_ergonomic.cli._outcome import INTERRUPTED, CommandError, Outcome
from wan_ergonomic.cli._signals import TerminatedError

from ._words import videos

if TYPE_CHECKING:
    from wan_ergonomic.batch import Batch, Status

    from ._end import Again
    from ._progress import Progress

_STOPPING = "Nothing more is sent; what was sent is being finished. Ctrl-C again stops at once."
_CODES = {signal.SIGINT: Exit.INTERRUPTED, signal.SIGTERM: Exit.TERMINATED}


class Run:
    """One run of a batch.

    Attributes:
        progress: How it is reported.
        again: The command lines that go on with the batch.
        interrupted: The exit code for the signal that stopped it; None if none did.
    """

    def __init__(self, batch: Batch, progress: Progress, again: Again) -> None:
        self.interrupted: Exit | None = None
        self._cut: KeyboardInterrupt | None = None
        self._batch = batch
        self.progress = progress
        self.again = again

    def go(self, client: Callable[[], Any], **options: Any) -> Status:
        """Run the batch, and return how far it is then.

        Args:
            client: Makes its client.
            **options: Further ones of ``Batch.arun``.

        Raises:
            WanError: It cannot be run.
            CommandError: It was interrupted twice.
        """
        try:
            with self.progress, self._stopping():
                return self._batch.run(
                    client(),
                    **options,
                    on_status=lambda status: self.progress.show(self._batch, status),
                    on_row=self.progress.row,
                    on_trouble=self.progress.trouble,
                )
        except KeyboardInterrupt as error:
            raise CommandError(self._cut_off(error)) from error
        except asyncio.CancelledError as error:
            assert self._cut
            raise CommandError(self._cut_off(self._cut)) from error

    @contextmanager
    def _stopping(self) -> Iterator[None]:
        """Let the first signal stop the batch gently, and the second at once.

        Signals that are ignored stay so. An exception in the middle of the event loop could be
        caught by the engine, so the second signal cancels; the third is raised.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        known = {number: signal.getsignal(number) for number in _CODES}
        before = {number: handler for number, handler in known.items() if callable(handler)}

        def stop(number: int, frame: Any) -> None:
            if not self._batch.stop("it was interrupted"):
                self.interrupted = _CODES[signal.Signals(number)]
                self.progress.note(_STOPPING)
            elif self._cut is None and self._batch.cancel():
                self._cut = TerminatedError() if number == signal.SIGTERM else KeyboardInterrupt()
            else:
                before[signal.Signals(number)](number, frame)

        for number in before:
            signal.signal(number, stop)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _cut_off(self, error: KeyboardInterrupt) -> Outcome:
        terminated = isinstance(error, TerminatedError)
        return Outcome(
            code=Exit.TERMINATED if terminated else Exit.INTERRUPTED,
            kind=INTERRUPTED,
            message=f"Interrupted. {self._left()}",
            next_step="This goes on, and pays for nothing twice",
            arguments=self.again.words(),
        )

    def _left(self) -> str:
        """Return what becomes of what was sent."""
        if self.again.connection.sandbox:
            return "What was in the making ended with the embedded sandbox; nothing was billed."
        making = 0
        with suppress(LedgerError):
            making = self._batch.status().count("submitting", "accepted")
        if not making:
            return "Nothing was in the making."
        runs = "runs on at the API and is" if making == 1 else "run on at the API and are each"
        return f"{videos(making)} in the making {runs} billed once."
