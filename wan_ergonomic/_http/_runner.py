"""Runs ``Call``, ``Fetch``, ``FileWork`` and ``Sleep`` steps: one runner blocks, one awaits.

Owns the httpx clients: one for the API, which has the key, and one for videos,
which does not.
"""

from __future__ import annotations

import inspect
import threading
import time
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import aclosing, closing, suppress
from dataclasses import replace
from typing import Any, cast

import anyio
import anyio.to_thread
import httpx

from wan_ergonomic._clock import Clock
from wan_ergonomic._errors import (
    ConfigurationError,
    ConnectionFailedError,
    DownloadError,
    IncompleteDownloadError,
)
from wan_ergonomic._flows import ApiResponse, Call, Fetch, Query, callback_errors

from ._clients import Endpoint
from ._failures import check_storage_response, storage_failures
from ._links import MAX_REDIRECTS, TOO_MANY_REDIRECTS
from ._network import restricted_to, within
from ._per_process import of_this_loop, renew_after_fork
from ._pool import FRESH
from ._request import asend, send
from ._transport import chunks_of, timeouts

# A stream that receives nothing for this many seconds is given up.
STALL_SECONDS = 30.0

_NO_SLOT = "Other status requests took all of the time allowed."


class Runner:
    """Runs steps by blocking; safe to use from many threads."""

    def __init__(self, endpoint: Endpoint, clock: Clock, in_flight: int, transport: Any) -> None:
        self._api, self._storage = endpoint.build_clients(httpx.Client, transport)
        self._links = endpoint.links
        self._in_flight = in_flight
        self.sleep = clock.sleep
        self.renew()
        renew_after_fork(self)

    def renew(self) -> None:
        """Replace the locks that another thread of the parent process may hold."""
        self._slots = threading.BoundedSemaphore(self._in_flight)
        _replace_cookies(self._api, self._storage)

    def call(self, step: Call | Query) -> ApiResponse:
        """Call the API; a status request waits for a free slot first."""
        _check_open(self._api)
        if isinstance(step, Query) or step.role != "poll":
            return send(self._api, step)
        began, slots = time.monotonic(), self._slots
        if not slots.acquire(timeout=min(max(step.time_left, 0), threading.TIMEOUT_MAX)):
            raise ConnectionFailedError(_NO_SLOT)
        try:
            return send(self._api, _after(step, began))
        finally:
            slots.release()

    def fetch(self, step: Fetch) -> None:
        """Stream a video into its part file."""
        with (
            within(step.left()),
            restricted_to(self._links),
            closing(self._chunks(step)) as chunks,
        ):
            for chunk in chunks:
                step.part.write(chunk)
                if step.on_progress:
                    with callback_errors():
                        step.on_progress(step.part.offset, step.part.total)

    def _chunks(self, step: Fetch) -> Generator[bytes]:
        """Yield a video's chunks; a user's callback runs outside, so its errors are unchanged."""
        _check_open(self._api)
        with storage_failures():
            request = self._storage.build_request("GET", step.url, **_options(step))
            for _ in range(1 + MAX_REDIRECTS):
                self._links.check_link(request.url)
                with closing(self._storage.send(request, stream=True)) as response:
                    if response.next_request is None:
                        if not _begins(step, response):
                            return
                        yield from cast("httpx.SyncByteStream", response.stream)
                        return
                    request = response.next_request
        raise DownloadError(TOO_MANY_REDIRECTS)

    def close(self) -> None:
        """Close all connections."""
        self._api.close()
        self._storage.close()


