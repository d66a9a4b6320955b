"""Network backends for httpcore that apply the caller's deadline and address policy.

httpx applies its timeouts to each read and write, so a response that comes a byte
at a time would never time out. A blocking stream here stops at its thread's
deadline. Async code has cancel scopes for this. A host name is resolved once, and
only addresses that were checked are connected to, so that the name cannot resolve
to another one in between.
"""

from __future__ import annotations

import math
import os
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any, TypeVar

import anyio
import httpcore

from ._links import AddressPolicy, addresses
from ._race import afirst_connected, first_connected, in_turn

AnyStream = TypeVar("AnyStream", httpcore.NetworkStream, httpcore.AsyncNetworkStream)

# What httpcore reads of a response at most at a time, and what is read instead: with less, a video
# takes longer.
_HTTPCORE_BYTES, _READ_BYTES = 2**16, 2**18

# Each thread and task sees its own values.

# The list that new network streams are added to; see ``_pool``.
OPENED: ContextVar[list[Any]] = ContextVar("OPENED")
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


def _opened(stream: AnyStream) -> AnyStream:
    OPENED.get().append(stream)
    return stream


def _left(timeout: float | None, late: type[httpcore.TimeoutException]) -> float | None:
    """Return a timeout, cut to the deadline of this thread."""
    left = _deadline.get() - time.monotonic()
    if left <= 0:
        raise late("the deadline has passed")
    return timeout if left == math.inf else min(left, timeout or left)


@contextmanager
def _as_failures_to_connect() -> Iterator[None]:
    """Raise httpcore's exceptions if a host cannot be resolved or connected to in time."""
    try:
        yield
    except TimeoutError as error:
        raise httpcore.ConnectTimeout("connecting took too long") from error
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(str(error)) from error


class _Backend:
    """The common part of both backends."""

    def __init__(self, inner: Any, *, resolves: bool = True) -> None:
        self._inner = inner
        # False if connections lead to a proxy, which resolves the names of hosts itself.
        self._resolves = resolves

    def _checked(self, found: list[Any]) -> list[str]:
        """Check the addresses of a host; return them in the order to try them in."""
        every = addresses(found)
        if not every:
            raise OSError("the host has no address")
        if self._resolves and (policy := _policy.get()):
            policy.check(every)
        return in_turn(every)


class Backend(_Backend, httpcore.NetworkBackend):
    """Opens blocking connections that keep to the deadline and the address policy."""

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, *args: Any, **options: Any
    ) -> httpcore.NetworkStream:
        """Connect to the first address of a host that responds, if all are allowed."""
        left = _left(timeout, httpcore.ConnectTimeout)
        end = None if left is None else time.monotonic() + left

        def connect(address: str) -> httpcore.NetworkStream:
            allowed = None if end is None else max(end - time.monotonic(), 0.001)
            return self._inner.connect_tcp(address, port, allowed, *args, **options)  # type: ignore[no-any-return]

        with _as_failures_to_connect():
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            stream = first_connected(self._checked(found), connect)
        return _opened(_Stream(stream))

    def connect_unix_socket(self, *args: Any, **options: Any) -> httpcore.NetworkStream:
        """Connect to a local socket."""
        return _opened(_Stream(self._inner.connect_unix_socket(*args, **options)))

    def sleep(self, seconds: float) -> None:
        """Block for ``seconds`` seconds; httpcore calls this between its own retries."""
        self._inner.sleep(seconds)


def _enlarged(max_bytes: int) -> int:
    """Return how many bytes to read at most; what asks for fewer could not take more."""
    return _READ_BYTES if max_bytes == _HTTPCORE_BYTES else max_bytes


class _Stream(httpcore.NetworkStream):
    """A blocking connection that keeps to the deadline of the thread that uses it.

    It belongs to the process that opened it: a child process can neither read from it nor end it.
    """

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner
        self._process = os.getpid()

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._process != os.getpid():
            raise httpcore.ReadError("the connection belongs to the parent process")
        return self._inner.read(_enlarged(max_bytes), _left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        # Wakes another thread that is reading; close alone would leave it until its timeout.
        if self._process == os.getpid():
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


class AsyncBackend(_Backend, httpcore.AsyncNetworkBackend):
    """Opens connections that keep to the address policy, in any event loop."""

    async def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, *args: Any, **options: Any
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of a host that responds, if all are allowed."""

        async def connect(address: str) -> httpcore.AsyncNetworkStream:
            return await self._inner.connect_tcp(address, port, None, *args, **options)  # type: ignore[no-any-return]

        with _as_failures_to_connect(), anyio.fail_after(timeout):
            found = await _look_up(host, port)
            stream = await afirst_connected(self._checked(found), connect)
        return _opened(_AsyncStream(stream))

    async def connect_unix_socket(self, *args: Any, **options: Any) -> httpcore.AsyncNetworkStream:
        """Connect to a local socket."""
        return _opened(_AsyncStream(await self._inner.connect_unix_socket(*args, **options)))

    async def sleep(self, seconds: float) -> None:
        """Wait for ``seconds`` seconds; httpcore calls this between its own retries."""
        await self._inner.sleep(seconds)


async def _look_up(host: str, port: int) -> list[Any]:
    """Resolve a host in a thread, unless it is an address already."""
    try:
        numeric = socket.AI_NUMERICHOST
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=numeric)
    except socket.gaierror:
        return [*await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class _AsyncStream(httpcore.AsyncNetworkStream):
    """A connection that only the process that opened it can end."""

    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner
        self._process = os.getpid()

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return await self._inner.read(_enlarged(max_bytes), timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        if self._process == os.getpid():
            await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        return _AsyncStream(await self._inner.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
