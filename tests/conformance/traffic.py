"""Recordings as browsers and proxies write them, made from real traffic with a sandbox."""

from __future__ import annotations

import json
from typing import Any

import httpx

from wan_ergonomic import _spec
from wan_ergonomic._spec import Role

Entry = dict[str, Any]


class Recorder(httpx.BaseTransport):
    """A transport that keeps a HAR entry of each exchange.

    Attributes:
        entries: The entries so far.
    """

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._inner = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a request on and keep what came of it."""
        answer = self._inner.handle_request(request)
        answer.read()
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
                    "status": answer.status_code,
                    "headers": _har_headers(answer.headers),
                    "content": {"size": len(answer.content)} | _content(answer, answer.content),
                },
            }
        )
        # What was read once cannot be streamed any more.
        stream = httpx.ByteStream(answer.content)
        return httpx.Response(answer.status_code, headers=answer.headers, stream=stream)

    def close(self) -> None:
        """Close its connections."""
        self._inner.close()


def _har_headers(headers: httpx.Headers) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers.multi_items()]


def _content(message: httpx.Request | httpx.Response, body: bytes) -> dict[str, str]:
    return {"mimeType": message.headers["content-type"], "text": body.decode("latin-1")}


def exchange(role: Role = "create", status: int = 200, answer: Any = None, **parts: Any) -> Entry:
    """Return one exchange that honours the contract, as a JSON line has it, but for some parts.

    Args:
        role: The operation.
        status: The answer's status.
        answer: The answer's body.
        parts: ``body``, ``url`` and ``headers`` of the request.
    """
    url = _spec.server_url() + _spec.path(role)
    if role == "poll":
        name = _spec.operation("poll")["parameters"][0]["name"]
        url += f"?{name}=id-1"
    request = {
        "method": _spec.METHODS[role].upper(),
        "url": url,
        "headers": {"Content-Type": "application/json", "Authorization": "Bearer secret-key"},
        "body": {"model": _spec.model(), "prompt": "A boat"} if role == "create" else "",
    }
    good = {"id": "id-1", "status": "queued"} if status < 300 else {"message": "no"}
    response = {
        "status": status,
        "headers": {"Content-Type": "application/json; charset=utf-8"},
        "body": good if answer is None else answer,
    }
    return {"request": request | parts, "response": response}


def as_lines(*entries: Entry) -> bytes:
    """Return a recording as JSON lines."""
    return b"".join(json.dumps(entry).encode() + b"\n" for entry in entries)


def as_har(*entries: Entry, indent: int | None = 2) -> bytes:
    """Return a recording as a HAR."""
    har = {"log": {"version": "1.2", "creator": {"name": "a test"}, "entries": list(entries)}}
    return json.dumps(har, indent=indent).encode()
