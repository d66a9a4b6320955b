"""A driver that is closed lets its flow finish the file work that it has left."""

from __future__ import annotations

from collections.abc import Generator
from types import SimpleNamespace
from typing import Any

import pytest

from wan_ergonomic import Generation, Update
from wan_ergonomic._flows import FileWork, Flow, Report, Sleep
from wan_ergonomic._http import AsyncDriver, Driver

SEEN = Generation(id="an-id")


def flow(done: list[str]) -> Flow:
    """Report, pause, and do file work however it ends."""
    try:
        yield Report(Update(generation=SEEN, elapsed=0))
        yield Sleep(1)
    finally:
        yield FileWork(lambda: done.append("file closed"))
    return SEEN


class Pause:
    """An awaitable that needs no event loop and never ends."""

    def __await__(self) -> Generator[None]:
        while True:
            yield


def test_a_flow_that_is_given_up_after_a_report_does_its_file_work():
    """As when a caller leaves the loop over ``watch``."""
    done: list[str] = []
    runner: Any = SimpleNamespace()
    driver = Driver(flow(done), runner, lambda _: ())
    assert driver.next_update()
    driver.close()
    assert done == ["file closed"]


def test_a_coroutine_that_is_destroyed_in_a_pause_does_its_file_work():
    """As when its event loop ends: then nothing can be awaited any more."""
    done: list[str] = []

    async def pause(_: float) -> None:
        await Pause()

    runner: Any = SimpleNamespace(sleep=pause)
    driver = AsyncDriver(flow(done), runner, lambda _: ())
    with pytest.raises(StopIteration):
        driver.next_update().send(None)
    pausing = driver.next_update()
    pausing.send(None)
    pausing.close()
    driver.close()
    assert done == ["file closed"]
