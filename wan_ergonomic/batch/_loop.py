"""Runs a batch in an event loop of its own, which a Ctrl-C or its end really ends."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")

# Enough to record what has come, and to close connections.
_CLEANUP_SECONDS = 3.0


def run_in_loop(work: Coroutine[Any, Any, T]) -> T:
    """Do as ``asyncio.run``, but do not wait for long for what is cut off."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(work)
    finally:
        # The engine's tasks may wait for threads of it that have ended. They have nothing to tell.
        loop.set_exception_handler(lambda *_: None)
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        if tasks:
            loop.run_until_complete(asyncio.wait(tasks, timeout=_CLEANUP_SECONDS))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


@contextmanager
def interruptible(cancel: Callable[[], bool]) -> Iterator[None]:
    """Let Ctrl-C cancel a run; a second one, or one without a run, is raised at once.

    Python's own handler would raise in the middle of the event loop, where the engine may catch
    it. The handler of a caller stays in place.

    Args:
        cancel: Cancels the run; returns whether there is one.
    """
    own, pressed = signal.default_int_handler, False
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or signal.getsignal(signal.SIGINT) is not own:
        yield
        return

    def handle(number: int, frame: Any) -> None:
        nonlocal pressed
        before, pressed = pressed, True
        if before or not cancel():
            own(number, frame)

    signal.signal(signal.SIGINT, handle)
    try:
        yield
    except asyncio.CancelledError:
        if pressed:
            raise KeyboardInterrupt from None
        raise
    finally:
        signal.signal(signal.SIGINT, own)
