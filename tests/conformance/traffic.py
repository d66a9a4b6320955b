"""Recordings in the formats of browsers and proxies, made from real traffic with a sandbox."""

from __future__ import annotations

import io
import json
from typing import Any

import httpx

from tests.support.first_contract import MODEL, SERVER, WANTED
from wan_ergonomic._spec import Role
from wan_ergonomic.conformance import Verification, verify

Entry = dict[str, Any]


class Recorder(httpx.BaseTransport):
    """A transport that keeps the HAR entry of each exchange.

    Attributes:
        entries: The entries so far.
    """

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._inner = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, and keep the exchange."""
        response = self._inner.handle_request(request)
        response.read()
        body = request.read()
        self.entries.append(
            {
                "startedDateTime": "2026-11-22T10:00:00.000Z",
                "time": 12.5,
                "request": {
                    "method": request.method,
                    "url": str(request.url),
                    "httpVersion": "HTTP/1.1",
                    "headers": _har_headers(request.headers),
                    "bodySize": len(body),
                    "headersSize": -1,
                }
                | ({"postData": _content(request, body)} if body else {}),
                "response": {
                    "status": response.status_code,
                    "headers": _har_headers(response.headers),
                    "content": {"size": len(response.content)}
                    | _content(response, response.content),
                },
            }
        )
        # A stream can be read only once.
        stream = httpx.ByteStream(response.content)
        return httpx.Response(response.status_code, headers=response.headers, stream=stream)

    def close(self) -> None:
        """Close its connections."""
        self._inner.close()


def _har_headers(headers: httpx.Headers) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers.multi_items()]


def _content(message: httpx.Request | httpx.Response, body: bytes) -> dict[str, str]:
    return {"mimeType": message.headers["content-type"], "text": body.decode("latin-1")}


def exchange(role: Role = "create", status: int = 200, returned: Any = None, **parts: Any) -> Entry:
    """Return one exchange, as an object for a JSON line. It honors the first contract by default.

    Args:
        role: The operation.
        status: The response's status.
        returned: The response's body.
        parts: ``body``, ``url`` and ``headers`` of the request.
    """
    method, path = WANTED[role]
    url = f"{SERVER}{path}" + ("?generation_id=id-1" if role == "poll" else "")
    request = {
        "method": method,
        "url": url,
        "headers": {"Content-Type": "application/json", "Authorization": "Bearer secret-key"},
        "body": {"model": MODEL, "prompt": "A boat"} if role == "create" else "",
    }
    good = {"id": "id-1", "status": "queued"} if status < 300 else {"message": "no"}
    response = {
        "status": status,
        "headers": {"Content-Type": "application/json; charset=utf-8"},
        "body": good if returned is None else returned,
    }
    return {"request": request | parts, "response": response}


def as_lines(*entries: Entry) -> bytes:
    """Return a recording as JSON lines."""
    return b"".join(json.dumps(entry).encode() + b"\n" for entry in entries)


def as_har(*entries: Any, indent: int | None = 2) -> bytes:
    """Return a recording as a HAR."""
    har = {"log": {"version": "1.2", "creator": {"name": "a test"}, "entries": list(entries)}}
    return json.dumps(har, indent=indent).encode()


def check(recording: bytes, *servers: str) -> Verification:
    """Check a recording with the name traffic.har."""
    return verify(io.BytesIO(recording), "traffic.har", servers=servers)


def found(*entries) -> list[tuple[str | None, str, str]]:
    """Return pointer, expectation and finding of each violation in some exchanges."""
    violations = check(as_lines(*entries)).violations
    return [(one.pointer, one.expected, one.found) for one in violations]
