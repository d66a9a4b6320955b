"""Whoever is interrupted knows what was paid for, leaves nothing open, and can go on."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
from contextlib import contextmanager, suppress
from pathlib import Path

import anyio
import pytest

from tests.conftest import CANARY_KEY, ClientKind
from tests.support.actions import Hang, Serve, Stage
from tests.support.loopback import Entry, Loopback
from tests.support.responses import ID, PROMPT, VIDEO, accepted, completed, poll_response
from tests.support.waiting import auntil, until
from wan_ergonomic import AsyncWanClient, PollingPolicy, WanClient, WanError
from wan_ergonomic._flows import CLIENT_REQUEST_ID

STAGES = ("submit", "between polls", "poll", "download")
# Nothing goes on by itself between two looks.
SLOW = PollingPolicy(min_interval=20, max_interval=20)


def sockets() -> set[str]:
    """Return the sockets that this process has open."""
    found = set()
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError):
            found.add(os.readlink(f"/proc/self/fd/{name}"))
    return {target for target in found if target.startswith("socket:")}


@contextmanager
def nothing_left(server: Loopback):
    """No socket, thread or connection outlives the block."""
    before, threads = sockets(), {*threading.enumerate()}
    yield
    server.release()
    server.drain()
    assert sockets() <= before
    assert {*threading.enumerate()} - threads <= server.threads


def stop_at(server: Loopback, stage: str) -> None:
    """Let a job come as far as a stage, and no further."""
    server.script("submit", Hang() if stage == "submit" else accepted())
    looks: dict[str, Entry] = {"poll": Hang(), "between polls": poll_response("queued")}
    server.script("poll", looks.get(stage, completed(server)))
    server.script("download", Serve(VIDEO, cut=1000, then=(Hang(),)))


def arrived(server: Loopback, stage: str) -> bool:
    """Whether the job has come as far as the stage."""
    asked: dict[str, Stage] = {"submit": "submit", "download": "download"}
    return bool(server.received(asked.get(stage, "poll")))


def check_told(server: Loopback, stage: str, said: str) -> None:
    """Check that a text tells what became of the money."""
    if stage == "submit":
        assert f"{CLIENT_REQUEST_ID} {asked_by(server)}." in said
        assert "may have been accepted and billed" in said
    elif stage != "download":
        assert f"wait({ID!r}) picks it up again" in said


def asked_by(server: Loopback) -> str:
    """Return the id that the vendor can be asked about."""
    return server.received("submit")[0].headers[CLIENT_REQUEST_ID.lower()]


def check_resumes(client_kind: ClientKind, server: Loopback, stage: str, path: Path) -> None:
    """Check that another client goes on from there, for the one price."""
    server.script("poll", completed(server))
    server.script("download", Serve(VIDEO))
    with client_kind.client(base_url=server.url) as wan:
        wan.download(wan.wait(ID), path)
    assert path.read_bytes() == VIDEO
    assert [found.name for found in path.parent.iterdir()] == [path.name]
    assert len(server.received("submit")) == 1
    resumed = server.received("download")[-1].headers.get("range")
    assert resumed == ("bytes=1000-" if stage == "download" else None)


# By signals


class StoppedError(KeyboardInterrupt):
    """What a program may make of a signal."""


@pytest.fixture(params=[signal.SIGINT, signal.SIGTERM])
def stop(request):
    """Raise an exception in the main thread, as programs do on a signal; returns how to."""

    def stopped(*_: object) -> None:
        raise StoppedError

    before = signal.signal(request.param, stopped)
    yield lambda: os.kill(os.getpid(), request.param)
    signal.signal(request.param, before)


@contextmanager
def stopping(server: Loopback, stage: str, stop):
    """Stop the block by a signal as soon as the job has come to a stage."""

    def watch() -> None:
        until(lambda: arrived(server, stage))
        # Time for the answer, and for the first bytes of a video.
        threading.Event().wait(0.03)
        stop()

    watcher = threading.Thread(target=watch)
    watcher.start()
    with pytest.raises(StoppedError) as caught:
        yield caught
    watcher.join()


@pytest.mark.parametrize("stage", STAGES)
def test_a_signal_ends_a_call_and_says_what_goes_on(server, stage, stop, tmp_path, caplog):
    """Ctrl-C and SIGTERM come through at once, with all that is needed to go on."""
    stop_at(server, stage)
    with nothing_left(server):
        with (
            stopping(server, stage, stop) as caught,
            WanClient(CANARY_KEY, base_url=server.url, polling=SLOW) as wan,
        ):
            wan.download(wan.generate(PROMPT), tmp_path / "v.mp4")
        for said in ("\n".join(getattr(caught.value, "__notes__", [])), caplog.text):
            check_told(server, stage, said)
        assert CANARY_KEY not in caplog.text
    with Loopback() as later:
        later.requests = server.requests
        check_resumes(ClientKind("sync"), later, stage, tmp_path / "v.mp4")


def test_a_client_goes_on_after_an_interruption(server, stop):
    """What was interrupted is over; the client is not."""
    stop_at(server, "poll")
    with WanClient(CANARY_KEY, base_url=server.url) as wan:
        with stopping(server, "poll", stop):
            wan.generate(PROMPT)
        server.script("poll", completed(server))
        assert wan.wait(ID).completed


# By cancellation


async def by_task(call):
    """Cancel the task that makes the call."""
    task = asyncio.ensure_future(call())
    yield
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    yield caught.value


async def by_timeout(call):
    """Let the call run into asyncio's own timeout."""
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


