"""Runs a batch until nothing is left to do; Ctrl-C once finishes what was sent."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from wan_ergonomic.cli._streams import report_prose

if TYPE_CHECKING:
    from wan_ergonomic.batch import Batch, Status

_STOPPING = (
    "wan: nothing more is sent; what was sent is being finished. Ctrl-C again stops at once."
)


def run_batch(batch: Batch, client: Callable[[], Any], **options: Any) -> Status:
    """Run a batch.

    Args:
        batch: The batch.
        client: Makes its client.
        **options: Those of ``Batch.arun``.

    Raises:
        WanError: It cannot be run.
        KeyboardInterrupt: It was interrupted twice.
    """
    with _stopping(batch):
        return asyncio.run(_run(batch, client, options))


async def _run(batch: Batch, client: Callable[[], Any], options: dict[str, Any]) -> Status:
    return await batch.arun(client(), **options)


@contextmanager
def _stopping(batch: Batch) -> Iterator[None]:
    """Let the first signal stop the batch gently."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def stop(number: int, frame: Any) -> None:
        handler = before[signal.Signals(number)]
        if batch.stop("it was interrupted") and callable(handler):
            handler(number, frame)
        report_prose(_STOPPING)

    for number in before:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
