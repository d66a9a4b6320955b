"""One call of the API through a generated endpoint.

The endpoint builds the request, by its public function, and is given an
``Exchange`` for its HTTP client. The answer is kept as it came. The generated
parser gets none of it, since it fails on shapes that are known to occur.
"""

from __future__ import annotations

import inspect
import json
import zlib
from contextlib import aclosing, closing, suppress
from typing import Any, cast

import anyio
import httpx

from generated_client.api.generations import create_generation, fetch_generation
from generated_client.client import Client as GeneratedClient
from generated_client.models.generation_request import GenerationRequest
from wan_ergonomic._errors import ConfigurationError, UnreadableResponseError
from wan_ergonomic._flows._steps import ApiResponse, Call
from wan_ergonomic._parsing._error_response import parse_error

from ._deadline import within
from ._transport import api_failures, chunks_of, timeouts

ENDPOINTS = {"create": create_generation, "poll": fetch_generation}
MAX_ANSWER_BYTES = 2**20

# No document describes what an interim answer holds, so there is nothing to parse.
_NOTHING = 100


def _refusals_may_break_off(response: httpx.Response) -> suppress:
    """A refusal is told by its status, however its body ends."""
    failures = () if response.is_success else (httpx.HTTPError, httpx.StreamError)
    return suppress(*failures)


def _decoded(content: bytes) -> bytes:
    """Undo gzip or deflate, which nobody asked for, as far as the bound; leave all else."""
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(content, MAX_ANSWER_BYTES + 1)
    except zlib.error:
        return content


class _Exchange:
    """What a generated endpoint is given as its HTTP client, for one call.

    It sends the request with this call's own time and headers, raises the
    error that a refusal is, and keeps the answer.
    """

    answer: ApiResponse

    def __init__(self, http: Any, call: Call) -> None:
        self.http = http
        self.call = call
        self.endpoint = ENDPOINTS[call.role]

    def arguments(self) -> dict[str, Any]:
        """Return what the endpoint takes, the call's argument under the vendor's name for it."""
        parameters = inspect.signature(self.endpoint.sync_detailed).parameters
        name = next(n for n, p in parameters.items() if n != "client" and p.default is p.empty)
        argument = self.call.argument
        if self.call.role == "create":
            argument = GenerationRequest.from_dict(argument)
        client = GeneratedClient(base_url="").set_httpx_client(cast("httpx.Client", self))
        client.set_async_httpx_client(cast("httpx.AsyncClient", self))
        return {"client": client, name: argument}

    def build(self, described: dict[str, Any]) -> httpx.Request:
        """Build the request that the endpoint describes."""
        described["timeout"] = timeouts(self.call.timeout)
        try:
            request: httpx.Request = self.http.build_request(**described)
        except httpx.InvalidURL as error:
            raise ConfigurationError(
                f"Nothing can be asked at such an address: {error}."
            ) from error
        request.headers.update(self.call.headers)
        return request

    def keep(self, response: httpx.Response, content: bytes) -> httpx.Response:
        """Keep an answer that is a success; raise the error that any other one is."""
        # Some gateways quote what they refuse.
        without_key = self.http.auth.without_key
        headers = {name.lower(): without_key(text) for name, text in response.headers.items()}
        if "content-encoding" in headers:
            content = _decoded(content)
        too_large = len(content) > MAX_ANSWER_BYTES
        if not (encoding := json.detect_encoding(content)).startswith("utf-8"):
            content = content.decode(encoding, errors="replace").encode()
        # As Latin-1, any bytes are a text.
        content = without_key(content.decode("latin-1")).encode("latin-1")
        if not response.is_success:
            raise parse_error(response.status_code, headers, content)
        if too_large:
            raise UnreadableResponseError("The API's answer is larger than 1 MiB; it was not read.")
        self.answer = ApiResponse(content=content, headers=headers)
        return httpx.Response(_NOTHING)


class SyncExchange(_Exchange):
    """The one that blocks."""

    def ask(self) -> ApiResponse:
        """Run the generated endpoint and return the answer."""
        self.endpoint.sync_detailed(**self.arguments())
        return self.answer

    def request(self, **described: Any) -> httpx.Response:
        """Send what the endpoint describes; called by the generated code."""
        content = bytearray()
        with api_failures(self.call.timeout), within(self.call.timeout):
            response = self.http.send(self.build(described), stream=True)
            with closing(response), _refusals_may_break_off(response):
                for chunk in response.stream:
                    content += chunk
                    if len(content) > MAX_ANSWER_BYTES:
                        break
        return self.keep(response, bytes(content))


class AsyncExchange(_Exchange):
    """The one that is awaited."""

    async def ask(self) -> ApiResponse:
        """Run the generated endpoint and return the answer."""
        await self.endpoint.asyncio_detailed(**self.arguments())
        return self.answer

    async def request(self, **described: Any) -> httpx.Response:
        """Send what the endpoint describes; called by the generated code."""
        content = bytearray()
        response = None
        with api_failures(self.call.timeout):
            with anyio.move_on_after(self.call.timeout) as scope:
                response = await self.http.send(self.build(described), stream=True)
                with _refusals_may_break_off(response):
                    async with aclosing(response), aclosing(chunks_of(response)) as chunks:
                        async for chunk in chunks:
                            content += chunk
                            if len(content) > MAX_ANSWER_BYTES:
                                break
            if response is None or (scope.cancelled_caught and response.is_success):
                raise TimeoutError
        return self.keep(response, bytes(content))
