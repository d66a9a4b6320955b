"""Many jobs at once: nobody waits unseen, and nobody is taken for lost who only waited."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import anyio
import pytest

from tests.conftest import CANARY_KEY
from tests.support.actions import Connection, Ended, Hang
from tests.support.responses import ID, PROMPT, accepted, completed, poll_response
from wan_ergonomic import AsyncWanClient, PollingPolicy, Update, WanClient

# More than httpx lets into a pool unless it is told otherwise.
CROWD = 105
SLOW = PollingPolicy(min_interval=0.01, max_interval=0.01, request_timeout=2, in_flight=1)


@dataclass(frozen=True)
class Meet:
    """Go on as soon as this many are here at once; if they never are, end the connection."""

    barrier: threading.Barrier

    def run(self, _: Connection) -> None:
        """Wait for the others."""
        try:
            self.barrier.wait()
        except threading.BrokenBarrierError:
            raise Ended from None


def in_threads(client, act, count):
    """Call a method so many times at once on one blocking client."""
    with client, ThreadPoolExecutor(count) as pool:
        return list(pool.map(lambda _: act(client), range(count)))


def in_tasks(client, act, count):
    """Await a method so many times at once on one asynchronous client."""
    results = []

    async def one():
        results.append(await act(client))

    async def crowd():
        async with client, anyio.create_task_group() as tasks:
            for _ in range(count):
                tasks.start_soon(one)

    anyio.run(crowd)
    return results


CLIENTS = pytest.mark.parametrize(
    ("make", "together"), [(WanClient, in_threads), (AsyncWanClient, in_tasks)]
)


@CLIENTS
def test_submissions_do_not_queue_for_a_connection(server, make, together):
    """A submission that waited in a pool would be taken for lost when its time is over."""
    server.script("submit", (Meet(threading.Barrier(CROWD, timeout=10)), accepted()))
    client = make(CANARY_KEY, base_url=server.url)
    together(client, lambda wan: wan.submit(PROMPT), CROWD)
    assert (len(server.requests), server.most_at_once("submit")) == (CROWD, CROWD)


@CLIENTS
def test_waiting_for_a_turn_takes_no_time_from_the_request(server, make, together):
    """Eight looks of three tenths of a second each, one at a time: none of them is too late."""
    server.script("poll", *[(Hang(0.3), poll_response("generating"))] * 8, completed(server))
    updates: list[Update] = []
    client = make(CANARY_KEY, base_url=server.url, polling=SLOW)
    together(client, lambda wan: wan.wait(ID, on_update=updates.append), 8)
    assert [update.error for update in updates if update.error] == []
    assert server.most_at_once("poll") == 1