async def by_sibling(call):
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


WAYS = [("asyncio", by_task), ("asyncio", by_timeout), ("asyncio", by_sibling)]
WAYS += [("asyncio", by_scope), ("trio", by_scope)]


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("way", WAYS, ids=lambda way: f"{way[0]}-{way[1].__name__}")
def test_a_cancellation_ends_a_call_and_says_what_goes_on(server, stage, way, tmp_path, caplog):
    """The exception says it; where nobody sees the exception, the log does."""
    backend, cancel = way
    stop_at(server, stage)

    async def main():
        async def call():
            async with AsyncWanClient(CANARY_KEY, base_url=server.url, polling=SLOW) as wan:
                await wan.download(await wan.generate(PROMPT), tmp_path / "v.mp4")

        steps = cancel(call)
        await anext(steps)
        await auntil(lambda: arrived(server, stage))
        await anyio.sleep(0.03)
        error = await anext(steps)
        if backend == "asyncio":
            assert asyncio.all_tasks() == {asyncio.current_task()}
        await steps.aclose()
        return error

    with nothing_left(server):
        error = anyio.run(main, backend=backend)
        if error is not None:
            check_told(server, stage, "\n".join(getattr(error, "__notes__", [])))
        check_told(server, stage, caplog.text)
    with Loopback() as later:
        later.requests = server.requests
        check_resumes(ClientKind(backend), later, stage, tmp_path / "v.mp4")


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("stage", STAGES)
def test_a_client_can_be_closed_in_a_scope_that_is_cancelled(server, stage, backend, tmp_path):
    """Each of its connections is closed, though nothing can be awaited there any more."""
    stop_at(server, stage)

    async def main():
        with anyio.move_on_after(0.2):
            async with AsyncWanClient(CANARY_KEY, base_url=server.url, polling=SLOW) as wan:
                await wan.download(await wan.generate(PROMPT), tmp_path / "v.mp4")

    with nothing_left(server):
        anyio.run(main, backend=backend)
    assert arrived(server, stage)


# By the caller's own code


class OwnError(Exception):
    """What a caller's own code raises."""


@pytest.mark.parametrize("own", [OwnError, WanError, StopIteration])
@pytest.mark.parametrize("act", ["submit", "generate"])
def test_the_id_survives_whatever_a_callback_raises(client_kind, server, own, act, caplog):
    """Even one that comes before the id could be returned."""

    def fail(_: object) -> None:
        raise own("enough")

    server.script("submit", accepted(status="dreaming"))
    with (
        nothing_left(server),
        client_kind.client(base_url=server.url, on_drift=fail) as wan,
        pytest.raises((own, RuntimeError)) as caught,
    ):
        getattr(wan, act)(PROMPT)
    notes = [
        *getattr(caught.value, "__notes__", []),
        *getattr(caught.value.__cause__, "__notes__", []),
    ]
    assert any(f"wait({ID!r})" in note for note in notes)
    assert f"wait({ID!r})" in caplog.text


def test_a_callback_that_fails_later_leaves_the_id_too(client_kind, server):
    """Whether or not anybody noted it."""

    def fail(_: object) -> None:
        raise OwnError

    server.script("submit", accepted())
    server.script("poll", poll_response("queued"))
    with (
        nothing_left(server),
        client_kind.client(base_url=server.url) as wan,
        pytest.raises(OwnError) as caught,
    ):
        wan.generate(PROMPT, on_update=fail)
    check_told(server, "poll", "".join(caught.value.__notes__))


def test_progress_that_fails_leaves_a_part_to_go_on_from(client_kind, server, tmp_path):
    """As any other interruption."""

    def fail(*_: object) -> None:
        raise OwnError

    stop_at(server, "download")
    with (
        nothing_left(server),
        client_kind.client(base_url=server.url) as wan,
        pytest.raises(OwnError),
    ):
        wan.download(wan.generate(PROMPT), tmp_path / "v.mp4", on_progress=fail)
    with Loopback() as later:
        later.requests = server.requests
        check_resumes(client_kind, later, "download", tmp_path / "v.mp4")


def test_an_end_that_was_planned_says_nothing(client_kind, server, clock, caplog):
    """Neither a good end, nor leaving a watch, nor an error of this library's own."""
    server.script("submit", accepted())
    server.script("poll", poll_response("queued"), poll_response("queued"), poll_response("error"))
    with (
        caplog.at_level(logging.DEBUG, "wan_ergonomic"),
        client_kind.client(base_url=server.url, clock=clock) as wan,
    ):
        for _ in wan.watch(wan.submit(PROMPT)):
            break
        with pytest.raises(WanError) as caught:
            wan.generate(PROMPT)
    assert not hasattr(caught.value, "__notes__")
    assert [record for record in caplog.records if record.name == "wan_ergonomic"] == []
