"""Makes a blocking request keep to a deadline, not only each of its reads.

httpx hands its timeouts to every single read and write, so an answer that
comes a byte at a time would never be too late. Here no read may outlast the
deadline of the thread that makes it. Async code has cancel scopes for this.
"""

from __future__ import annotations

import math
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

import httpcore
import httpx

# A context variable is seen by its own thread alone.
_deadline = ContextVar("_deadline", default=math.inf)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Let this thread's reads and writes on bound clients take so many seconds in all."""
    token = _deadline.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(token)


def _left(timeout: float | None) -> float | None:
    left = _deadline.get() - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the time is over")
    return timeout if left == math.inf else min(left, timeout or left)


def bounded(options: dict[str, Any]) -> dict[str, Any]:
    """Return what a connection is made with, its timeout within the deadline."""
    return {**options, "timeout": _left(options.get("timeout"))}


def bind(client: httpx.Client) -> httpx.Client:
    """Make a client's connections keep to the deadline, and return it."""
    # httpx has no public way to its pools' network; a transport without one is left alone.
    for transport in (client._transport, *client._mounts.values()):
        pool: Any = getattr(transport, "_pool", None)
        if pool is not None:
            pool._network_backend = _Backend(pool._network_backend)
    return client


class Wrapped:
    """Is what it wraps, but for what its own class does otherwise."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class _Backend(Wrapped):
    def connect_tcp(self, *args: Any, **options: Any) -> _Stream:
        return _Stream(self._inner.connect_tcp(*args, **options))

    def connect_unix_socket(self, *args: Any, **options: Any) -> _Stream:
        return _Stream(self._inner.connect_unix_socket(*args, **options))


class _Stream(Wrapped):
    def read(self, max_bytes: int, timeout: float | None = None) -> Any:
        return self._inner.read(max_bytes, _left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(timeout))

    def close(self) -> None:
        # Another thread may be reading; closing alone would leave it to wait for its timeout.
        with suppress(OSError):
            socket.socket.shutdown(self._inner.get_extra_info("socket"), socket.SHUT_RDWR)
        self._inner.close()

    def start_tls(self, *args: Any, **options: Any) -> _Stream:
        return _Stream(self._inner.start_tls(*args, **options))
