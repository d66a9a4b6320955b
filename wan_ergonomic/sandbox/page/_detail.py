"""One request with its response, to be read: without keys, and with signed links shortened."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from wan_ergonomic._redaction import without_secrets

from ..records import Received, SentResponse

_SECRET = re.compile(r"cookie|credential|key|secret|token|proxy-auth")
_HIDDEN = "…"


def detail(received: Received) -> dict[str, Any]:
    """Return a request and its response in full."""
    return {
        "query": {name: _parameter(name, value) for name, value in received.query.items()},
        "headers": _headers(received.headers),
        "body": _request_body(received),
        "response": received.response and _response(received.response),
    }


def _response(response: SentResponse) -> dict[str, Any]:
    kind = response.headers.get("content-type", "")
    return {
        "headers": _headers(response.headers),
        "body": None if response.body is None else _pretty(response.body, kind),
        "size": response.size,
        "complete": response.complete,
        "kept": response.kept,
        "kind": kind,
        "cut": response.body is not None and response.cut,
    }


def _request_body(received: Received) -> str | None:
    if received.body is None:
        return received.text and without_secrets(received.text)
    return without_secrets(_json(received.body))


def _pretty(body: str, kind: str) -> str:
    if kind == "application/json":
        # One that was cut is no JSON, and is shown as it is.
        with suppress(ValueError):
            body = _json(json.loads(body))
    return without_secrets(body)


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {
        name: _HIDDEN if _SECRET.search(name) else without_secrets(value)
        for name, value in headers.items()
    }


def _parameter(name: str, value: str) -> str:
    """Return the value of a parameter, unless its name is one of those that signed links have."""
    link = f"/?{name}="
    return without_secrets(value) if without_secrets(link) == link else _HIDDEN