class AsyncRunner:
    """Runs steps by awaiting, under any event loop that anyio supports."""

    def __init__(self, endpoint: Endpoint, clock: Clock, in_flight: int, transport: Any) -> None:
        self._api, self._storage = endpoint.build_clients(httpx.AsyncClient, transport)
        self._links = endpoint.links
        self._in_flight = in_flight
        self.sleep = clock.asleep
        renew_after_fork(self)

    def renew(self) -> None:
        """Replace the locks that another thread of the parent process may hold."""
        _replace_cookies(self._api, self._storage)

    async def call(self, step: Call | Query) -> ApiResponse:
        """Call the API; a status request waits for a free slot first."""
        _check_open(self._api)
        if isinstance(step, Query) or step.role != "poll":
            return await asend(self._api, step)
        began, slots = time.monotonic(), self._slots_of_this_loop()
        with anyio.move_on_after(step.time_left) as scope:
            await slots.acquire()
        if scope.cancelled_caught:
            raise ConnectionFailedError(_NO_SLOT)
        try:
            return await asend(self._api, _after(step, began))
        finally:
            slots.release()

    def _slots_of_this_loop(self) -> anyio.CapacityLimiter:
        here = of_this_loop()
        if self not in here:
            here[self] = anyio.CapacityLimiter(self._in_flight)
        return cast("anyio.CapacityLimiter", here[self])

    async def fetch(self, step: Fetch) -> None:
        """Stream a video into its part file, which is written to in a thread."""
        with (
            anyio.move_on_after(step.left()) as scope,
            restricted_to(self._links),
        ):
            async with aclosing(self._chunks(step)) as chunks:
                async for chunk in chunks:
                    await anyio.to_thread.run_sync(step.part.write, chunk)
                    if step.on_progress:
                        with callback_errors():
                            await awaited(step.on_progress(step.part.offset, step.part.total))
        if scope.cancelled_caught:
            raise IncompleteDownloadError("The time allowed for the download is over.")

    async def _chunks(self, step: Fetch) -> AsyncGenerator[bytes]:
        """Yield a video's chunks; a user's callback runs outside, so its errors are unchanged."""
        _check_open(self._api)
        with storage_failures():
            request = self._storage.build_request("GET", step.url, **_options(step))
            for _ in range(1 + MAX_REDIRECTS):
                self._links.check_link(request.url)
                async with aclosing(await self._storage.send(request, stream=True)) as response:
                    if response.next_request is None:
                        if not _begins(step, response):
                            return
                        async with aclosing(chunks_of(response)) as chunks:
                            async for chunk in chunks:
                                yield chunk
                        return
                    request = response.next_request
        raise DownloadError(TOO_MANY_REDIRECTS)

    async def file_work(self, work: Callable[[], object]) -> object:
        """Do file work in a thread, and wait for its end even when cancelled."""
        done: list[object] = []

        async def run() -> None:
            with anyio.CancelScope(shield=True):
                try:
                    done.append(await anyio.to_thread.run_sync(work))
                except Exception as error:  # noqa: BLE001 - raised below
                    done.append(error)

        try:
            shield = anyio.CancelScope(shield=True)
        except RuntimeError:
            # The event loop has ended under this coroutine.
            return work()
        # A shield does not stop asyncio's own task.cancel(), but a task group waits for its tasks.
        with shield:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(run)
        if isinstance(done[0], Exception):
            raise done[0]
        return done[0]

    async def close(self) -> None:
        """Close all connections of this event loop."""
        for client in (self._api, self._storage):
            # The caller's own transport may belong to an event loop that has ended.
            with suppress(RuntimeError):
                await client.aclose()


async def awaited(returned: object) -> None:
    """Await what a callback returned, if it is awaitable."""
    if inspect.isawaitable(returned):
        await returned


def _replace_cookies(*clients: httpx.Client | httpx.AsyncClient) -> None:
    """Replace the cookies of clients, which contain a lock."""
    for client in clients:
        client.cookies = httpx.Cookies()


def _check_open(client: httpx.Client | httpx.AsyncClient) -> None:
    if client.is_closed:
        raise ConfigurationError("This client was closed; make a new one.")


def _after(step: Call, began: float) -> Call:
    """Return a call with the time that is left after the wait for a slot."""
    left = step.time_left - (time.monotonic() - began)
    return replace(step, timeout=min(step.timeout, left))


def _begins(step: Fetch, response: httpx.Response) -> bool:
    """Begin a part with a response; return whether its body is to be written.

    Raises:
        DownloadError: The response holds no video. A part that does not match it is discarded.
    """
    if step.part.has_all(response.status_code, response.headers):
        return False
    if response.status_code in {412, 416}:
        step.part.restart()
    check_storage_response(response)
    step.part.begin(response.status_code, response.headers)
    return True


def _options(step: Fetch) -> dict[str, Any]:
    timeout = timeouts(min(STALL_SECONDS, step.left()))
    headers = step.part.request_headers()
    # On a reused connection, the rest of an earlier response could be read as this one.
    return {"headers": headers, "timeout": timeout, "extensions": dict(FRESH)}
