"""What every connection keeps to: the caller's deadline, and the addresses that it may reach.

httpx applies its timeouts to each read and write, so a response that comes a byte
at a time would never time out: a blocking stream here stops at its thread's
deadline. Async code has cancel scopes for this. A host name is resolved once and
the connection goes to an address that was checked, so that the name cannot
resolve to another one in between. Both are plugged in as httpcore's network
backends.
"""

from __future__ import annotations

import math
import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

import anyio
import httpcore

from wan_ergonomic._errors import DownloadError

_NAT64 = ip_network("64:ff9b::/96")

# Both are seen by their own thread or task alone.
_deadline = ContextVar("_deadline", default=math.inf)
_policy: ContextVar[AddressPolicy | None] = ContextVar("_policy", default=None)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Limit this thread's connecting, reading and writing to ``seconds`` seconds in all."""
    token = _deadline.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(token)


@contextmanager
def restricted_to(policy: AddressPolicy) -> Iterator[None]:
    """Let this thread's or task's new connections reach only what a policy allows.

    A proxy resolves names itself, so connections through one are not restricted.
    """
    token = _policy.set(policy)
    try:
        yield
    finally:
        _policy.reset(token)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressPolicy:
    """Which addresses a video's link may lead to, besides public ones.

    A link comes from outside, so it could point at a router, at a database or at
    the metadata service of a cloud.

    Attributes:
        private: Whether all others are allowed.
        loopback: Whether those of this machine are allowed.
    """

    private: bool
    loopback: bool

    def check(self, found: Iterable[tuple[Any, ...]]) -> list[str]:
        """Return the addresses that ``getaddrinfo`` found, in its order.

        Raises:
            DownloadError: A link may not lead to one of them.
        """
        addresses = [str(entry[4][0]) for entry in found]
        for text in addresses:
            address = _effective(text)
            if not (self.private or _is_public(address) or (self.loopback and address.is_loopback)):
                raise DownloadError(
                    f"The video's link leads to {text}, which is not a public address; it was not "
                    "followed. If you expect this, pass allow_private_links=True."
                )
        return addresses

    def check_host(self, host: str) -> None:
        """Check a host that is a literal address, in any notation; names are checked on connect.

        Raises:
            DownloadError: A link may not lead there.
            UnicodeError: The host is not valid.
        """
        with suppress(OSError):
            self.check(socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST))


def _effective(text: str) -> IPv4Address | IPv6Address:
    """Return an address, or the IPv4 address that it embeds."""
    address = ip_address(text)
    if isinstance(address, IPv4Address):
        return address
    inner = IPv4Address(address.packed[-4:]) if address in _NAT64 else None
    return inner or address.ipv4_mapped or address.sixtofour or address


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    local = address.is_reserved or getattr(address, "is_site_local", False)
    return address.is_global and not (address.is_multicast or local)


def _left(timeout: float | None, late: type[httpcore.TimeoutException]) -> float | None:
    """Return a timeout, cut to the deadline of this thread."""
    left = _deadline.get() - time.monotonic()
    if left <= 0:
        raise late("the deadline has passed")
    return timeout if left == math.inf else min(left, timeout or left)


class Backend(httpcore.NetworkBackend):
    """Opens blocking connections that keep to the deadline and the address policy."""

    def __init__(self, inner: httpcore.NetworkBackend, *, resolves: bool = True) -> None:
        self._inner = inner
        self._resolves = resolves

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, *args: Any, **options: Any
    ) -> httpcore.NetworkStream:
        """Connect to the first address of a host that is allowed and responds."""

        def connect(address: str) -> httpcore.NetworkStream:
            left = _left(timeout, httpcore.ConnectTimeout)
            return _Stream(self._inner.connect_tcp(address, port, left, *args, **options))

        policy = _policy.get() if self._resolves else None
        if policy is None:
            return connect(host)
        *others, last = policy.check(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        for address in others:
            with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return connect(address)
        return connect(last)

    def connect_unix_socket(self, *args: Any, **options: Any) -> httpcore.NetworkStream:
        """Connect to a local socket."""
        return _Stream(self._inner.connect_unix_socket(*args, **options))

    def sleep(self, seconds: float) -> None:
        """Block for ``seconds`` seconds; httpcore calls this between its own retries."""
        self._inner.sleep(seconds)


class _Stream(httpcore.NetworkStream):
    """A blocking connection that keeps to the deadline of the thread that uses it."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        # Another thread may be reading; closing alone would leave it to wait for its timeout.
        with suppress(OSError):
            socket.socket.shutdown(self._inner.get_extra_info("socket"), socket.SHUT_RDWR)
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class AsyncBackend(httpcore.AsyncNetworkBackend):
    """Opens connections that keep to the address policy, under any event loop."""

    def __init__(self, inner: httpcore.AsyncNetworkBackend, *, resolves: bool = True) -> None:
        self._inner = inner
        self._resolves = resolves

    async def connect_tcp(
        self, host: str, port: int, *args: Any, **options: Any
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of a host that is allowed and responds."""
        policy = _policy.get() if self._resolves else None
        if policy is None:
            return await self._inner.connect_tcp(host, port, *args, **options)
        found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        *others, last = policy.check(found)
        for address in others:
            with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return await self._inner.connect_tcp(address, port, *args, **options)
        return await self._inner.connect_tcp(last, port, *args, **options)

    async def connect_unix_socket(self, *args: Any, **options: Any) -> httpcore.AsyncNetworkStream:
        """Connect to a local socket."""
        return await self._inner.connect_unix_socket(*args, **options)

    async def sleep(self, seconds: float) -> None:
        """Wait for ``seconds`` seconds; httpcore calls this between its own retries."""
        await self._inner.sleep(seconds)
