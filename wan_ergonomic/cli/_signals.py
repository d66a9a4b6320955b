"""The signals that end a command: the first interrupts it, and none interrupts the cleanup.

Prints nothing. A signal that has a handler already, or is ignored (as ``nohup``
ignores SIGHUP), is left alone.
"""

from __future__ import annotations

import math
import signal
import threading
import time
from typing import Self

# Windows has no SIGHUP.
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
_NUMBERS = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
_DEFAULTS = (signal.SIG_DFL, signal.default_int_handler)
# Enough to close files and connections; a signal after that interrupts again.
_CLEANUP_SECONDS = 1.0


class TerminatedError(KeyboardInterrupt):
    """SIGTERM or SIGHUP; it ends a command as Ctrl-C does."""


class Signals:
    """A context manager whose body signals interrupt; after it they are ignored."""

    def __init__(self) -> None:
        here = threading.current_thread() is threading.main_thread()
        handlers = {number: signal.getsignal(number) for number in _NUMBERS if here}
        self._before = {n: handler for n, handler in handlers.items() if handler in _DEFAULTS}
        self._ignored_until = -math.inf

    def __enter__(self) -> Self:
        for number in self._before:
            signal.signal(number, self._interrupt)
        return self

    def __exit__(self, *_: object) -> None:
        self._ignored_until = math.inf
        for number in self._before:
            # At exit Python resets other handlers to the default, which kills; it keeps SIG_IGN.
            signal.signal(number, signal.SIG_IGN)

    def restore(self) -> None:
        """Restore the handlers, for a process that continues."""
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _interrupt(self, number: int, _: object) -> None:
        now = time.monotonic()
        if now < self._ignored_until:
            return
        self._ignored_until = now + _CLEANUP_SECONDS
        raise KeyboardInterrupt if number == signal.SIGINT else TerminatedError
