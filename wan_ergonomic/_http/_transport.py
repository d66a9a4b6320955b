"""httpx transports over httpcore pools whose connections go through ``_network``.

httpx's own transports take no network backend, so these hold a pool that does.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from typing import Any, cast

import anyio
import httpcore
import httpx

from wan_ergonomic._environment import Environment

from ._routes import Pools

CONNECT_SECONDS = 10.0

# What httpcore raises; httpx has an exception of the same name for each.
_FAILURES = (
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.TimeoutException,
    httpcore.UnsupportedProtocol,
)


def timeouts(seconds: float) -> dict[str, float]:
    """Return the extension with the timeouts of a request that may take ``seconds`` seconds.

    At most half of them are for connecting: a request to a host that does not respond then
    fails before anything is sent.
    """
    seconds = max(seconds, 0.001)
    connect = min(CONNECT_SECONDS, seconds / 2)
    return {"connect": connect, "read": seconds, "write": seconds, "pool": seconds}


@contextmanager
def _as_httpx_errors() -> Iterator[None]:
    """Raise httpx's exception of the same name for each of httpcore's."""
    try:
        yield
    except _FAILURES as error:
        names = (kind.__name__ for kind in type(error).__mro__)
        raise next(getattr(httpx, n) for n in names if hasattr(httpx, n))(str(error)) from error


def _as_httpcore(request: httpx.Request) -> httpcore.Request:
    url = request.url
    return httpcore.Request(
        method=request.method,
        url=httpcore.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        ),
        headers=request.headers.raw,
        content=cast("Any", request.stream),
        extensions=request.extensions,
    )


def _as_httpx(response: httpcore.Response, stream: Any) -> httpx.Response:
    return httpx.Response(
        status_code=response.status,
        headers=response.headers,
        stream=stream,
        extensions=response.extensions,
    )


class Transport(httpx.BaseTransport):
    """Sends blocking requests; applies ``within`` and ``restricted_to``."""

    def __init__(self, environment: Environment) -> None:
        self._pools = Pools(environment, asynchronous=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; called by httpx."""
        pool = self._pools.find(request)
        with _as_httpx_errors():
            response = pool.handle_request(_as_httpcore(request))
        return _as_httpx(response, _Stream(response.stream))

    def close(self) -> None:
        """Close all connections."""
        for pool in self._pools.end():
            pool.close()


class _Stream(httpx.SyncByteStream):
    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __iter__(self) -> Iterator[bytes]:
        with _as_httpx_errors():
            yield from self._inner

    def close(self) -> None:
        self._inner.close()


class AsyncTransport(httpx.AsyncBaseTransport):
    """Sends asynchronous requests; applies ``restricted_to``."""

    def __init__(self, environment: Environment) -> None:
        self._pools = Pools(environment, asynchronous=True)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; called by httpx."""
        pool = await self._pools.afind(request)
        with _as_httpx_errors():
            response = await pool.handle_async_request(_as_httpcore(request))
        return _as_httpx(response, _AsyncStream(response.stream))

    async def aclose(self) -> None:
        """Close all connections of this event loop."""
        for pool in self._pools.end():
            await pool.aclose()


class _AsyncStream(httpx.AsyncByteStream):
    def __init__(self, inner: Any) -> None:
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _as_httpx_errors():
            async for chunk in self._inner:
                yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()


async def chunks_of(response: httpx.Response) -> AsyncGenerator[bytes]:
    """Yield a response's raw chunks, and leave none of httpx's generators open."""
    stream = aiter(cast("httpx.AsyncByteStream", response.stream))
    ended = False
    try:
        async for chunk in stream:
            yield chunk
        ended = True
    finally:
        if not ended:
            # Trio warns about async generators left to the garbage collector; a cancelled read
            # closes them.
            with anyio.CancelScope() as scope, suppress(httpx.HTTPError, httpx.StreamError):
                scope.cancel()
                async for _ in stream:
                    pass
