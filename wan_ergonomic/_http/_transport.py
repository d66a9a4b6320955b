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
from wan_ergonomic._errors import ConfigurationError

from ._local import of_this_loop
from ._network import AsyncBackend, Backend
from ._pool import AsyncPool, Pool
from ._pools import Pools

CONNECT_SECONDS = 10.0

# What httpcore raises; httpx has an exception of the same name for each.
_FAILURES = (
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.TimeoutException,
    httpcore.UnsupportedProtocol,
)
# The method that sends, by whether it is awaited.
_METHODS = {False: "handle_request", True: "handle_async_request"}


def timeouts(seconds: float) -> httpx.Timeout:
    """Return timeouts for a request that may take ``seconds`` seconds.

    Connecting gets half of a short time, so that a host that does not respond is
    known to have received nothing.
    """
    seconds = max(seconds, 0.001)
    return httpx.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds / 2))


@contextmanager
def _as_httpx_errors() -> Iterator[None]:
    """Raise httpx's exception of the same name for each of httpcore's."""
    try:
        yield
    except _FAILURES as error:
        names = (kind.__name__ for kind in type(error).__mro__)
        raise next(getattr(httpx, n) for n in names if hasattr(httpx, n))(str(error)) from error


def _described(request: httpx.Request) -> httpcore.Request:
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
    """Sends over the network and blocks; keeps to ``within`` and ``restricted_to``."""

    def __init__(self, environment: Environment) -> None:
        self._pools = Pools(environment, asynchronous=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; called by httpx."""
        pool = self._pools.find(request)
        with _as_httpx_errors():
            response = pool.handle_request(_described(request))
        return _as_httpx(response, _Stream(response.stream))

    def close(self) -> None:
        """Close all connections."""
        for pool in self._pools.all():
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
    """Sends over the network and is awaited; keeps to ``restricted_to``."""

    def __init__(self, environment: Environment) -> None:
        self._pools = Pools(environment, asynchronous=True)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; called by httpx."""
        pool = await self._pools.afind(request)
        with _as_httpx_errors():
            response = await pool.handle_async_request(_described(request))
        return _as_httpx(response, _AsyncStream(response.stream))

    async def aclose(self) -> None:
        """Close all connections."""
        for pool in self._pools.all():
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


def adopt(transport: Any, *, asynchronous: bool) -> Any:
    """Return a caller's own transport, whose connections this library makes and lends from now on.

    They then keep to ``within`` and ``restricted_to``, and a request can have a
    fresh one. A transport without a pool of httpcore's keeps its connections.

    Raises:
        ConfigurationError: It is of the wrong kind, or this version of httpx keeps its
            connections elsewhere.
    """
    sends = hasattr(transport, _METHODS[asynchronous])
    if isinstance(transport, type) or not sends:
        raise ConfigurationError(_wrong_kind(transport, asynchronous=asynchronous))
    # httpx has no public way to the network backend of its transports.
    pool: Any = getattr(transport, "_pool", None)
    inner = getattr(pool, "_network_backend", None)
    if isinstance(inner, Backend | AsyncBackend):
        return transport
    # A proxy resolves names itself.
    resolves = type(pool) in {httpcore.ConnectionPool, httpcore.AsyncConnectionPool}
    if isinstance(inner, httpcore.NetworkBackend):
        pool._network_backend = Backend(inner, resolves=resolves)
        ours = Pool(pool)
        pool.handle_request, pool.close = ours.handle_request, ours.close
    elif isinstance(inner, httpcore.AsyncNetworkBackend):
        if isinstance(transport, httpx.AsyncHTTPTransport):
            # Its own backend keeps to asyncio or to trio, whichever it was first used with.
            inner = httpcore.AnyIOBackend()
        pool._network_backend = AsyncBackend(inner, resolves=resolves)
        awaited = AsyncPool(pool)
        pool.handle_async_request, pool.aclose = awaited.handle_async_request, awaited.aclose
    elif isinstance(transport, httpx.HTTPTransport | httpx.AsyncHTTPTransport):
        raise ConfigurationError(
            f"With httpx {httpx.__version__}, a {type(transport).__name__} of your own cannot be "
            "held to deadlines and to public addresses. Nothing was sent. Leave out transport=, "
            "or install a version of httpx that this package was tested with."
        )
    elif asynchronous and not isinstance(transport, httpx.MockTransport | httpx.ASGITransport):
        return _OfOneLoop(transport)
    return transport


class _OfOneLoop(httpx.AsyncBaseTransport):
    """A transport of the caller's that may hold connections of one event loop."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self._loop: object = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        here = of_this_loop()
        if self._loop is None:
            self._loop = here
        if self._loop is not here:
            raise ConfigurationError(
                "This client was used in another event loop before, and its transport= may belong "
                "to that loop. Make a client and a transport in each event loop, or leave out "
                "transport=. This request was not sent."
            )
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


def _wrong_kind(transport: Any, *, asynchronous: bool) -> str:
    clients = ["WanClient", "AsyncWanClient"]
    example = "httpx.AsyncHTTPTransport()" if asynchronous else "httpx.HTTPTransport()"
    given = type(transport).__name__
    if isinstance(transport, type):
        given = f"the class {transport.__name__} itself"
    elif hasattr(transport, _METHODS[not asynchronous]):
        given += f", which is for {clients[not asynchronous]}"
    client = clients[asynchronous]
    return f"{client} takes a transport such as {example}, not {given}. Nothing was sent."


async def chunks_of(response: httpx.Response) -> AsyncGenerator[bytes]:
    """Yield a response's raw chunks, and leave none of httpx's generators open."""
    stream = aiter(cast("httpx.AsyncByteStream", response.stream))
    try:
        async for chunk in stream:
            yield chunk
    finally:
        # Trio warns about async generators left to the garbage collector; a cancelled read
        # closes them.
        with anyio.CancelScope() as scope, suppress(httpx.HTTPError, httpx.StreamError):
            scope.cancel()
            async for _ in stream:
                pass
