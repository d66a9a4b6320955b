"""The requests that the sandbox received, in order.

A record never holds a key: the value of an Authorization header is replaced by
"right key" or "wrong key".
"""

from __future__ import annotations

import hmac
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette.requests import Request

# A sandbox that runs for days drops its oldest records, so that its memory is bounded.
_KEPT = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One received request.

    Attributes:
        method: GET, POST, HEAD, …
        path: The path, percent-decoded.
        query: The query parameters; of a repeated one, the last.
        headers: The headers by lower-case name; ``authorization`` is "right key" or
            "wrong key", and missing if there was no such header.
        body: The parsed JSON body; None if there is none or it is not JSON.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any = None

    @property
    def has_right_key(self) -> bool:
        """Whether the request carried the sandbox's own key."""
        return self.headers.get("authorization") == "right key"


class Records:
    """Keeps records; the server's thread writes them, and any thread reads them."""

    def __init__(self, key: str) -> None:
        self._right = f"Bearer {key}".encode()
        self._lock = threading.Lock()
        self._kept: deque[Received] = deque(maxlen=_KEPT)

    def all(self) -> tuple[Received, ...]:
        """Return the records."""
        with self._lock:
            return tuple(self._kept)

    def add(self, request: Request, body: Any = None) -> Received:
        """Keep a record of a request and return it."""
        headers = dict(request.headers)
        sent = headers.get("authorization")
        if sent is not None:
            right = hmac.compare_digest(sent.encode(), self._right)
            headers["authorization"] = "right key" if right else "wrong key"
        received = Received(
            method=request.method,
            path=request.scope["path"],
            query=dict(request.query_params),
            headers=headers,
            body=body,
        )
        with self._lock:
            self._kept.append(received)
        return received
