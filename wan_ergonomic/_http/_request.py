"""Sends one request to the API, and reads the response up to a limit.

The generated parser is not used: it raises on shapes that are known to occur.
"""

from __future__ import annotations

import json
import logging
import time
import zlib
from contextlib import aclosing, closing, suppress
from typing import cast

import anyio
import httpx

from wan_ergonomic._errors import UnreadableResponseError
from wan_ergonomic._flows import CLIENT_REQUEST_ID, ApiResponse, Call, Query
from wan_ergonomic._parsing import parse_error

from ._endpoint import Endpoint
from ._failures import api_failures, naming
from ._network import within
from ._transport import chunks_of

MAX_RESPONSE_BYTES = 2**20

_log = logging.getLogger("wan_ergonomic")


def send(transport: httpx.BaseTransport, endpoint: Endpoint, call: Call | Query) -> ApiResponse:
    """Send a request and return the response; blocks.

    Raises:
        WanError: The response is an error, cannot be read, or did not come.
    """
    content, began = bytearray(), time.perf_counter()
    request = endpoint.request(call)
    with api_failures(call.timeout), naming(request), within(call.timeout):
        response = transport.handle_request(request)
        with closing(response), _error_bodies_may_break_off(response):
            for chunk in cast("httpx.SyncByteStream", response.stream):
                content += chunk
                if len(content) > MAX_RESPONSE_BYTES:
                    break
    _log_exchange(endpoint, request, response, began)
    return _read(endpoint, request, response, bytes(content))


async def asend(
    transport: httpx.AsyncBaseTransport, endpoint: Endpoint, call: Call | Query
) -> ApiResponse:
    """Send a request and return the response; awaited.

    Raises:
        WanError: The response is an error, cannot be read, or did not come.
    """
    content, began = bytearray(), time.perf_counter()
    request, response = endpoint.request(call), None
    with api_failures(call.timeout), naming(request):
        with anyio.move_on_after(call.timeout) as scope:
            response = await transport.handle_async_request(request)
            with _error_bodies_may_break_off(response):
                async with aclosing(response), aclosing(chunks_of(response)) as chunks:
                    async for chunk in chunks:
                        content += chunk
                        if len(content) > MAX_RESPONSE_BYTES:
                            break
        if response is None or (scope.cancelled_caught and response.is_success):
            raise httpx.ReadTimeout("")
    _log_exchange(endpoint, request, response, began)
    return _read(endpoint, request, response, bytes(content))


def _error_bodies_may_break_off(response: httpx.Response) -> suppress:
    """An error status counts even if the body breaks off."""
    failures = () if response.is_success else (httpx.HTTPError, httpx.StreamError)
    return suppress(*failures)


def _log_exchange(
    endpoint: Endpoint, request: httpx.Request, response: httpx.Response, began: float
) -> None:
    """Log a request: its path, the status, the time, and whose ids it has."""
    if not _log.isEnabledFor(logging.DEBUG):
        return
    path = request.url.raw_path.decode("ascii")
    ids = {
        "request": response.headers.get("x-request-id"),
        "job": response.headers.get("x-inference-id"),
        "client": request.headers.get(CLIENT_REQUEST_ID),
    }
    known = "".join(f", {name} {each}" for name, each in ids.items() if each)
    seconds = time.perf_counter() - began
    told = f"{request.method} {path}: {response.status_code} in {seconds:.2f} s{known}"
    _log.debug(endpoint.without_key(told))


def _read(
    endpoint: Endpoint, request: httpx.Request, response: httpx.Response, content: bytes
) -> ApiResponse:
    """Return a successful response, without the key; raise an error for any other."""
    # Some gateways quote the request that they reject, its key included.
    without_key = endpoint.without_key
    headers = {name.lower(): without_key(text) for name, text in response.headers.items()}
    if "content-encoding" in headers:
        content = _decompress(content)
    too_large = len(content) > MAX_RESPONSE_BYTES
    if not (encoding := json.detect_encoding(content)).startswith("utf-8"):
        content = content.decode(encoding, errors="replace").encode()
    # Latin-1 maps every byte to a character and back.
    content = without_key(content.decode("latin-1")).encode("latin-1")
    if not response.is_success:
        with_id = request.method != "POST"
        raise parse_error(
            response.status_code, headers, content, with_id=with_id, key_source=endpoint.key_source
        )
    if too_large:
        raise UnreadableResponseError(
            "The API's response is larger than 1 MiB; the rest was not read."
        )
    return ApiResponse(content=content, headers=headers)


def _decompress(content: bytes) -> bytes:
    """Undo gzip or deflate, which no request accepts, up to the limit; return all else as it is."""
    try:
        decoder = zlib.decompressobj(zlib.MAX_WBITS | 32)
        return decoder.decompress(content, MAX_RESPONSE_BYTES + 1)
    except zlib.error:
        return content
