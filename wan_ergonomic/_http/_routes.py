"""Chooses the connection pool for a request, by its proxy and by whether TLS is used.

A pool is created when a request first needs it; certificates are loaded for the first with TLS.
"""

from __future__ import annotations

import ssl
from typing import Any, NamedTuple

import httpcore
import httpx

from wan_ergonomic._environment import Environment, Trust
from wan_ergonomic._proxies import Proxy

from ._certificates import load
from ._network import AsyncBackend, Backend
from ._pool import AsyncPool, Pool

# A connection that has been idle for longer may have died.
_IDLE_SECONDS = 5.0
# The extension of a request that holds its Route.
ROUTE = "wan_ergonomic.route"


class Route(NamedTuple):
    """Which proxy a request goes through, and which certificates are trusted."""

    proxy: Proxy | None = None
    trust: Trust = Trust()


class Pools:
    """The connection pools of one client."""

    def __init__(self, environment: Environment, *, asynchronous: bool) -> None:
        self._environment = environment
        self._asynchronous = asynchronous
        self._pool: Any = AsyncPool if asynchronous else Pool
        self._pools: dict[tuple[Proxy | None, bool], Any] = {}
        self._ended = False

    async def afind(self, request: httpx.Request) -> Any:
        """Return the pool for a request, as ``find``; certificates are loaded in a thread.

        Raises:
            ConfigurationError: The certificates cannot be loaded.
        """
        _, encrypted = key = self._key(request)
        if encrypted and key not in self._pools:
            from anyio import to_thread

            await to_thread.run_sync(load, self._environment.trust, abandon_on_cancel=True)
        return self.find(request)

    def find(self, request: httpx.Request) -> Any:
        """Return the pool for a request; the first one with TLS loads the certificates.

        Raises:
            ConfigurationError: The certificates cannot be loaded.
            RuntimeError: All pools were ended.
        """
        if self._ended:
            raise RuntimeError("the client was closed")
        proxy, encrypted = key = self._key(request)
        if key in self._pools:
            return self._pools[key]
        context = load(self._environment.trust) if encrypted else None
        pool = self._direct(context) if proxy is None else self._proxied(proxy, context)
        # Another thread may have created one meanwhile.
        return self._pools.setdefault(key, pool)

    def end(self) -> list[Any]:
        """Give no pool out from now on; return those that there are, for the caller to close."""
        self._ended = True
        return list(self._pools.values())

    def _key(self, request: httpx.Request) -> tuple[Proxy | None, bool]:
        """Return a request's proxy and whether TLS is used; set its route for error messages."""
        url = request.url
        port = url.port or (443 if url.scheme == "https" else 80)
        proxy = self._environment.proxies.choose(url.scheme, url.host, port)
        request.extensions[ROUTE] = Route(proxy, self._environment.trust)
        return proxy, "https" in {url.scheme, proxy and proxy.scheme}

    def _direct(self, context: ssl.SSLContext | None) -> Any:
        make: Any = httpcore.AsyncConnectionPool if self._asynchronous else httpcore.ConnectionPool
        return self._pool(
            make(
                ssl_context=context,
                network_backend=self._backend(resolves=True),
                keepalive_expiry=_IDLE_SECONDS,
            )
        )

    def _proxied(self, proxy: Proxy, context: ssl.SSLContext | None) -> Any:
        login = proxy.login and tuple(part.encode() for part in proxy.login)
        options: dict[str, Any] = {
            "proxy_url": f"{proxy.scheme}://{proxy.netloc}",
            "proxy_auth": login,
            "ssl_context": context,
            "network_backend": self._backend(resolves=False),
        }
        make: Any = httpcore.AsyncHTTPProxy if self._asynchronous else httpcore.HTTPProxy
        if proxy.scheme.startswith("socks"):
            make = httpcore.AsyncSOCKSProxy if self._asynchronous else httpcore.SOCKSProxy
        elif proxy.scheme == "https":
            options["proxy_ssl_context"] = context
        return self._pool(make(**options, keepalive_expiry=_IDLE_SECONDS))

    def _backend(self, *, resolves: bool) -> Backend | AsyncBackend:
        if self._asynchronous:
            return AsyncBackend(httpcore.AnyIOBackend(), resolves=resolves)
        return Backend(httpcore.SyncBackend(), resolves=resolves)
