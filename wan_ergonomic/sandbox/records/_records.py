"""Keeps the requests that the sandbox received, in order, and their responses."""

from __future__ import annotations

import hmac
import threading
import time
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, Any

from ._received import Received, SentResponse

if TYPE_CHECKING:
    from starlette.requests import Request

# A sandbox that runs for days drops its oldest records, so that its memory is bounded.
_KEPT = 100_000
# How many bytes of responses are kept, and how much of one text.
_KEPT_BYTES = 32_000_000
MAX_TEXT = 16 * 1024
# About what a header costs beside its characters.
_OVERHEAD = 100

# The name of the record of a request in its state.
STATE = "received"


class Records:
    """Keeps records; the server's thread writes them, and any thread reads them.

    Args:
        key: The key that is right.
    """

    def __init__(self, key: str) -> None:
        self._right = f"Bearer {key}".encode()
        self._lock = threading.Lock()
        self._kept: deque[Received] = deque(maxlen=_KEPT)
        self._responses: deque[tuple[SentResponse, int]] = deque()
        self._bytes = 0
        self._total = 0

    def all(self) -> tuple[Received, ...]:
        """Return the records."""
        with self._lock:
            return tuple(self._kept)

    @property
    def total(self) -> int:
        """How many requests were received, those that are no longer kept included."""
        return self._total

    @property
    def dropped(self) -> int:
        """How many of them are no longer kept."""
        return self._total - len(self._kept)

    def newest(self, count: int) -> list[Received]:
        """Return the newest records, the newest first."""
        with self._lock:
            return list(islice(reversed(self._kept), count))

    def numbered(self, number: int) -> Received | None:
        """Return the record with a number, or None."""
        with self._lock:
            index = number - 1 - (self._total - len(self._kept))
            return self._kept[index] if 0 <= index < len(self._kept) else None

    def add(self, request: Request, body: Any = None, raw: bytes = b"") -> Received:
        """Keep a record of a request and return it.

        Args:
            request: The request.
            body: Its parsed body.
            raw: The bytes of the body, which are kept in part if they could not be parsed.
        """
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
            text=raw[:MAX_TEXT].decode("utf-8", "replace") if raw and body is None else None,
            # Not by the clock of the jobs: a test may count how often that is read.
            at=time.time(),
        )
        with self._lock:
            self._total += 1
            received.number = self._total
            self._kept.append(received)
        setattr(request.state, STATE, received)
        return received

    def respond(self, received: Received, response: SentResponse) -> None:
        """Add the response to a request; drop what the oldest responses hold, if all hold a lot."""
        size = len(response.body or "") + sum(
            len(name) + len(value) + _OVERHEAD for name, value in response.headers.items()
        )
        with self._lock:
            received.response = response
            self._responses.append((response, size))
            self._bytes += size
            while self._bytes > _KEPT_BYTES:
                oldest, held = self._responses.popleft()
                self._bytes -= held
                oldest.headers, oldest.body, oldest.kept = {}, None, False
