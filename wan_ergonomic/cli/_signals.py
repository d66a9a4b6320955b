"""The signals that end a command: one interrupts it, and none breaks into how it ends.

Says nothing itself. What another has decided about a signal, to ignore it for
one (``nohup``), stays decided.
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
_UNDECIDED = (signal.SIG_DFL, signal.default_int_handler)
# Enough to let go of files and connections; who insists after that is heard again.
_SECONDS_TO_TIDY_UP = 1.0


class TerminatedError(KeyboardInterrupt):
    """SIGTERM or SIGHUP, which end a command as Ctrl-C does."""


class Signals:
    """Interrupts what is done within it; a context manager, after which signals are ignored."""

    def __init__(self) -> None:
        here = threading.current_thread() is threading.main_thread()
        handlers = {number: signal.getsignal(number) for number in _NUMBERS if here}
        self._before = {n: handler for n, handler in handlers.items() if handler in _UNDECIDED}
        self._deaf_until = -math.inf

    def __enter__(self) -> Self:
        for number in self._before:
            signal.signal(number, self._interrupt)
        return self

    def __exit__(self, *_: object) -> None:
        self._deaf_until = math.inf
        for number in self._before:
            # Python's exit would make any other handler the system's own, which kills.
            signal.signal(number, signal.SIG_IGN)

    def restore(self) -> None:
        """Handle signals as before, for a process that goes on."""
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _interrupt(self, number: int, _: object) -> None:
        now = time.monotonic()
        if now < self._deaf_until:
            return
        self._deaf_until = now + _SECONDS_TO_TIDY_UP
        raise KeyboardInterrupt if number == signal.SIGINT else TerminatedError
