"""Makes a transport of the caller's own keep to this library's rules, as far as it can."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import httpcore
import httpx

from wan_ergonomic._errors import ConfigurationError

from ._network import AsyncBackend, Backend
from ._per_process import of_this_loop
from ._pool import AsyncPool, Pool

# The method that sends a request, by whether the transport is asynchronous.
_METHODS = MappingProxyType({False: "handle_request", True: "handle_async_request"})
_CLIENTS = ("WanClient", "AsyncWanClient")
_EXAMPLES = ("httpx.HTTPTransport()", "httpx.AsyncHTTPTransport()")


def adopt(transport: Any, *, asynchronous: bool) -> Any:
    """Return the caller's own transport; one of httpx's then uses a connection pool of ours.

    So ``within`` and ``restricted_to`` apply to it, and a request can have a fresh
    connection. Any other transport keeps its connections; an asynchronous one
    is then limited to one event loop, unless it is httpx's MockTransport or ASGITransport.

    Raises:
        ConfigurationError: It is of the wrong kind, or this version of httpx stores its
            pool elsewhere.
    """
    if _is_for_httpx2(transport):
        raise ConfigurationError(_of_httpx2(transport, asynchronous=asynchronous))
    sends = hasattr(transport, _METHODS[asynchronous])
    if isinstance(transport, type) or not sends:
        raise ConfigurationError(_wrong_kind(transport, asynchronous=asynchronous))
    # httpx has no public API for the network backend of its transports.
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
            # Its own backend works only with asyncio or only with trio, whichever came first.
            inner = httpcore.AnyIOBackend()
        pool._network_backend = AsyncBackend(inner, resolves=resolves)
        async_ours = AsyncPool(pool)
        pool.handle_async_request, pool.aclose = async_ours.handle_async_request, async_ours.aclose
    elif isinstance(transport, httpx.HTTPTransport | httpx.AsyncHTTPTransport):
        raise ConfigurationError(
            f"With httpx {httpx.__version__}, deadlines and the check for private addresses cannot "
            f"be applied to your own {type(transport).__name__}. Nothing was sent. Leave out "
            "transport=, or install a version of httpx that this package was tested with."
        )
    elif asynchronous and not isinstance(transport, httpx.MockTransport | httpx.ASGITransport):
        return _OfOneLoop(transport)
    return transport


class _OfOneLoop(httpx.AsyncBaseTransport):
    """The caller's own transport, which may hold connections of one event loop."""

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


def _is_for_httpx2(transport: Any) -> bool:
    """Whether a transport takes requests of httpx2, which are not those of httpx.

    After ``httpx2.alias_httpx()``, the module httpx is httpx2, and there are no others.
    """
    if isinstance(transport, httpx.BaseTransport | httpx.AsyncBaseTransport):
        return False
    kinds = type(transport).__mro__
    return any(kind.__module__.partition(".")[0] == "httpx2" for kind in kinds)


def _of_httpx2(transport: Any, *, asynchronous: bool) -> str:
    return (
        f"{type(transport).__name__} is a transport of httpx2, and {_CLIENTS[asynchronous]} sends "
        f"with httpx. Make it with httpx, which is installed too: {_EXAMPLES[asynchronous]}. Or "
        "call httpx2.alias_httpx() before anything imports httpx: then all of the program uses "
        "httpx2. Nothing was sent."
    )


def _wrong_kind(transport: Any, *, asynchronous: bool) -> str:
    given = type(transport).__name__
    if isinstance(transport, type):
        given = f"the class {transport.__name__} itself"
    elif hasattr(transport, _METHODS[not asynchronous]):
        given += f", which is for {_CLIENTS[not asynchronous]}"
    client, example = _CLIENTS[asynchronous], _EXAMPLES[asynchronous]
    return f"{client} takes a transport such as {example}, not {given}. Nothing was sent."
