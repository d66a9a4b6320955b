"""Performs ``Call``, ``Fetch`` and ``Sleep``: once by blocking, once by awaiting.

Requests are built by the generated endpoints, through their public functions,
and sent by the httpx clients made here. An answer is read as it came; the
generated parser sees it too, but has no say, since it fails on shapes that are
known to occur.
"""

from __future__ import annotations

import inspect
import threading
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import aclosing, closing
from dataclasses import replace
from typing import Any, cast

import anyio
import httpx

from generated_client.api.generations import create_generation, fetch_generation
from generated_client.client import Client as GeneratedClient
from generated_client.models.generation_request import GenerationRequest

from ._errors import ConnectionFailedError, IncompleteDownloadError, UnreadableResponseError
from ._refusals import read_refusal
from ._steps import Answer, Call, Fetch
from ._transport import (
    STALL_SECONDS,
    Origin,
    api_failures,
    check_store_answer,
    store_failures,
    timeouts,
    without_key,
)

MAX_ANSWER_BYTES = 2**20

_NO_SLOT = "Other status requests took all of the time allowed."
_TIME_IS_OVER = "The time allowed for the download is over."

_ENDPOINTS = {"create": create_generation, "poll": fetch_generation}
# What the generated code raises on an answer that does not fit the document.
_PARSER_ERRORS = (AttributeError, KeyError, RecursionError, TypeError, ValueError)


class _Exchange:
    """What a generated endpoint is given as its HTTP client, for one call.

    It sends the request with this call's own time and headers, turns a refusal
    into its error before the generated parser meets it, and keeps the answer.
    """

    def __init__(self, call: Call) -> None:
        self.call = call
        self.answer: Answer | None = None

    def arguments(self) -> dict[str, Any]:
        """Name the argument as the generated endpoint does, which is as the vendor does."""
        parameters = inspect.signature(_ENDPOINTS[self.call.role].sync_detailed).parameters
        name = next(n for n, p in parameters.items() if n != "client" and p.default is p.empty)
        if self.call.role == "create":
            return {name: GenerationRequest.from_dict(self.call.argument)}
        return {name: self.call.argument}

    def build(self, http: Any, method: str, url: str, kwargs: dict[str, Any]) -> httpx.Request:
        """Build the request that the endpoint describes."""
        options = {**kwargs, "timeout": timeouts(self.call.timeout)}
        request: httpx.Request = http.build_request(method, url, **options)
        request.headers.update(self.call.headers)
        return request

    def keep(self, response: httpx.Response, content: bytes) -> httpx.Response:
        """Keep an answer that is a success; raise the error that any other one is."""
        headers = {name.lower(): value for name, value in response.headers.items()}
        content = without_key(response.request, content)
        if not response.is_success:
            raise read_refusal(response.status_code, headers, content)
        if len(content) > MAX_ANSWER_BYTES:
            raise UnreadableResponseError("The API's answer is larger than 1 MiB; it was not read.")
        self.answer = Answer(content=content, headers=headers)
        return httpx.Response(response.status_code, content=content)


class _SyncExchange(_Exchange):
    def __init__(self, http: httpx.Client, call: Call) -> None:
        super().__init__(call)
        self._http = http

    def request(self, method: str, url: str, **kwargs: Any) -> httpx.Response:
        deadline = time.monotonic() + self.call.timeout
        with api_failures(self.call.timeout):
            request = self.build(self._http, method, url, kwargs)
            response = self._http.send(request, stream=True)
            # The head took some of the time; a body that stops may have what is left of it.
            request.extensions["timeout"]["read"] = max(deadline - time.monotonic(), 0.001)
            with closing(response):
                content = bytearray()
                for chunk in response.iter_bytes():
                    content += chunk
                    if len(content) > MAX_ANSWER_BYTES:
                        break
                    if time.monotonic() > deadline:
                        raise TimeoutError
        return self.keep(response, bytes(content))


class _AsyncExchange(_Exchange):
    def __init__(self, http: httpx.AsyncClient, call: Call) -> None:
        super().__init__(call)
        self._http = http

    async def request(self, method: str, url: str, **kwargs: Any) -> httpx.Response:
        with api_failures(self.call.timeout), anyio.fail_after(self.call.timeout):
            request = self.build(self._http, method, url, kwargs)
            response = await self._http.send(request, stream=True)
            content = bytearray()
            try:
                async for chunk in response.aiter_bytes():
                    content += chunk
                    if len(content) > MAX_ANSWER_BYTES:
                        break
            finally:
                await response.aclose()
        return self.keep(response, bytes(content))


