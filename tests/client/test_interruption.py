"""A call that a signal or a cancellation ends says what was paid for, and leaves nothing open."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from contextlib import contextmanager
from pathlib import Path

import anyio
import pytest

from tests.conftest import CANARY_KEY, ClientKind
from tests.support.actions import response
from tests.support.loopback import Loopback
from tests.support.open_things import nothing_left_open
from tests.support.responses import ID, PROMPT, completed
from tests.support.stages import STAGES, check_explained, check_resumes, has_reached, stop_at
from tests.support.waiting import auntil, until
from wan_ergonomic import AsyncWanClient, PollingPolicy, WanClient
from wan_ergonomic._clock import Clock
from wan_ergonomic._flows import NOT_SENT
from wan_ergonomic.ledger import Ledger

# Between two polls the client waits for longer than any test takes.
SLOW = PollingPolicy(min_interval=20, max_interval=20)


class StoppedError(KeyboardInterrupt):
    """An exception that a program raises on a signal."""


@pytest.fixture(params=[signal.SIGINT, signal.SIGTERM])
def stop(request):
    """A function that sends this process a signal, on which the main thread raises."""

    def raise_stopped(*_: object) -> None:
        raise StoppedError

    before = signal.signal(request.param, raise_stopped)
    yield lambda: os.kill(os.getpid(), request.param)
    signal.signal(request.param, before)


@contextmanager
def stopping(server: Loopback, stage: str, stop):
    """Send the signal as soon as the job has got to a stage."""

    def watch() -> None:
        until(lambda: has_reached(server, stage))
        # Time for the response, and for the first bytes of a video.
        threading.Event().wait(0.03)
        stop()

    watcher = threading.Thread(target=watch)
    watcher.start()
    with pytest.raises(StoppedError) as caught:
        yield caught
    watcher.join()


@pytest.mark.parametrize("stage", STAGES)
def test_a_signal_ends_a_call_with_all_that_is_needed_to_continue(
    server, stage, stop, tmp_path, caplog
):
    """The exception of Ctrl-C or SIGTERM gets a note, which is logged too."""
    stop_at(server, stage)
    with nothing_left_open(server):
        with (
            stopping(server, stage, stop) as caught,
            WanClient(CANARY_KEY, base_url=server.url, polling=SLOW) as wan,
        ):
            wan.download(wan.generate(PROMPT), tmp_path / "v.mp4")
        for text in ("\n".join(getattr(caught.value, "__notes__", [])), caplog.text):
            check_explained(server, stage, text)
        assert CANARY_KEY not in caplog.text
    check_resumes(ClientKind("sync"), server, stage, tmp_path / "v.mp4")


def test_a_client_can_be_used_after_an_interruption(server, stop):
    """Only the call is over."""
    stop_at(server, "poll")
    with WanClient(CANARY_KEY, base_url=server.url) as wan:
        with stopping(server, "poll", stop):
            wan.generate(PROMPT)
        server.script("poll", completed(server))
        assert wan.wait(ID).completed


# Each of these starts a call, is resumed once to cancel it, and yields the exception that the
# call ended with; None where nothing outside sees one.


async def by_task(call):
    """Cancel the task that makes the call."""
    task = asyncio.ensure_future(call())
    yield
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    yield caught.value


async def by_timeout(call):
    """Let the call exceed a timeout of asyncio."""
    limit = asyncio.timeout(None)

    async def limited():
        async with limit:
            await call()

    task = asyncio.ensure_future(limited())
    yield
    limit.reschedule(0)
    with pytest.raises(TimeoutError) as caught:
        await task
    yield caught.value.__cause__


async def by_failing_task(call):
    """Let another task of the same group fail."""
    failing = asyncio.Event()

    async def fail():
        await failing.wait()
        raise LookupError

    async def group():
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(call())
            tasks.create_task(fail())

    task = asyncio.ensure_future(group())
    yield
    failing.set()
    with pytest.raises(ExceptionGroup):
        await task
    yield None


async def by_scope(call):
    """Cancel the scope around the call."""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(call)
        yield
        tasks.cancel_scope.cancel()
    yield None


CANCELLATIONS = [("asyncio", by_task), ("asyncio", by_timeout), ("asyncio", by_failing_task)]
CANCELLATIONS += [("asyncio", by_scope), ("trio", by_scope)]


async def cancelled(server: Loopback, stage: str, way, path: Path):
    """Make a call, cancel it at a stage, and return the exception that it ended with."""
    backend, cancel = way

    async def call():
        async with AsyncWanClient(CANARY_KEY, base_url=server.url, polling=SLOW) as wan:
            await wan.download(await wan.generate(PROMPT), path)

    steps = cancel(call)
    await anext(steps)
    await auntil(lambda: has_reached(server, stage))
    await anyio.sleep(0.03)
    error = await anext(steps)
    if backend == "asyncio":
        assert asyncio.all_tasks() == {asyncio.current_task()}
    await steps.aclose()
    return error


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("way", CANCELLATIONS, ids=lambda way: f"{way[0]}-{way[1].__name__}")
def test_a_cancellation_ends_a_call_with_all_that_is_needed_to_continue(
    server, stage, way, tmp_path, caplog
):
    """The exception gets a note; it is logged too, for the exception may never be seen."""
    path = tmp_path / "v.mp4"
    stop_at(server, stage)
    with nothing_left_open(server):
        error = anyio.run(cancelled, server, stage, way, path, backend=way[0])
        if error is not None:
            check_explained(server, stage, "\n".join(getattr(error, "__notes__", [])))
        check_explained(server, stage, caplog.text)
    check_resumes(ClientKind(way[0]), server, stage, path)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("stage", STAGES)
def test_a_client_can_be_closed_in_a_cancelled_scope(server, stage, backend, tmp_path):
    """Each connection is closed, though nothing can be awaited there any more."""
    stop_at(server, stage)

    async def main():
        made = AsyncWanClient(CANARY_KEY, base_url=server.url, polling=SLOW)
        with anyio.move_on_after(0.5):
            async with made as wan:
                await wan.download(await wan.generate(PROMPT), tmp_path / "v.mp4")

    with nothing_left_open(server):
        anyio.run(main, backend=backend)
    assert has_reached(server, stage)


class Paused(Clock):
    """A clock whose sleeps are interrupted, or never end."""

    def __init__(self) -> None:
        self.reached = anyio.Event()

    def sleep(self, seconds: float) -> None:
        """Raise what a signal raises."""
        del seconds
        raise StoppedError

    async def asleep(self, seconds: float) -> None:
        """Sleep until it is cancelled."""
        del seconds
        self.reached.set()
        await anyio.sleep_forever()


def submit_between_attempts(server: Loopback, ledger: Ledger) -> None:
    """Submit with the client, and interrupt it while it waits to submit again."""
    with WanClient(CANARY_KEY, base_url=server.url, clock=Paused(), ledger=ledger) as wan:
        wan.submit(PROMPT)


async def asubmit_between_attempts(server: Loopback, ledger: Ledger) -> None:
    """Do it with the async client."""
    clock = Paused()
    made = AsyncWanClient(CANARY_KEY, base_url=server.url, clock=clock, ledger=ledger)
    async with made as wan, anyio.create_task_group() as tasks:
        tasks.start_soon(wan.submit, PROMPT)
        await clock.reached.wait()
        tasks.cancel_scope.cancel()


@pytest.mark.parametrize("backend", ["sync", "asyncio", "trio"])
def test_an_interruption_between_two_attempts_leaves_no_doubt(server, backend, tmp_path, caplog):
    """The first was rejected, and the second was not sent."""
    server.script("submit", response(429, b"{}"))
    ledger = Ledger(tmp_path / "ledger")
    if backend == "sync":
        with pytest.raises(StoppedError) as caught:
            submit_between_attempts(server, ledger)
        assert caught.value.__notes__ == [NOT_SENT]
    else:
        anyio.run(asubmit_between_attempts, server, ledger, backend=backend)
    assert NOT_SENT in caplog.text
    assert "may have been accepted" not in caplog.text
    (job,) = ledger.jobs()
    assert (job.outcome, len(server.received("submit"))) == ("rejected", 1)
    assert str(job.error).endswith("Nothing was accepted or charged.")


def test_an_interruption_between_two_attempts_needs_no_ledger(server):
    """There is nothing to record it in."""
    server.script("submit", response(429, b"{}"))
    with (
        WanClient(CANARY_KEY, base_url=server.url, clock=Paused()) as wan,
        pytest.raises(StoppedError) as caught,
    ):
        wan.submit(PROMPT)
    assert caught.value.__notes__ == [NOT_SENT]


def test_an_interruption_before_a_submission_is_sent_leaves_no_doubt(server, tmp_path, monkeypatch):
    """While its ledger is written, for example."""

    def interrupted(*_: object, **__: object) -> int:
        raise StoppedError

    monkeypatch.setattr(Ledger, "begin", interrupted)
    ledger = Ledger(tmp_path / "ledger")
    with (
        WanClient(CANARY_KEY, base_url=server.url, ledger=ledger) as wan,
        pytest.raises(StoppedError) as caught,
    ):
        wan.submit(PROMPT)
    assert (caught.value.__notes__, server.received("submit")) == ([NOT_SENT], [])
