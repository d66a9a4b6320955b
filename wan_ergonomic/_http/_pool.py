"""Gives each request a connection of its own, and keeps it open for later requests.

httpcore's pools are used only to create connections. As pools they have three faults:
their locks and events work in one event loop only, a child process inherits their
connections, and a connection whose task is cancelled may stay open for ever.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, cast

import anyio
import httpcore

from ._network import OPENED
from ._per_process import of_this_loop, renew_after_fork

# A request with this extension gets a new connection, which is closed after its response.
_FRESH = "wan_fresh"
FRESH: Mapping[str, Any] = MappingProxyType({_FRESH: True})
# How many idle connections to one origin stay open.
KEPT = 20

Key = tuple[bytes, bytes, int | None]


@dataclass(eq=False, slots=True)
class _Connection:
    """A connection and its network streams, which httpcore's object may lose when cancelled.

    Attributes:
        inner: httpcore's connection.
        key: The origin that it leads to.
        keep: Whether later requests may use it.
        streams: Each stream that was opened for it.
    """

    inner: Any
    key: Key
    keep: bool
    streams: list[Any] = field(default_factory=list)

    def close(self) -> None:
        self.inner.close()
        for stream in self.streams:
            stream.close()

    async def aclose(self) -> None:
        with anyio.CancelScope(shield=True):
            await self.inner.aclose()
            for stream in self.streams:
                await stream.aclose()


class _Connections:
    """The connections of one process, or of one event loop.

    Attributes:
        open: All of them, idle or in use.
    """

    def __init__(self, make: Any) -> None:
        self._make = make
        self._idle: dict[Key, deque[_Connection]] = {}
        self.open: set[_Connection] = set()

    def idle(self, request: httpcore.Request) -> Iterator[_Connection]:
        """Yield the idle connections that a request may use; each is taken from the pool."""
        if _FRESH not in request.extensions:
            idle = self._idle.get(_key(request), ())
            # Another thread may have taken the last one.
            with suppress(IndexError):
                while idle:
                    yield idle.popleft()

    def new(self, request: httpcore.Request) -> _Connection:
        """Return a new connection, which its first request opens."""
        inner = self._make(request.url.origin)
        connection = _Connection(inner, _key(request), keep=_FRESH not in request.extensions)
        self.open.add(connection)
        return connection

    def keep(self, connection: _Connection) -> bool:
        """Keep a connection for later requests if its response was read to the end.

        Returns:
            Whether it was kept; otherwise the caller must close it.
        """
        if not (connection.keep and connection in self.open and connection.inner.is_idle()):
            return False
        idle = self._idle.setdefault(connection.key, deque())
        if len(idle) >= KEPT:
            return False
        idle.append(connection)
        return True

    def close(self, connection: _Connection) -> None:
        self.open.discard(connection)
        connection.close()

    async def aclose(self, connection: _Connection) -> None:
        self.open.discard(connection)
        await connection.aclose()


def _key(request: httpcore.Request) -> Key:
    return request.url.scheme, request.url.host, request.url.port


class Pool:
    """Sends blocking requests over its connections; safe to use from many threads."""

    def __init__(self, factory: httpcore.ConnectionPool) -> None:
        self._make = factory.create_connection
        self._connections = _Connections(self._make)
        renew_after_fork(self)

    def renew(self) -> None:
        """In a child process, close its copies of the parent's connections."""
        self.close()

    def handle_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send a request; called by a transport."""
        connections = self._connections
        for connection in connections.idle(request):
            if not connection.inner.has_expired():
                break
            connections.close(connection)
        else:
            connection = connections.new(request)
        noted = OPENED.set(connection.streams)
        try:
            response: httpcore.Response = connection.inner.handle_request(request)
        except BaseException:
            connections.close(connection)
            raise
        finally:
            OPENED.reset(noted)
        response.stream = _Body(response.stream, connections, connection)
        return response

    def close(self) -> None:
        """Close all connections, also those in use."""
        connections, self._connections = self._connections, _Connections(self._make)
        for connection in tuple(connections.open):
            connections.close(connection)


class _Body:
    """The body of a response; closing it returns its connection to the pool."""

    def __init__(self, inner: Any, connections: _Connections, connection: _Connection) -> None:
        self._inner, self._connections = inner, connections
        self._connection: _Connection | None = connection

    def __iter__(self) -> Iterator[bytes]:
        yield from self._inner

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        kept = False
        try:
            self._inner.close()
            kept = self._connections.keep(connection)
        finally:
            if not kept:
                self._connections.close(connection)


class AsyncPool:
    """Sends awaited requests over its connections, in any number of event loops.

    Each loop has its own connections, which are closed when the pool is closed in
    that loop, or else when the loop ends.
    """

    def __init__(self, factory: httpcore.AsyncConnectionPool) -> None:
        self._make = factory.create_connection

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send a request; called by a transport."""
        connections = await self._of_this_loop()
        for connection in connections.idle(request):
            if not connection.inner.has_expired():
                break
            await connections.aclose(connection)
        else:
            connection = connections.new(request)
        noted = OPENED.set(connection.streams)
        try:
            response: httpcore.Response = await connection.inner.handle_async_request(request)
        except BaseException:
            await connections.aclose(connection)
            raise
        finally:
            OPENED.reset(noted)
        response.stream = _AsyncBody(response.stream, connections, connection)
        return response

    async def _of_this_loop(self) -> _Connections:
        here = of_this_loop()
        if self not in here:
            connections = _Connections(self._make)
            here[self] = connections, _closed_with_the_loop(connections)
            await anext(here[self][1])
        return cast("_Connections", here[self][0])

    async def aclose(self) -> None:
        """Close all connections of this event loop, also those in use."""
        _, closing = of_this_loop().pop(self, (None, None))
        if closing:
            await closing.aclose()


class _AsyncBody:
    """The body of a response; closing it returns its connection to the pool."""

    def __init__(self, inner: Any, connections: _Connections, connection: _Connection) -> None:
        self._inner, self._connections = inner, connections
        self._connection: _Connection | None = connection

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._inner:
            yield chunk

    async def aclose(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        kept = False
        try:
            await self._inner.aclose()
            kept = self._connections.keep(connection)
        finally:
            if not kept:
                await self._connections.aclose(connection)


async def _closed_with_the_loop(connections: _Connections) -> AsyncGenerator[None]:
    """Close connections when their event loop ends, for it closes its async generators then."""
    try:
        yield
    finally:
        for connection in tuple(connections.open):
            await connections.aclose(connection)
