"""Lends each request a connection that nothing else uses, and keeps it for the next request.

The pools of httpcore only make the connections here. They share them between tasks
by locks and events of one event loop, keep them over a fork, and lose those whose
task is cancelled at a bad moment: such a socket stays open for ever.
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

from ._local import of_this_loop, renew_after_fork
from ._network import OPENED

# A request with this extension gets a new connection, which is closed after its response.
_FRESH = "wan_fresh"
FRESH: Mapping[str, Any] = MappingProxyType({_FRESH: True})
# Idle connections to one origin.
KEPT = 20

Key = tuple[bytes, bytes, int | None]


@dataclass(eq=False, slots=True)
class _Line:
    """One connection, and the streams below it, which it forgets if it is cancelled.

    Attributes:
        keep: Whether another request may use it.
    """

    connection: Any
    key: Key
    keep: bool
    streams: list[Any] = field(default_factory=list)

    def close(self) -> None:
        self.connection.close()
        for stream in self.streams:
            stream.close()

    async def aclose(self) -> None:
        with anyio.CancelScope(shield=True):
            await self.connection.aclose()
            for stream in self.streams:
                await stream.aclose()


class _Lines:
    """The connections of one process, or of one event loop.

    Attributes:
        open: All of them.
    """

    def __init__(self, make: Any) -> None:
        self._make = make
        self._idle: dict[Key, deque[_Line]] = {}
        self.open: set[_Line] = set()

    def idle(self, request: httpcore.Request) -> Iterator[_Line]:
        """Take the connections that a request may use, one after the other."""
        if _FRESH not in request.extensions:
            idle = self._idle.get(_key(request), ())
            # Another thread may have taken the last one.
            with suppress(IndexError):
                while idle:
                    yield idle.popleft()

    def new(self, request: httpcore.Request) -> _Line:
        """Return a connection that will be opened by its first request."""
        connection = self._make(request.url.origin)
        line = _Line(connection, _key(request), keep=_FRESH not in request.extensions)
        self.open.add(line)
        return line

    def keep(self, line: _Line) -> bool:
        """Keep a connection whose response was read to its end; return whether it was."""
        if not (line.keep and line in self.open and line.connection.is_idle()):
            return False
        idle = self._idle.setdefault(line.key, deque())
        if len(idle) >= KEPT:
            return False
        idle.append(line)
        return True

    def end(self, line: _Line) -> None:
        self.open.discard(line)
        line.close()

    async def aend(self, line: _Line) -> None:
        self.open.discard(line)
        await line.aclose()


def _key(request: httpcore.Request) -> Key:
    return request.url.scheme, request.url.host, request.url.port


class Pool:
    """Lends connections to blocking requests; safe to use from many threads."""

    def __init__(self, factory: httpcore.ConnectionPool) -> None:
        self._make = factory.create_connection
        self._lines = _Lines(self._make)
        renew_after_fork(self)

    def renew(self) -> None:
        """Close the copies that a child process has of its parent's connections."""
        self.close()

    def handle_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send a request; called by a transport."""
        lines = self._lines
        for line in lines.idle(request):
            if not line.connection.has_expired():
                break
            lines.end(line)
        else:
            line = lines.new(request)
        noted = OPENED.set(line.streams)
        try:
            response: httpcore.Response = line.connection.handle_request(request)
        except BaseException:
            lines.end(line)
            raise
        finally:
            OPENED.reset(noted)
        response.stream = _Body(response.stream, lines, line)
        return response

    def close(self) -> None:
        """Close all connections, also those in use."""
        lines, self._lines = self._lines, _Lines(self._make)
        for line in tuple(lines.open):
            lines.end(line)


class _Body:
    """The body of a response, which gives its connection back."""

    def __init__(self, inner: Any, lines: _Lines, line: _Line) -> None:
        self._inner, self._lines = inner, lines
        self._line: _Line | None = line

    def __iter__(self) -> Iterator[bytes]:
        yield from self._inner

    def close(self) -> None:
        line, self._line = self._line, None
        if line is None:
            return
        kept = False
        try:
            self._inner.close()
            kept = self._lines.keep(line)
        finally:
            if not kept:
                self._lines.end(line)


class AsyncPool:
    """Lends connections to awaited requests, under any number of event loops.

    Each loop has its own connections, which are closed with the pool or when the
    loop ends, whichever comes first.
    """

    def __init__(self, factory: httpcore.AsyncConnectionPool) -> None:
        self._make = factory.create_connection

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """Send a request; called by a transport."""
        lines = await self._of_this_loop()
        for line in lines.idle(request):
            if not line.connection.has_expired():
                break
            await lines.aend(line)
        else:
            line = lines.new(request)
        noted = OPENED.set(line.streams)
        try:
            response: httpcore.Response = await line.connection.handle_async_request(request)
        except BaseException:
            await lines.aend(line)
            raise
        finally:
            OPENED.reset(noted)
        response.stream = _AsyncBody(response.stream, lines, line)
        return response

    async def _of_this_loop(self) -> _Lines:
        here = of_this_loop()
        if self not in here:
            lines = _Lines(self._make)
            here[self] = lines, _closing_with_the_loop(lines)
            await anext(here[self][1])
        return cast("_Lines", here[self][0])

    async def aclose(self) -> None:
        """Close all connections of this event loop, also those in use."""
        _, closing = of_this_loop().pop(self, (None, None))
        if closing:
            await closing.aclose()


class _AsyncBody:
    """The body of a response, which gives its connection back."""

    def __init__(self, inner: Any, lines: _Lines, line: _Line) -> None:
        self._inner, self._lines = inner, lines
        self._line: _Line | None = line

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._inner:
            yield chunk

    async def aclose(self) -> None:
        line, self._line = self._line, None
        if line is None:
            return
        kept = False
        try:
            await self._inner.aclose()
            kept = self._lines.keep(line)
        finally:
            if not kept:
                await self._lines.aend(line)


async def _closing_with_the_loop(lines: _Lines) -> AsyncGenerator[None]:
    """Close connections at the end of their event loop, which closes its generators."""
    try:
        yield
    finally:
        for line in tuple(lines.open):
            await lines.aend(line)
