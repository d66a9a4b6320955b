"""Runs ``Call``, ``Fetch``, ``FileWork`` and ``Sleep`` steps: one runner blocks, one awaits."""

from __future__ import annotations

import inspect
import threading
import time
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import aclosing, closing, suppress
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
from wan_ergonomic._flows import ApiResponse, Call, Fetch, Query, callback_errors

from ._endpoint import Endpoint, video_request
from ._failures import check_storage_response, naming, storage_failures
from ._links import MAX_REDIRECTS, TOO_MANY_REDIRECTS, redirect
from ._network import restricted_to, within
from ._per_process import of_this_loop, renew_after_fork
from ._request import asend, send
from ._transport import chunks_of

_NO_SLOT = "Other status requests took all of the time allowed."


class Runner:
    """Runs steps by blocking; safe to use from many threads.

    Attributes:
        closed: Whether it was closed.
    """

    def __init__(self, endpoint: Endpoint, clock: Clock, in_flight: int, transport: Any) -> None:
        self._endpoint = endpoint
        self._transport = endpoint.connect(transport, asynchronous=False)
        self.closed = False
        self._in_flight = in_flight
        self.sleep = clock.sleep
        self.renew()
        renew_after_fork(self)

    def renew(self) -> None:
        """Replace the locks that another thread of the parent process may hold."""
        self._slots = threading.BoundedSemaphore(self._in_flight)

    def call(self, step: Call | Query) -> ApiResponse:
        """Call the API; a status request waits for a free slot first."""
        _check_open(self)
        if isinstance(step, Query) or step.role != "poll":
            return send(self._transport, self._endpoint, step)
        began, slots = time.monotonic(), self._slots
        if not slots.acquire(timeout=min(max(step.time_left, 0), threading.TIMEOUT_MAX)):
            raise ConnectionFailedError(_NO_SLOT)
        try:
            return send(self._transport, self._endpoint, _after(step, began))
        finally:
            slots.release()

    def fetch(self, step: Fetch) -> None:
        """Stream a video into its part file."""
        with (
            within(step.left()),
            restricted_to(self._endpoint.links),
            closing(self._chunks(step)) as chunks,
        ):
            for chunk in chunks:
                step.part.write(chunk)
                if step.on_progress:
                    with callback_errors():
                        step.on_progress(step.part.offset, step.part.total)

    def _chunks(self, step: Fetch) -> Generator[bytes]:
        """Yield a video's chunks; a user's callback runs outside, so its errors are unchanged."""
        _check_open(self)
        with storage_failures():
            url = httpx.URL(step.url)
            for _ in range(1 + MAX_REDIRECTS):
                self._endpoint.links.check_link(url)
                request = video_request(url, step)
                with naming(request), closing(self._transport.handle_request(request)) as response:
                    if (target := redirect(url, response)) is None:
                        if _begins(step, response):
                            yield from cast("httpx.SyncByteStream", response.stream)
                        return
                    url = target
        raise DownloadError(TOO_MANY_REDIRECTS)

    def close(self) -> None:
        """Close all connections."""
        self.closed = True
        self._transport.close()


class AsyncRunner:
    """Runs steps by awaiting, under any event loop that anyio supports.

    Attributes:
        closed: Whether it was closed.
    """

    def __init__(self, endpoint: Endpoint, clock: Clock, in_flight: int, transport: Any) -> None:
        self._endpoint = endpoint
        self._transport = endpoint.connect(transport, asynchronous=True)
        self.closed = False
        self._in_flight = in_flight
        self.sleep = clock.asleep

    async def call(self, step: Call | Query) -> ApiResponse:
        """Call the API; a status request waits for a free slot first."""
        _check_open(self)
        if isinstance(step, Query) or step.role != "poll":
            return await asend(self._transport, self._endpoint, step)
        began, slots = time.monotonic(), self._slots_of_this_loop()
        with anyio.move_on_after(step.time_left) as scope:
            await slots.acquire()
        if scope.cancelled_caught:
            raise ConnectionFailedError(_NO_SLOT)
        try:
            return await asend(self._transport, self._endpoint, _after(step, began))
        finally:
            slots.release()

    def _slots_of_this_loop(self) -> anyio.CapacityLimiter:
        here = of_this_loop()
        if self not in here:
            here[self] = anyio.CapacityLimiter(self._in_flight)
        return cast("anyio.CapacityLimiter", here[self])

    async def fetch(self, step: Fetch) -> None:
        """Stream a video into its part file, which is written to in a thread."""
        from anyio import to_thread

        with (
            anyio.move_on_after(step.left()) as scope,
            restricted_to(self._endpoint.links),
        ):
            async with aclosing(self._chunks(step)) as chunks:
                async for chunk in chunks:
                    await to_thread.run_sync(step.part.write, chunk)
                    if step.on_progress:
                        with callback_errors():
                            await awaited(step.on_progress(step.part.offset, step.part.total))
        if scope.cancelled_caught:
            raise IncompleteDownloadError("The time allowed for the download is over.")

    async def _chunks(self, step: Fetch) -> AsyncGenerator[bytes]:
        """Yield a video's chunks; a user's callback runs outside, so its errors are unchanged."""
        _check_open(self)
        with storage_failures():
            url = httpx.URL(step.url)
            for _ in range(1 + MAX_REDIRECTS):
                self._endpoint.links.check_link(url)
                request = video_request(url, step)
                with naming(request):
                    response = await self._transport.handle_async_request(request)
                    async with aclosing(response):
                        if (target := redirect(url, response)) is None:
                            if _begins(step, response):
                                async with aclosing(chunks_of(response)) as chunks:
                                    async for chunk in chunks:
                                        yield chunk
                            return
                        url = target
        raise DownloadError(TOO_MANY_REDIRECTS)

    async def file_work(self, work: Callable[[], object]) -> object:
        """Do file work in a thread, and wait for its end even when cancelled."""
        from anyio import to_thread

        done: list[object] = []

        async def run() -> None:
            with anyio.CancelScope(shield=True):
                try:
                    done.append(await to_thread.run_sync(work))
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
        self.closed = True
        # The caller's own transport may belong to an event loop that has ended.
        with suppress(RuntimeError):
            await self._transport.aclose()


async def awaited(returned: object) -> None:
    """Await what a callback returned, if it is awaitable."""
    if inspect.isawaitable(returned):
        await returned


def _check_open(runner: Runner | AsyncRunner) -> None:
    if runner.closed:
        raise ConfigurationError("This client was closed; make a new one.")


def _after(step: Call, began: float) -> Call:
    """Return a call with the time that is left after the wait for a slot."""
    left = step.time_left - (time.monotonic() - began)
    return step._replace(timeout=min(step.timeout, left))


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
