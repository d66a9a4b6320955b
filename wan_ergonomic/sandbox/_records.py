"""What the sandbox was asked: one record for each request, in the order they came.

Never holds a key: an Authorization header becomes the words "right key" or
"wrong key" before anything is kept.
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

# A sandbox that runs for days forgets its first requests instead of growing.
_KEPT = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One request as it arrived.

    Attributes:
        method: GET, POST, HEAD, …
        path: The path, percent-decoded.
        query: The query's parameters; of one that is repeated, the last.
        headers: The headers by their lower-case names. Under ``authorization``
            there is "right key", "wrong key", or nothing if there was no such header.
        body: The JSON value of the body, or None if it has none or is not JSON.
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
    """Keeps records; written by the server's thread and read by others."""

    def __init__(self, key: str) -> None:
        self._right = f"Bearer {key}".encode()
        self._lock = threading.Lock()
        self._kept: deque[Received] = deque(maxlen=_KEPT)

    def all(self) -> tuple[Received, ...]:
        """Return the records so far."""
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
