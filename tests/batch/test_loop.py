"""A batch's own event loop, which a Ctrl-C ends."""

from __future__ import annotations

import asyncio
import signal
import threading
from contextlib import suppress

import pytest

from tests.support.waiting import until
from wan_ergonomic.batch import _loop

from .opened import new


@pytest.fixture
def own_handler():
    """Python's own handler of Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    signal.signal(signal.SIGINT, before)


def test_what_is_cut_off_is_not_waited_for(monkeypatch):
    """Not even a task that does not let itself be cancelled."""
    monkeypatch.setattr(_loop, "_CLEANUP_SECONDS", 0.05)
    tasks = []

    async def stubborn():
        while True:
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(60)

    async def interrupted():
        tasks.append(asyncio.create_task(stubborn()))
        await asyncio.sleep(0)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _loop.run_in_loop(interrupted())
    assert not tasks[0].done()


@pytest.mark.usefixtures("own_handler")
@pytest.mark.parametrize("presses", [1, 2])
def test_ctrl_c_cancels_a_run(tmp_path, monkeypatch, presses):
    """A second one is raised where the program is."""

    async def endless(*_):
        for _press in range(presses):
            signal.raise_signal(signal.SIGINT)
        await asyncio.sleep(60)

    with new(tmp_path) as batch:
        monkeypatch.setattr(batch, "arun", endless)
        with pytest.raises(KeyboardInterrupt):
            batch.run()
        assert not batch.cancel()


@pytest.mark.usefixtures("own_handler")
def test_ctrl_c_before_a_run_begins_is_raised_at_once():
    """There is nothing to cancel."""
    with pytest.raises(KeyboardInterrupt), _loop.interruptible(lambda: False):
        signal.raise_signal(signal.SIGINT)


@pytest.mark.usefixtures("own_handler")
def test_a_run_can_be_cancelled_from_another_thread(tmp_path, monkeypatch):
    """No Ctrl-C is reported then."""

    async def endless(*_):
        await asyncio.sleep(60)

    with new(tmp_path) as batch:
        monkeypatch.setattr(batch, "arun", endless)
        thread = threading.Thread(target=until, args=(batch.cancel,))
        thread.start()
        with pytest.raises(asyncio.CancelledError):
            batch.run()
        thread.join()


def test_the_handler_of_a_caller_stays(tmp_path, monkeypatch):
    """It decides what a Ctrl-C does."""
    called = []
    before = signal.signal(signal.SIGINT, lambda *_: called.append("mine"))

    async def interrupted(*_):
        signal.raise_signal(signal.SIGINT)

    try:
        with new(tmp_path) as batch:
            monkeypatch.setattr(batch, "arun", interrupted)
            batch.run()
    finally:
        signal.signal(signal.SIGINT, before)
    assert called == ["mine"]
