"""One call of the API through a generated endpoint.

The endpoint builds the request, by its public function, and is given an
``Exchange`` for its HTTP client. An answer is kept as it came; the generated
parser sees it too, but has no say, since it fails on shapes that are known to
occur.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import aclosing, closing, contextmanager
from typing import Any, cast

import anyio
import httpx

from generated_client.api.generations import create_generation, fetch_generation
from generated_client.client import Client as GeneratedClient
from generated_client.models.generation_request import GenerationRequest

from ._deadline import within
from ._errors import UnreadableResponseError
from ._refusals import read_refusal
from ._steps import Answer, Call
from ._transport import api_failures, timeouts, without_key

ENDPOINTS = {"create": create_generation, "poll": fetch_generation}
MAX_ANSWER_BYTES = 2**20

# What the generated code raises on an answer that does not fit the document.
_PARSER_ERRORS = (AttributeError, KeyError, RecursionError, TypeError, ValueError)


@contextmanager
def _refusals_may_break_off(response: httpx.Response) -> Iterator[None]:
    """A refusal is told by its status, however its body ends."""
    try:
        yield
    except (httpx.HTTPError, httpx.StreamError):
        if response.is_success:
            raise


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
        parameters = inspect.signature(ENDPOINTS[self.call.role].sync_detailed).parameters
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

    @contextmanager
    def parsing(self) -> Iterator[None]:
        """Let the generated parser fail on an answer that is kept already."""
        try:
            yield
        except _PARSER_ERRORS:
            if self.answer is None:
                raise

    def given(self) -> Answer:
        """Return the answer."""
        assert self.answer
        return self.answer

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


class SyncExchange(_Exchange):
    """The one that blocks."""

    def __init__(self, http: httpx.Client, call: Call) -> None:
        super().__init__(call)
        self._http = http

    def ask(self) -> Answer:
        """Run the generated endpoint and return the answer."""
        client = GeneratedClient(base_url="").set_httpx_client(cast("httpx.Client", self))
        with self.parsing():
            ENDPOINTS[self.call.role].sync_detailed(client=client, **self.arguments())
        return self.given()

    def request(self, method: str, url: str, **kwargs: Any) -> httpx.Response:
        """Send what the endpoint describes; called by the generated code."""
        content = bytearray()
        with api_failures(self.call.timeout), within(self.call.timeout):
            request = self.build(self._http, method, url, kwargs)
            response = self._http.send(request, stream=True)
            with closing(response), _refusals_may_break_off(response):
                for chunk in response.iter_bytes():
                    content += chunk
                    if len(content) > MAX_ANSWER_BYTES:
                        break
        return self.keep(response, bytes(content))


class AsyncExchange(_Exchange):
    """The one that is awaited."""

    def __init__(self, http: httpx.AsyncClient, call: Call) -> None:
        super().__init__(call)
        self._http = http

    async def ask(self) -> Answer:
        """Run the generated endpoint and return the answer."""
        client = GeneratedClient(base_url="")
        client.set_async_httpx_client(cast("httpx.AsyncClient", self))
        with self.parsing():
            await ENDPOINTS[self.call.role].asyncio_detailed(client=client, **self.arguments())
        return self.given()

    async def request(self, method: str, url: str, **kwargs: Any) -> httpx.Response:
        """Send what the endpoint describes; called by the generated code."""
        content = bytearray()
        response = None
        with api_failures(self.call.timeout):
            with anyio.move_on_after(self.call.timeout) as scope:
                request = self.build(self._http, method, url, kwargs)
                response = await self._http.send(request, stream=True)
                with _refusals_may_break_off(response):
                    async with aclosing(response):
                        async for chunk in response.aiter_bytes():
                            content += chunk
                            if len(content) > MAX_ANSWER_BYTES:
                                break
            if response is None or (scope.cancelled_caught and response.is_success):
                raise TimeoutError
        return self.keep(response, bytes(content))