class BlockingPerformer:
    """Performs steps by blocking; safe to use from many threads."""

    def __init__(
        self,
        origin: Origin,
        *,
        in_flight: int,
        sleep: Callable[[float], None],
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        def check(request: httpx.Request) -> None:
            origin.check_link(request.url)

        self.sleep = sleep
        self._slots = threading.BoundedSemaphore(in_flight)
        self._api = httpx.Client(**origin.api_options(), transport=transport)
        self._store = httpx.Client(
            **origin.store_options(), transport=transport, event_hooks={"request": [check]}
        )

    def call(self, step: Call) -> Answer:
        """Ask the API; few status requests are under way at once."""
        if step.role != "poll":
            return self._ask(step)
        began = time.monotonic()
        if not self._slots.acquire(timeout=max(step.timeout, 0)):
            raise ConnectionFailedError(_NO_SLOT)
        try:
            return self._ask(replace(step, timeout=step.timeout - (time.monotonic() - began)))
        finally:
            self._slots.release()

    def _ask(self, step: Call) -> Answer:
        exchange = _SyncExchange(self._api, step)
        client = GeneratedClient(base_url="").set_httpx_client(cast("httpx.Client", exchange))
        try:
            _ENDPOINTS[step.role].sync_detailed(client=client, **exchange.arguments())
        except _PARSER_ERRORS:
            if exchange.answer is None:
                raise
        assert exchange.answer
        return exchange.answer

    def fetch(self, step: Fetch) -> None:
        """Stream a video into its part file."""
        with closing(self._chunks(step)) as chunks:
            for chunk in chunks:
                step.part.write(chunk)
                if step.on_progress:
                    step.on_progress(step.part.offset, step.part.total)
                if step.left() <= 0:
                    raise IncompleteDownloadError(_TIME_IS_OVER)

    def _chunks(self, step: Fetch) -> Generator[bytes]:
        """Yield what the store sends; what the caller's own code raises never passes here."""
        with store_failures(), self._store.stream("GET", step.url, **_options(step)) as response:
            _begin(step, response)
            yield from response.iter_raw()

    def close(self) -> None:
        """Close all connections."""
        self._api.close()
        self._store.close()


class AwaitingPerformer:
    """Performs steps by awaiting, under any event loop that anyio knows."""

    def __init__(
        self,
        origin: Origin,
        *,
        in_flight: int,
        sleep: Callable[[float], Awaitable[None]],
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        async def check(request: httpx.Request) -> None:
            origin.check_link(request.url)

        self.sleep = sleep
        self._slots = anyio.CapacityLimiter(in_flight)
        self._api = httpx.AsyncClient(**origin.api_options(), transport=transport)
        self._store = httpx.AsyncClient(
            **origin.store_options(), transport=transport, event_hooks={"request": [check]}
        )

    async def call(self, step: Call) -> Answer:
        """Ask the API; few status requests are under way at once."""
        if step.role != "poll":
            return await self._ask(step)
        began = time.monotonic()
        with anyio.move_on_after(step.timeout) as scope:
            await self._slots.acquire()
        if scope.cancelled_caught:
            raise ConnectionFailedError(_NO_SLOT)
        try:
            left = step.timeout - (time.monotonic() - began)
            return await self._ask(replace(step, timeout=left))
        finally:
            self._slots.release()

    async def _ask(self, step: Call) -> Answer:
        exchange = _AsyncExchange(self._api, step)
        client = GeneratedClient(base_url="")
        client.set_async_httpx_client(cast("httpx.AsyncClient", exchange))
        try:
            await _ENDPOINTS[step.role].asyncio_detailed(client=client, **exchange.arguments())
        except _PARSER_ERRORS:
            if exchange.answer is None:
                raise
        assert exchange.answer
        return exchange.answer

    async def fetch(self, step: Fetch) -> None:
        """Stream a video into its part file."""
        with anyio.move_on_after(step.left()) as scope:
            async with aclosing(self._chunks(step)) as chunks:
                async for chunk in chunks:
                    step.part.write(chunk)
                    if step.on_progress:
                        told = step.on_progress(step.part.offset, step.part.total)
                        if inspect.isawaitable(told):
                            await told
        if scope.cancelled_caught:
            raise IncompleteDownloadError(_TIME_IS_OVER)

    async def _chunks(self, step: Fetch) -> AsyncGenerator[bytes]:
        """Yield what the store sends; what the caller's own code raises never passes here."""
        with store_failures():
            async with self._store.stream("GET", step.url, **_options(step)) as response:
                _begin(step, response)
                async for chunk in response.aiter_raw():
                    yield chunk

    async def close(self) -> None:
        """Close all connections."""
        await self._api.aclose()
        await self._store.aclose()


def _begin(step: Fetch, response: httpx.Response) -> None:
    """Take the head of the store's answer."""
    if response.status_code == 416:
        # What is held is no beginning of what the store has.
        step.part.restart()
    check_store_answer(response)
    step.part.begin(response.status_code, response.headers)


def _options(step: Fetch) -> dict[str, Any]:
    timeout = timeouts(min(STALL_SECONDS, step.left()))
    return {"headers": step.part.request_headers(), "timeout": timeout}
