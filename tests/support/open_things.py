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


def started() -> set[threading.Thread]:
    """Return the threads that this process has started, but for those that Trio keeps."""
    return {each for each in threading.enumerate() if not each.name.startswith("Trio")}


@contextmanager
def nothing_left_open(server: Loopback) -> Iterator[None]:
    """Check that no socket, thread or connection of a client outlives the block."""
    before, threads = sockets(), started()
    yield
    server.release()
    server.drain()
    # The threads of an event loop end soon after it, or are kept by Trio for the next one.
    until(lambda: sockets() <= before)
    until(lambda: started() - threads <= server.threads)
