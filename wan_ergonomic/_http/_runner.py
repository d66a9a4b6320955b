"""Performs ``Call``, ``Fetch`` and ``Sleep``: once by blocking, once by awaiting.

Owns the httpx clients: one for submissions and one for looks, which have the
key, and one for videos, which has not.
"""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing, closing
from dataclasses import replace
from typing import Any, cast

import anyio
import httpx

from wan_ergonomic._clock import Clock
from wan_ergonomic._errors import (
    ConfigurationError,
    ConnectionFailedError,
    DownloadError,
    IncompleteDownloadError,
)
from wan_ergonomic._flows._steps import ApiResponse, Call, Fetch, callback_errors

from ._deadline import bind, within
from ._driver import awaited
from ._request import AsyncExchange, SyncExchange
from ._transport import (
    MAX_REDIRECTS,
    STALL_SECONDS,
    Origin,
    check_store_answer,
    chunks_of,
    store_failures,
    timeouts,
)

_NO_SLOT = "Other status requests took all of the time allowed."
_TOO_FAR = f"The video's link has more than {MAX_REDIRECTS} redirects; it was not followed on."


class Runner:
    """Performs steps by blocking; safe to use from many threads."""

    def __init__(self, origin: Origin, clock: Clock, in_flight: int, transport: Any) -> None:
        clients = origin.clients(httpx.Client, transport)
        self._submissions, self._polls, self._store = map(bind, clients)
        self._check_link = origin.check_link
        self._slots = threading.BoundedSemaphore(in_flight)
        self.sleep = clock.sleep

    def call(self, step: Call) -> ApiResponse:
        """Ask the API; few status requests are under way at once."""
        _check_open(self._submissions)
        if step.role != "poll":
            return SyncExchange(self._submissions, step).ask()
        began = time.monotonic()
        if not self._slots.acquire(timeout=min(max(step.patience, 0), threading.TIMEOUT_MAX)):
            raise ConnectionFailedError(_NO_SLOT)
        try:
            return SyncExchange(self._polls, _after(step, began)).ask()
        finally:
            self._slots.release()

    def fetch(self, step: Fetch) -> None:
        """Stream a video into its part file."""
        with within(step.left()), closing(self._chunks(step)) as chunks:
            for chunk in chunks:
                step.part.write(chunk)
                if step.on_progress:
                    with callback_errors():
                        step.on_progress(step.part.offset, step.part.total)

    def _chunks(self, step: Fetch) -> Generator[bytes]:
        """Yield what the store sends; what the caller's own code raises never passes here."""
        _check_open(self._submissions)
        with store_failures():
            request = self._store.build_request("GET", step.url, **_options(step))
            for _ in range(1 + MAX_REDIRECTS):
                self._check_link(request.url)
                with closing(self._store.send(request, stream=True)) as response:
                    if response.next_request is None:
                        _begin(step, response)
                        yield from cast("httpx.SyncByteStream", response.stream)
                        return
                    request = response.next_request
        raise DownloadError(_TOO_FAR)

    def close(self) -> None:
        """Close all connections."""
        self._submissions.close()
        self._polls.close()
        self._store.close()


class AsyncRunner:
    """Performs steps by awaiting, under any event loop that anyio knows."""

    def __init__(self, origin: Origin, clock: Clock, in_flight: int, transport: Any) -> None:
        clients = origin.clients(httpx.AsyncClient, transport)
        self._submissions, self._polls, self._store = clients
        self._check_link = origin.check_link
        self._slots = anyio.CapacityLimiter(in_flight)
        self.sleep = clock.asleep

    async def call(self, step: Call) -> ApiResponse:
        """Ask the API; few status requests are under way at once."""
        _check_open(self._submissions)
        if step.role != "poll":
            return await AsyncExchange(self._submissions, step).ask()
        began = time.monotonic()
        with anyio.move_on_after(step.patience) as scope:
            await self._slots.acquire()
        if scope.cancelled_caught:
            raise ConnectionFailedError(_NO_SLOT)
        try:
            return await AsyncExchange(self._polls, _after(step, began)).ask()
        finally:
            self._slots.release()

    async def fetch(self, step: Fetch) -> None:
        """Stream a video into its part file."""
        with anyio.move_on_after(step.left()) as scope:
            async with aclosing(self._chunks(step)) as chunks:
                async for chunk in chunks:
                    step.part.write(chunk)
                    if step.on_progress:
                        with callback_errors():
                            await awaited(step.on_progress(step.part.offset, step.part.total))
        if scope.cancelled_caught:
            raise IncompleteDownloadError("The time allowed for the download is over.")

    async def _chunks(self, step: Fetch) -> AsyncGenerator[bytes]:
        """Yield what the store sends; what the caller's own code raises never passes here."""
        _check_open(self._submissions)
        with store_failures():
            request = self._store.build_request("GET", step.url, **_options(step))
            for _ in range(1 + MAX_REDIRECTS):
                self._check_link(request.url)
                async with aclosing(await self._store.send(request, stream=True)) as response:
                    if response.next_request is None:
                        _begin(step, response)
                        async with aclosing(chunks_of(response)) as chunks:
                            async for chunk in chunks:
                                yield chunk
                        return
                    request = response.next_request
        raise DownloadError(_TOO_FAR)

    async def close(self) -> None:
        """Close all connections."""
        await self._submissions.aclose()
        await self._polls.aclose()
        await self._store.aclose()


def _check_open(client: httpx.Client | httpx.AsyncClient) -> None:
    if client.is_closed:
        raise ConfigurationError("This client was closed; make a new one.")


def _after(step: Call, began: float) -> Call:
    """Return the call with the time that it still has, now that it is its turn."""
    left = step.patience - (time.monotonic() - began)
    return replace(step, timeout=min(step.timeout, left))


def _begin(step: Fetch, response: httpx.Response) -> None:
    """Take the head of the store's answer."""
    if response.status_code in {412, 416}:
        # What is held is no beginning of what the store has.
        step.part.restart()
    check_store_answer(response)
    step.part.begin(response.status_code, response.headers)


def _options(step: Fetch) -> dict[str, Any]:
    timeout = timeouts(min(STALL_SECONDS, step.left()))
    return {"headers": step.part.request_headers(), "timeout": timeout}
