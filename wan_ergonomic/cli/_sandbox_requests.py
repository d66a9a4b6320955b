"""What `wan sandbox` prints of the requests that it receives: one line each, with the response."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from itertools import takewhile
from typing import TYPE_CHECKING

from ._streams import printable, report

if TYPE_CHECKING:
    from wan_ergonomic.sandbox import Received, Sandbox, SentResponse

_LONGEST_PROMPT = 68


class Requests:
    """Prints each request of a sandbox once its response has been sent."""

    def __init__(self, server: Sandbox, *, as_json: bool) -> None:
        self._server = server
        self._as_json = as_json
        self._last = 0
        self._waiting: list[Received] = []

    def show(self) -> None:
        """Print the requests that have had their response since the last call."""
        waiting, self._waiting = [*self._waiting, *self._new()], []
        for received in waiting:
            if received.response is None:
                self._waiting.append(received)
            else:
                report("\n".join(self._lines(received, received.response)))

    def _new(self) -> list[Received]:
        newest = reversed(self._server.received)
        found = list(takewhile(lambda one: one.number > self._last, newest))[::-1]
        self._last = found[-1].number if found else self._last
        return found

    def _lines(self, received: Received, response: SentResponse) -> Iterator[str]:
        if self._as_json:
            yield json.dumps(_event(received, response))
            return
        when = time.strftime("%H:%M:%S", time.localtime(received.at))
        status = response.status or "none"
        parts = [f"{when}  {received.method} {received.path} → {status}", _took(response.duration)]
        parts += [response.summary, _about_key(received)]
        yield printable("  ".join(filter(None, parts)))
        prompt = _prompt(received)
        if prompt:
            yield f"          {printable(prompt)[:_LONGEST_PROMPT]}"


def _event(received: Received, response: SentResponse) -> dict[str, object]:
    return {
        "event": "request",
        "method": received.method,
        "path": received.path,
        "about": _prompt(received) or received.generation_id,
        "right_key": received.has_right_key,
        "at": received.at,
        "status": response.status,
        "duration": response.duration,
        "generation_id": received.generation_id,
        "summary": response.summary,
    }


def _took(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _about_key(received: Received) -> str:
    from wan_ergonomic.sandbox import KEYLESS_PATHS

    # Neither does a video's link need a key, nor the catalogue and the metrics.
    keyless = received.path.startswith("/videos/") or received.path in KEYLESS_PATHS
    return "" if received.has_right_key or keyless else "(without the right key)"


def _prompt(received: Received) -> str | None:
    """Return a request's prompt: the only part of its body that is shown."""
    prompt = received.body.get("prompt") if isinstance(received.body, dict) else None
    return prompt if isinstance(prompt, str) else None
