"""Which pool of connections a request goes through: direct, or by a proxy of the environment.

A pool is made when a request first needs it, so that certificates are loaded late.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from typing import Any

import httpcore
import httpx
from anyio import to_thread

from wan_ergonomic._environment import Environment, Trust
from wan_ergonomic._proxies import Proxy

from ._certificates import load
from ._network import AsyncBackend, Backend
from ._pool import AsyncPool, Pool

# A connection that has been idle for longer may have died.
_IDLE_SECONDS = 5.0
# The extension of a request that holds its Route.
ROUTE = "wan_ergonomic.route"


@dataclass(frozen=True, slots=True)
class Route:
    """How a request is sent: by which proxy, and with which certificates trusted."""

    proxy: Proxy | None = None
    trust: Trust = field(default_factory=Trust)


class Pools:
    """Pools of connections, made when first needed: direct ones, and one for each proxy."""

    def __init__(self, environment: Environment, *, asynchronous: bool) -> None:
        self._environment = environment
        self._asynchronous = asynchronous
        self._lend: Any = AsyncPool if asynchronous else Pool
        self._made: dict[tuple[Proxy | None, bool], Any] = {}

    async def afind(self, request: httpx.Request) -> Any:
        """Return the pool that a request goes through; certificates are loaded in a thread.

        Raises:
            ConfigurationError: The certificates cannot be loaded.
        """
        _, encrypted = place = self._place(request)
        if encrypted and place not in self._made:
            await to_thread.run_sync(load, self._environment.trust, abandon_on_cancel=True)
        return self.find(request)

    def find(self, request: httpx.Request) -> Any:
        """Return the pool that a request goes through; the first one loads the certificates.

        Raises:
            ConfigurationError: The certificates cannot be loaded.
        """
        proxy, encrypted = place = self._place(request)
        if place in self._made:
            return self._made[place]
        context = load(self._environment.trust) if encrypted else None
        pool = self._direct(context) if proxy is None else self._through(proxy, context)
        # Another thread may have made one meanwhile.
        return self._made.setdefault(place, pool)

    def all(self) -> list[Any]:
        """Return every pool."""
        return list(self._made.values())

    def _place(self, request: httpx.Request) -> tuple[Proxy | None, bool]:
        """Return the proxy of a request, and whether its connection is encrypted."""
        url = request.url
        port = url.port or (443 if url.scheme == "https" else 80)
        proxy = self._environment.proxies.choose(url.scheme, url.host, port)
        request.extensions[ROUTE] = Route(proxy, self._environment.trust)
        return proxy, "https" in {url.scheme, proxy and proxy.scheme}

    def _direct(self, context: ssl.SSLContext | None) -> Any:
        make: Any = httpcore.AsyncConnectionPool if self._asynchronous else httpcore.ConnectionPool
        return self._lend(
            make(
                ssl_context=context,
                network_backend=self._backend(resolves=True),
                keepalive_expiry=_IDLE_SECONDS,
            )
        )

    def _through(self, proxy: Proxy, context: ssl.SSLContext | None) -> Any:
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
        return self._lend(make(**options, keepalive_expiry=_IDLE_SECONDS))

    def _backend(self, *, resolves: bool) -> Backend | AsyncBackend:
        if self._asynchronous:
            return AsyncBackend(httpcore.AnyIOBackend(), resolves=resolves)
        return Backend(httpcore.SyncBackend(), resolves=resolves)
