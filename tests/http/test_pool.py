"""Each request has its connection alone, which the next one may use afterwards."""

from __future__ import annotations

import contextlib
import os
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import anyio.from_thread
import httpcore
import httpx
import pytest

from tests.support.actions import Close, Hang, response
from tests.support.loopback import Loopback
from tests.support.stand_in import stand_in

# Not in the door: no other package makes transports.
from wan_ergonomic._environment import Environment
from wan_ergonomic._http import _network, _per_process, _pool
from wan_ergonomic._http._network import AsyncBackend, Backend
from wan_ergonomic._http._transport import AsyncTransport, Transport


class Sender:
    """An httpx client over this library's own transport, sync or async, called without await."""

    def __init__(self, backend: str, stack: contextlib.ExitStack) -> None:
        self._portal: Any = None
        if backend == "sync":
            self._client: Any = stack.enter_context(
                httpx.Client(transport=Transport(Environment()))
            )
            return
        self._portal = stack.enter_context(anyio.from_thread.start_blocking_portal(backend))
        made = httpx.AsyncClient(transport=AsyncTransport(Environment()))
        self._client = stack.enter_context(self._portal.wrap_async_context_manager(made))

    def get(self, server: Loopback) -> Any:
        """Request the server's root and read the response."""
        call = self._portal.call if self._portal else lambda get, url: get(url)
        return call(self._client.get, server.url)

    def close_twice(self, server: Loopback) -> None:
        """Close the body of a response twice."""
        if self._portal:
            self._portal.call(self._aclose_twice, server.url)
            return
        request = self._client.build_request("GET", server.url)
        body = self._client._transport.handle_request(request).stream
        assert list(body)
        body.close()
        body.close()

    async def _aclose_twice(self, url: str) -> None:
        request = self._client.build_request("GET", url)
        body = (await self._client._transport.handle_async_request(request)).stream
        assert [chunk async for chunk in body]
        await body.aclose()
        await body.aclose()


@pytest.fixture(params=["sync", "asyncio", "trio"])
def sender(request, server):
    """A client of the server, whose responses are all the same."""
    server.script("download", response(200, "whole"))
    with contextlib.ExitStack() as stack:
        yield Sender(request.param, stack)


def test_requests_after_one_another_use_one_connection(server, sender):
    """Connecting takes as long as most responses."""
    for _ in range(3):
        sender.get(server)
    assert server.connections == 1


def at_once(server: Loopback, sender: Sender, count: int) -> None:
    """Send requests that all wait for their responses at the same time."""
    server.script("download", *[(Hang(0.3), response(200))] * count)
    with ThreadPoolExecutor(count) as threads:
        for sent in [threads.submit(sender.get, server) for _ in range(count)]:
            assert sent.result(60).status_code == 200


def test_requests_at_once_have_a_connection_each(server, sender):
    """Nothing waits for another response; the connections are used again later."""
    for _ in range(2):
        at_once(server, sender, 3)
    assert server.connections == 3


def test_few_idle_connections_are_kept(server, sender, monkeypatch):
    """The others are closed at once."""
    monkeypatch.setattr(_pool, "KEPT", 1)
    for _ in range(2):
        at_once(server, sender, 3)
    assert server.connections == 5


def test_a_connection_that_the_server_has_closed_is_not_used(server, sender):
    """The next request opens another."""
    server.script("download", (response(200), Close()), response(200))
    sender.get(server)
    server.drain()
    assert sender.get(server).status_code == 200
    assert server.connections == 2


def test_a_body_that_is_closed_twice_gives_its_connection_back_once(server, sender):
    """Two requests at once would share it otherwise."""
    sender.close_twice(server)
    at_once(server, sender, 2)
    assert server.connections == 2


def test_a_child_process_has_none_of_the_connections(server, sender):
    """What is done in the child, here in this process; tests of real forks are in tests/client."""
    sender.get(server)
    _per_process._renew_all()
    sender.get(server)
    assert server.connections == (1 if sender._portal else 2)


REQUEST = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.fixture
def as_child(monkeypatch):
    """A function after which this process takes itself for another one."""
    yield lambda: stand_in(monkeypatch, _network, "os", getpid=lambda: -1)
    monkeypatch.undo()


def other_end(stream: Any) -> socket.socket:
    """Return the socket of a connection as another process has it."""
    copy = socket.socket(fileno=os.dup(stream.get_extra_info("socket").fileno()))
    copy.settimeout(30)
    return copy


def test_a_child_process_neither_reads_from_a_connection_nor_ends_it(server, as_child):
    """It is the parent's."""
    server.script("download", response(200))
    _network.OPENED.set([])
    stream = Backend(httpcore.SyncBackend()).connect_tcp(server.host, server.port)
    stream.write(REQUEST)
    with other_end(stream) as parents:
        as_child()
        with pytest.raises(httpcore.ReadError, match="belongs to the parent process"):
            stream.read(1)
        stream.close()
        assert parents.recv(1) == b"H"


def test_a_child_process_does_not_end_a_connection_of_a_loop(server, as_child, monkeypatch):
    """Nor does it touch the parent's event loop."""
    server.script("download", response(200))

    async def close_in_child() -> bytes:
        _network.OPENED.set([])
        stream = await AsyncBackend(httpcore.AnyIOBackend()).connect_tcp(server.host, server.port)
        await stream.write(REQUEST)
        as_child()
        await stream.aclose()
        monkeypatch.undo()
        begun = await stream.read(1)
        await stream.aclose()
        return begun

    assert anyio.run(close_in_child) == b"H"
