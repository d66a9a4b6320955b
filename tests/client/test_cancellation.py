"""A cancelled call closes its connection, whatever it was doing at the moment."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Coroutine
from typing import Any

import anyio
import httpx
import pytest

from tests.conftest import CANARY_KEY
from tests.support.actions import Hang, Serve
from tests.support.loopback import Loopback
from tests.support.open_things import sockets
from tests.support.responses import ID, PROMPT, VIDEO, accepted, finished, poll_response
from tests.support.waiting import auntil
from wan_ergonomic import AsyncWanClient

TRANSPORTS: dict[str, Callable[[], Any]] = {
    "default": lambda: None,
    "own": httpx.AsyncHTTPTransport,
}
CALLS: dict[str, Callable[[AsyncWanClient, Loopback], Coroutine[Any, Any, Any]]] = {
    "submit": lambda wan, _: wan.submit(PROMPT),
    "status": lambda wan, _: wan.status(ID),
    "download": lambda wan, server: wan.download(finished(server), io.BytesIO()),
}
STEPS = 130


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("cancellations", [1, 2])
def test_a_call_can_be_cancelled_at_every_moment(server, transport, call, cancellations):
    """Some of them are between two steps of httpcore, where it loses the connection."""
    server.script("submit", accepted())
    server.script("poll", poll_response("queued"))
    server.script("download", Serve(VIDEO))

    async def cancel_at_every_step() -> None:
        before, own = sockets(), TRANSPORTS[transport]()
        async with AsyncWanClient(CANARY_KEY, base_url=server.url, transport=own) as wan:
            for steps in range(STEPS):
                task = asyncio.create_task(CALLS[call](wan, server))
                for _ in range(steps):
                    await asyncio.sleep(0)
                for _ in range(cancellations):
                    task.cancel()
                    await asyncio.sleep(0)
                await asyncio.gather(task, return_exceptions=True)
            # Of polls, one connection may be kept, both ends of which are here.
            await auntil(lambda: len(sockets() - before) <= 2 * (call == "status"), 30)
        # The server may still be accepting what was closed at once.
        await auntil(lambda: sockets() <= before, 30)

    asyncio.run(cancel_at_every_step())


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_handshake_that_is_cancelled_is_closed(server, transport, backend):
    """While the client waits to hear from the other end of its connection."""
    url = server.url.replace("http:", "https:")

    async def cancel() -> None:
        own = TRANSPORTS[transport]()
        async with AsyncWanClient(CANARY_KEY, base_url=url, transport=own) as wan:
            with anyio.CancelScope() as scope:
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(wan.status, ID)
                    await auntil(lambda: server.connections)
                    scope.cancel()
            await anyio.to_thread.run_sync(server.drain)

    anyio.run(cancel, backend=backend)


def test_cancelled_polls_leave_their_connections_to_none(server):
    """The rest of a response never becomes the response to another poll."""
    server.script("poll", (Hang(0.2), poll_response("completed")), poll_response("queued"))

    async def cancel() -> str:
        async with AsyncWanClient(CANARY_KEY, base_url=server.url) as wan:
            with anyio.move_on_after(0.1):
                await wan.status(ID)
            return (await wan.status(ID)).status

    assert (asyncio.run(cancel()), server.connections) == ("queued", 2)
