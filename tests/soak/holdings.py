"""What this process holds: sockets, tasks, threads, memory. Counts only; judges nothing."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import os
import re
import stat
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_STATUS = Path("/proc/self/status")
# anyio keeps at most forty of them, until its event loop ends.
_WORKER = "AnyIO worker thread"


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a process holds at one moment.

    Attributes:
        sockets: Open ones; None where they cannot be counted (Windows).
        tasks: Of the running event loop, except the current one.
        threads: Names of all but the event loop's workers, which it keeps for its next file work.
        objects: Blocks of Python's own memory that are in use.
        memory: Resident bytes; None where the system does not tell (but Linux).
    """

    sockets: int | None
    tasks: int
    threads: tuple[str, ...]
    objects: int
    memory: int | None


async def holdings() -> Holdings:
    """Count, once what may be freed is freed."""
    # What was closed is gone from the loop after its next turns.
    for _ in range(3):
        await asyncio.sleep(0)
    gc.collect()
    _trim()
    return Holdings(
        sockets=_sockets(),
        tasks=len(asyncio.all_tasks()) - 1,
        threads=tuple(
            thread.name for thread in threading.enumerate() if not thread.name.startswith(_WORKER)
        ),
        objects=sys.getallocatedblocks(),
        memory=_status("VmRSS"),
    )


def peak_memory() -> int | None:
    """Return the most bytes that were ever resident, where the system tells."""
    return _status("VmHWM")


def _sockets() -> int | None:
    try:
        numbers = [int(name) for name in os.listdir("/dev/fd")]
    except OSError:
        return None
    found = 0
    for number in numbers:
        # The folder's own descriptor is closed by now.
        with suppress(OSError):
            found += stat.S_ISSOCK(os.fstat(number).st_mode)
    return found


def _status(name: str) -> int | None:
    if not _STATUS.exists():
        return None
    found = re.search(rf"{name}:\s+(\d+) kB", _STATUS.read_text())
    return int(found[1]) * 1024 if found else None


def _trim() -> None:
    """Let the C library give back what it keeps for later, where it knows how."""
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
