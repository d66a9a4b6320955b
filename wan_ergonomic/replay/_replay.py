"""Plays a recording for either client, without the network."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from wan_ergonomic.conformance import Conformance, Response, Violation, role_of

from . import _file
from ._errors import NotRecordedError, RecordingError
from ._scrub import Scrubber

_PROMPT_LENGTH = 60


class ReplayTransport(httpx.MockTransport):
    """Responds to the requests of a ``WanClient`` or an ``AsyncWanClient`` from a recording.

    A request is found by its method, its path, its parameters and its body, whatever the server and
    the key are. The responses to one request come in their order. The last response to a GET is
    repeated, because a replay may poll more often; a POST is replayed as often as it was recorded.

    Args:
        path: The file that a ``RecordingTransport`` has written.
        check: Whether each recorded response must honor the contract.

    Raises:
        RecordingError: The file cannot be read, or a response in it departs from the contract.
    """

    def __init__(self, path: str | os.PathLike[str], *, check: bool = True) -> None:
        super().__init__(self._respond)
        self._path = Path(path)
        self._entries = _file.read(self._path)
        self._used: set[int] = set()
        self._lock = threading.Lock()
        if check and (found := [str(each.message) for each in self.violations()]):
            raise RecordingError(
                f"{self._path} departs from the contract: {'; '.join(found)}. Record it again, or "
                "pass check=False."
            )

    def violations(self) -> Iterator[Violation]:
        """Yield each departure of a recorded response from the contract.

        Raises:
            RecordingError: The ``contract`` extra is not installed.
        """
        conformance = Conformance()
        for entry in self._entries:
            request, recorded = entry["request"], entry["response"]
            role = role_of(request["method"], urlsplit(request["url"]).path)
            if role is None:
                continue
            response = Response(
                status=recorded["status"],
                headers=recorded["headers"],
                content_type=recorded["headers"].get("content-type", ""),
                body=_file.content_of(entry, self._path.parent),
            )
            try:
                yield from conformance.check_response(role, response)
            except ModuleNotFoundError as error:
                raise RecordingError(
                    "To check a recording, install: pip install 'wan-ergonomic[contract]'; or pass "
                    "check=False."
                ) from error

    def _respond(self, request: httpx.Request) -> httpx.Response:
        entry = self._next(request)
        recorded = entry["response"]
        content = _file.content_of(entry, self._path.parent)
        return httpx.Response(recorded["status"], headers=recorded["headers"], content=content)

    def _next(self, request: httpx.Request) -> _file.Entry:
        body = Scrubber.sent(request.content) if request.content else None
        wanted = _identity(request.method, str(request.url), body)
        with self._lock:
            same = [
                number
                for number, entry in enumerate(self._entries)
                if _identity_of(entry) == wanted
            ]
            left = [number for number in same if number not in self._used]
            # Polls are free, and repeated; a submission is not.
            if not left and (request.method == "POST" or not same):
                raise NotRecordedError(self._missing(request, body, known=bool(same)))
            number = left[0] if left else same[-1]
            self._used.add(number)
            return self._entries[number]

    def _missing(self, request: httpx.Request, body: Any, *, known: bool) -> str:
        shown = _shown(request.method, str(request.url), body)
        if known:
            return f"{self._path} has no further response to {shown}. Nothing was sent."
        requests = (entry["request"] for entry in self._entries)
        listed = dict.fromkeys(_shown(r["method"], r["url"], r.get("body")) for r in requests)
        has = "; ".join(listed) or "nothing"
        return f"{self._path} has no {shown}. It has: {has}. Nothing was sent."


def _identity_of(entry: _file.Entry) -> Any:
    request = entry["request"]
    return _identity(request["method"], request["url"], request.get("body"))


def _identity(method: str, url: str, body: Any) -> tuple[object, ...]:
    """Return what two requests have in common that are the same."""
    parts = urlsplit(url)
    query = sorted(parse_qsl(parts.query, keep_blank_values=True))
    return method.upper(), parts.path, query, body


def _shown(method: str, url: str, body: Any) -> str:
    """Return a request in a few words; the query of a link is never recorded."""
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    if body is None:
        return f"{method} {parts.path}{query}"
    text = json.dumps(body, ensure_ascii=False)
    short = text if len(text) <= _PROMPT_LENGTH else f"{text[: _PROMPT_LENGTH - 1]}…"
    return f"{method} {parts.path}{query} {short}"
