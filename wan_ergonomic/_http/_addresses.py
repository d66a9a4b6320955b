"""Keeps the links of videos out of private networks.

A link comes from outside, so it could point at a router, at a database or at
the metadata of a cloud. A name is looked up once, and what is connected to is
an address that was checked, so that a name cannot mean something else the
second time. Knows nothing of https, redirects or videos.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

import anyio
import httpcore
import httpx

from wan_ergonomic._errors import DownloadError

from ._deadline import Wrapped, bounded

_NAT64 = ip_network("64:ff9b::/96")


def _plain(text: str) -> IPv4Address | IPv6Address:
    """Return an address, or the IPv4 address that it stands for."""
    address = ip_address(text)
    if isinstance(address, IPv4Address):
        return address
    inner = IPv4Address(address.packed[-4:]) if address in _NAT64 else None
    return inner or address.ipv4_mapped or address.sixtofour or address


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Which addresses a link may lead to, besides those that all the world can reach.

    Attributes:
        private: All others.
        loopback: Those of this machine.
    """

    private: bool
    loopback: bool

    def check(self, found: Iterable[tuple[Any, ...]]) -> list[str]:
        """Return the addresses that ``getaddrinfo`` found, in its order.

        Raises:
            DownloadError: A link may not lead to one of them.
        """
        texts = [str(entry[4][0]) for entry in found]
        for text in texts:
            address = _plain(text)
            local = address.is_reserved or getattr(address, "is_site_local", False)
            everyones = address.is_global and not (address.is_multicast or local)
            if not (everyones or self.private or (self.loopback and address.is_loopback)):
                raise DownloadError(
                    f"The video's link leads to {text}, which is no public address; it was not "
                    "followed. If it is right, allow_private_links lets it be."
                )
        return texts

    def check_host(self, host: str) -> None:
        """Check a host that is an address, however it is written; a name is for who connects.

        Raises:
            DownloadError: A link may not lead there.
            UnicodeError: No host can be called so.
        """
        with suppress(OSError):
            self.check(socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST))

    def guard(self, client: httpx.Client | httpx.AsyncClient) -> None:
        """Let a client connect to no other addresses, unless it is through a proxy."""
        # As in _deadline, there is no public way. The pool of a proxy is of another type.
        pool: Any = getattr(client._transport, "_pool", None)
        guards = {httpcore.ConnectionPool: _Guard, httpcore.AsyncConnectionPool: _AsyncGuard}
        if guard := guards.get(type(pool)):
            pool._network_backend = guard(pool._network_backend, self.check)


class _Guard(Wrapped):
    def __init__(self, inner: Any, check: Callable[[Any], list[str]]) -> None:
        super().__init__(inner)
        self._check = check

    def connect_tcp(self, host: str, port: int, **options: Any) -> Any:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        *others, last = self._check(found)
        for address in others:
            with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return self._inner.connect_tcp(address, port, **bounded(options))
        return self._inner.connect_tcp(last, port, **bounded(options))


class _AsyncGuard(_Guard):
    async def connect_tcp(self, host: str, port: int, **options: Any) -> Any:
        found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        *others, last = self._check(found)
        for address in others:
            with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return await self._inner.connect_tcp(address, port, **options)
        return await self._inner.connect_tcp(last, port, **options)
