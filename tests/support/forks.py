"""Calls a function in a child process that is a copy of this one, as ``os.fork`` makes it."""

from __future__ import annotations

import os
import pickle
import select
import signal
from collections.abc import Callable
from typing import Any

SECONDS = 60.0


def in_child(act: Callable[[], Any]) -> Any:
    """Return what a function returns in a child process, or raise what it raises there.

    The child ends without any clean-up, as those of multiprocessing do.

    Raises:
        AssertionError: The child has not ended within a minute.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _report(act, writing)
    os.close(writing)
    try:
        with open(reading, "rb") as pipe:
            ready, _, _ = select.select([pipe], [], [], SECONDS)
            assert ready, "The child process hangs."
            returned, raised = pickle.load(pipe)  # noqa: S301 - made by this module
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if raised:
        raise raised
    return returned


def _report(act: Callable[[], Any], writing: int) -> None:
    """Call a function, write the outcome to a pipe, and end this process."""
    returned = raised = None
    try:
        returned = act()
    except BaseException as error:  # noqa: BLE001 - raised by the parent process
        raised = error
    with open(writing, "wb") as pipe:
        pickle.dump((returned, raised), pipe)
    os._exit(0)
