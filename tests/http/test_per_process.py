"""What belongs to one event loop is found by everyone who asks in that loop."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import anyio.lowlevel

from wan_ergonomic._http import _per_process


def test_threads_that_ask_first_at_once_share_one_variable(monkeypatch):
    """Otherwise the connections of one of them would be forgotten, and left open."""

    class Slow(anyio.lowlevel.RunVar[object]):
        """Takes long enough to be made twice."""

        def __init__(self, name: str) -> None:
            time.sleep(0.05)
            super().__init__(name)

    monkeypatch.setattr(_per_process, "_made", {})
    monkeypatch.setattr(anyio.lowlevel, "RunVar", Slow)
    together = Barrier(2)

    def ask() -> object:
        together.wait()
        return _per_process._loops()

    with ThreadPoolExecutor(2) as threads:
        first, second = threads.submit(ask), threads.submit(ask)
    assert first.result() is second.result()
