"""Notes the response to each request that is recorded, while it is sent."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from wan_ergonomic._redaction import Key

from ._received import Received, SentResponse
from ._records import MAX_TEXT, STATE, Records
from ._summary import summary_of

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Recorder:
    """ASGI middleware: notes status, headers, text and duration of each response.

    Args:
        app: The application.
        records: The records of requests; a request that is not recorded there is passed on.
        key: The sandbox's own key, which is masked in texts.
    """

    def __init__(self, app: ASGIApp, records: Records, key: str) -> None:
        self._app = app
        self._records = records
        self._key = Key(key)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began, sent = time.perf_counter(), _Sent()

        async def noted(message: Message) -> None:
            await send(message)
            sent.note(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            received = scope.get("state", {}).get(STATE)
            if received is not None:
                response = sent.response(received, time.perf_counter() - began, self._key)
                self._records.respond(received, response)


class _Sent:
    """What has been sent of one response so far."""

    def __init__(self) -> None:
        self._status: int | None = None
        self._headers: Mapping[str, str] = {}
        self._size = 0
        self._complete = False
        self._text: bytes | None = None

    def note(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._headers = {n.decode(): v.decode("latin-1") for n, v in message["headers"]}
            self._text = b"" if _is_text(self._kind) else None
            return
        part = message.get("body", b"")
        self._size += len(part)
        self._complete = not message.get("more_body", False)
        if self._text is not None:
            self._text += part

    @property
    def _kind(self) -> str:
        return self._headers.get("content-type", "").partition(";")[0]

    def response(self, received: Received, duration: float, key: Key) -> SentResponse:
        text = None if self._text is None else self._text.decode("utf-8", "replace")
        shown = None if text is None else key.mask_in(text)
        return SentResponse(
            status=self._status,
            duration=duration,
            size=self._size,
            complete=self._complete,
            summary=summary_of(
                received, status=self._status, kind=self._kind, text=shown, size=self._size
            ),
            headers={name: key.mask_in(value) for name, value in self._headers.items()},
            body=shown and shown[:MAX_TEXT],
            cut=len(shown or "") > MAX_TEXT,
        )


def _is_text(kind: str) -> bool:
    return kind.startswith("text/") or kind in {"application/json", "application/xml"}
