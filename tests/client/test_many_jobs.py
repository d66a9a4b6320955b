"""Many jobs at once: submissions never queue, and status requests take turns."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import anyio
import pytest

from tests.conftest import CANARY_KEY
from tests.support.actions import Connection, Ended, Hang
from tests.support.responses import ID, PROMPT, accepted, completed, poll_response
from tests.support.waiting import auntil, until
from wan_ergonomic import (
    AsyncWanClient,
    ConnectionFailedError,
    PollingPolicy,
    RetryPolicy,
    Update,
    WanClient,
)

# More connections than httpx allows in a pool by default.
CROWD = 105
ALONE = PollingPolicy(in_flight=1)
ONCE = RetryPolicy(attempts=1)


@dataclass(frozen=True)
class Meet:
    """Continue once the barrier's number of requests is here; else end the connection in time."""

    barrier: threading.Barrier

    def run(self, _: Connection) -> None:
        """Wait for the others."""
        try:
            self.barrier.wait()
        except threading.BrokenBarrierError:
            raise Ended from None


def in_threads(client, call, count):
    """Make ``count`` calls on one sync client, each in a thread."""
    with client, ThreadPoolExecutor(count) as pool:
        return list(pool.map(lambda _: call(client), range(count)))


def in_tasks(client, call, count, backend="asyncio"):
    """Make ``count`` calls on one async client, each in a task."""
    results = []

    async def one():
        results.append(await call(client))

    async def crowd():
        async with client, anyio.create_task_group() as tasks:
            for _ in range(count):
                tasks.start_soon(one)

    anyio.run(crowd, backend=backend)
    return results


def in_trio_tasks(client, call, count):
    """Do as ``in_tasks`` does, under Trio."""
    return in_tasks(client, call, count, "trio")


CLIENTS = pytest.mark.parametrize(
    ("make", "together"),
    [(WanClient, in_threads), (AsyncWanClient, in_tasks), (AsyncWanClient, in_trio_tasks)],
)


@CLIENTS
def test_submissions_do_not_queue_for_a_connection(server, make, together):
    """A submission that waited for one would time out, and be taken for lost."""
    server.script("submit", (Meet(threading.Barrier(CROWD, timeout=10)), accepted()))
    client = make(CANARY_KEY, base_url=server.url)
    together(client, lambda wan: wan.submit(PROMPT), CROWD)
    assert (len(server.requests), server.most_at_once("submit")) == (CROWD, CROWD)


@CLIENTS
def test_few_status_requests_are_in_flight(server, make, together):
    """As many at once as the policy allows, however many jobs wait."""
    server.script("poll", (Hang(0.1), completed(server)))
    client = make(CANARY_KEY, base_url=server.url, polling=PollingPolicy(in_flight=4))
    together(client, lambda wan: wan.wait(ID), 20)
    assert (len(server.requests), server.most_at_once("poll")) == (20, 4)


@CLIENTS
def test_waiting_for_a_turn_takes_no_time_from_the_request(server, make, together):
    """Eight polls, one at a time, take longer together than each of them may: all succeed."""
    server.script("poll", *[(Hang(0.2), poll_response("generating"))] * 8, completed(server))
    polling = PollingPolicy(min_interval=0.01, max_interval=0.01, request_timeout=1.4, in_flight=1)
    updates: list[Update] = []
    client = make(CANARY_KEY, base_url=server.url, polling=polling)
    together(client, lambda wan: wan.wait(ID, on_update=updates.append), 8)
    assert [update.error for update in updates if update.error] == []
    assert server.most_at_once("poll") == 1


def test_submissions_do_not_wait_for_status_requests(server):
    """A job can be started while every poll hangs."""
    server.script("poll", Hang())
    server.script("submit", accepted())
    with (
        WanClient(CANARY_KEY, base_url=server.url, polling=ALONE, retrying=ONCE) as wan,
        ThreadPoolExecutor(1) as pool,
    ):
        poll = pool.submit(wan.status, ID, timeout=5)
        until(lambda: server.requests)
        assert wan.submit(PROMPT).id == ID
        server.release()
        assert isinstance(poll.exception(), ConnectionFailedError)


def test_a_deadline_bounds_the_wait_for_a_turn_among_threads(server):
    """The error says that nothing was sent, and why."""
    server.script("poll", Hang())
    with (
        WanClient(CANARY_KEY, base_url=server.url, polling=ALONE, retrying=ONCE) as wan,
        ThreadPoolExecutor(1) as pool,
    ):
        pool.submit(wan.status, "first", timeout=5)
        until(lambda: server.requests)
        with pytest.raises(ConnectionFailedError, match="Other status requests") as caught:
            wan.status("second", timeout=0.1)
        server.release()
    assert (caught.value.sent, len(server.received("poll"))) == (False, 1)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_deadline_bounds_the_wait_for_a_turn_among_tasks(server, backend):
    """The error says that nothing was sent, and why."""
    server.script("poll", Hang())

    async def main() -> None:
        async with (
            AsyncWanClient(CANARY_KEY, base_url=server.url, polling=ALONE, retrying=ONCE) as wan,
            anyio.create_task_group() as group,
        ):
            group.start_soon(wan.status, "first")
            await auntil(lambda: server.requests)
            with pytest.raises(ConnectionFailedError, match="Other status requests") as caught:
                await wan.status("second", timeout=0.1)
            assert not caught.value.sent
            group.cancel_scope.cancel()

    anyio.run(main, backend=backend)
    assert len(server.received("poll")) == 1


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_cancelled_wait_frees_its_turn(server, backend):
    """The next poll can be made at once, and no connection is left open."""
    server.script("poll", Hang(), completed(server))

    async def main() -> None:
        async with AsyncWanClient(CANARY_KEY, base_url=server.url, polling=ALONE) as wan:
            async with anyio.create_task_group() as group:
                group.start_soon(wan.wait, "first")
                await auntil(lambda: server.requests)
                group.cancel_scope.cancel()
            assert (await wan.wait("second", timeout=5)).completed

    anyio.run(main, backend=backend)
