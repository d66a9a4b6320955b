"""One async client may be used from several event loops, one after the other or at once."""

from __future__ import annotations

import asyncio
import gc
import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from typing import Any

import anyio
import httpx
import pytest

from tests.conftest import CANARY_KEY
from tests.support.actions import Serve
from tests.support.open_things import sockets
from tests.support.responses import ID, PROMPT, VIDEO, accepted, finished, poll_response
from tests.support.waiting import until
from wan_ergonomic import AsyncWanClient, ConfigurationError

# The first use imports it in a thread, which trio keeps for some seconds.
import_module("wan_ergonomic._http")

POLLS = 12
TRANSPORTS: dict[str, Callable[[], Any]] = {
    "default": lambda: None,
    "own": httpx.AsyncHTTPTransport,
}


@pytest.fixture(params=TRANSPORTS)
def wan(request, server) -> AsyncWanClient:
    """A client that is not closed, over a transport of its own or the caller's."""
    server.script("submit", accepted())
    server.script("poll", poll_response("queued"))
    server.script("download", Serve(VIDEO))
    transport = TRANSPORTS[request.param]()
    return AsyncWanClient(CANARY_KEY, base_url=server.url, transport=transport)


@contextmanager
def no_socket_left_open() -> Iterator[None]:
    """Check that the loops of a block close what they have opened; threads may idle for longer."""
    before = sockets()
    yield
    until(lambda: sockets() <= before)


async def polls(wan: AsyncWanClient) -> list[str]:
    """Poll more often at once than a client sends, and return the statuses."""
    statuses: list[str] = []

    async def poll() -> None:
        statuses.append((await wan.status(ID, timeout=30)).status)

    async with anyio.create_task_group() as tasks:
        for _ in range(POLLS):
            tasks.start_soon(poll)
    return statuses


@pytest.mark.parametrize(
    "backends", [["asyncio"] * 3, ["asyncio", "trio"] * 2, ["trio", "asyncio"]]
)
def test_a_client_works_in_one_loop_after_another(server, wan, backends):
    """Each loop has connections and slots of its own, which end with it."""
    file = io.BytesIO()
    with no_socket_left_open():
        for backend in backends:
            assert anyio.run(polls, wan, backend=backend) == ["queued"] * POLLS
            assert anyio.run(wan.submit, PROMPT, backend=backend).id == ID
        anyio.run(wan.download, finished(server), file)
        assert file.getvalue() == VIDEO


def test_a_client_works_in_several_loops_at_once(wan):
    """In a thread each, with few polls of each loop at once."""
    with no_socket_left_open(), ThreadPoolExecutor(4) as pool:
        runs = [
            pool.submit(partial(anyio.run, polls, wan, backend=backend))
            for backend in ("asyncio", "trio") * 2
        ]
        assert [run.result(60) for run in runs] == [["queued"] * POLLS] * 4


def test_closing_a_client_whose_loop_has_ended_is_silent(wan):
    """Every time, in whichever loop."""
    asyncio.run(wan.status(ID))
    asyncio.run(wan.close())
    anyio.run(wan.close, backend="trio")
    with pytest.raises(ConfigurationError, match="was closed"):
        asyncio.run(wan.status(ID))


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_a_loop_may_be_closed_without_care(wan):
    """Not everybody uses asyncio.run, which ends generators before it closes the loop."""
    for _ in range(2):
        loop = asyncio.new_event_loop()
        assert loop.run_until_complete(wan.status(ID)).status == "queued"
        loop.close()
    asyncio.run(wan.close())
    gc.collect()


def test_a_client_that_is_dropped_leaves_nothing_open(server):
    """Its connections are closed by the loop, though nobody closed the client."""
    server.script("poll", poll_response("queued"))

    async def drop() -> None:
        wan = AsyncWanClient(CANARY_KEY, base_url=server.url)
        await wan.status(ID)
        del wan
        gc.collect()
        with anyio.fail_after(30):
            await anyio.to_thread.run_sync(server.drain)

    asyncio.run(drop())


class Foreign(httpx.AsyncBaseTransport):
    """A transport of another kind, which may hold things of an event loop."""

    async def handle_async_request(self, _: httpx.Request) -> httpx.Response:
        """Return the response to a poll."""
        return httpx.Response(200, json={"id": ID, "status": "queued"})

    async def aclose(self) -> None:
        """Fail as a connection of a loop that has ended does."""
        raise RuntimeError("Event loop is closed")


def test_another_transport_is_for_one_loop():
    """Its connections, if it has any, would hang or fail in another."""
    wan = AsyncWanClient(CANARY_KEY, transport=Foreign())

    async def poll_twice() -> list[Any]:
        return [await wan.status(ID), await wan.status(ID)]

    assert [poll.status for poll in asyncio.run(poll_twice())] == ["queued"] * 2
    for call in (partial(wan.status, ID), partial(wan.submit, PROMPT)):
        with pytest.raises(ConfigurationError, match="another event loop before"):
            asyncio.run(call())
    asyncio.run(wan.close())


def test_a_transport_without_connections_is_for_any_loop():
    """As tests use it."""
    response = partial(httpx.Response, 200, json={"id": ID, "status": "queued"})
    wan = AsyncWanClient(CANARY_KEY, transport=httpx.MockTransport(lambda _: response()))
    assert [asyncio.run(wan.status(ID)).status for _ in range(2)] == ["queued"] * 2
