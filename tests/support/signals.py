"""Which signals are ignored; a process inherits that from the one that starts it.

A shell's background job ignores SIGINT, and so does a test run in one; a run
under ``nohup`` ignores SIGHUP.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def only_ignored(*ignored: signal.Signals) -> Iterator[None]:
    """Ignore these signals of ``SIGNALS`` and no other one, in the main thread."""
    before = {kind: signal.getsignal(kind) for kind in SIGNALS}
    try:
        for kind, handler in before.items():
            if kind in ignored:
                signal.signal(kind, signal.SIG_IGN)
            elif handler == signal.SIG_IGN:
                signal.signal(kind, signal.SIG_DFL)
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)
