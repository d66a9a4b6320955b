"""What this process has open: sockets and threads."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.support.loopback import Loopback
from tests.support.waiting import until


def sockets() -> set[str]:
    """Return the sockets that this process has open."""
    found = set()
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError):
            found.add(os.readlink(f"/proc/self/fd/{name}"))
    return {target for target in found if target.startswith("socket:")}


@contextmanager
def nothing_left_open(server: Loopback) -> Iterator[None]:
    """Check that no socket, thread or connection of a client outlives the block."""
    before, threads = sockets(), {*threading.enumerate()}
    yield
    server.release()
    server.drain()
    # The threads of an event loop end soon after it.
    until(lambda: sockets() <= before)
    until(lambda: {*threading.enumerate()} - threads <= server.threads)
