"""Waiting in real time for something that happens elsewhere, with a limit."""

from __future__ import annotations

import time
from collections.abc import Callable

import anyio

SECONDS = 60.0
PAUSE = 0.002


def until(happened: Callable[[], object], seconds: float = SECONDS, pause: float = PAUSE) -> None:
    """Call a function until it returns something true, with ``pause`` seconds between calls.

    Raises:
        AssertionError: It did not within ``seconds`` seconds.
    """
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, f"It did not happen within {seconds} seconds."
        time.sleep(pause)


async def auntil(happened: Callable[[], object], seconds: float = SECONDS) -> None:
    """Do as ``until`` does, in an event loop."""
    with anyio.fail_after(seconds):
        while not happened():
            await anyio.sleep(PAUSE)
