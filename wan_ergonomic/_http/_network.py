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
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

import anyio
import httpcore

from ._links import AddressPolicy

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
