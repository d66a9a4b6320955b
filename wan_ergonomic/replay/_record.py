"""Transports that send requests, and record each one with its response.

They send as the clients do without a transport of the caller's own: the deadlines and the checks of
addresses apply. The file is written after each response, so that an interrupted run is kept.
"""

from __future__ import annotations

import logging
import os
import threading
from pathlib import Path
from typing import Any

import httpx

from wan_ergonomic._environment import read_environment
from wan_ergonomic._http import AsyncTransport, Transport
from wan_ergonomic._settings import find_base_url

from . import _file
from ._errors import RecordingError
from ._scrub import Scrubber

_log = logging.getLogger("wan_ergonomic")


class _Tape:
    """What was recorded so far, and the file that it is in."""

    def __init__(self, path: str | os.PathLike[str], *, keep_videos: bool) -> None:
        self._path = Path(path).absolute()
        if self._path.exists():
            raise RecordingError(
                f"{self._path} exists already, and a recording may have been paid for. Replay it, "
                "or delete it to record again. Nothing was sent."
            )
        self._keep_videos = keep_videos
        self._scrubber = Scrubber()
        self._entries: list[_file.Entry] = []
        self._lock = threading.Lock()
        # Before anything is paid for.
        _file.write(self._path, self._entries)

    def add(self, request: httpx.Request, response: httpx.Response) -> httpx.Response:
        """Record an exchange whose bodies were read; return the response for the client."""
        content = response.content
        try:
            with self._lock:
                self._record(request, response)
        except Exception as error:  # noqa: BLE001 - the response may have been paid for
            _log.warning("The recording %s lacks a response: %s", self._path, error)
        headers = httpx.Headers(response.headers)
        # The body was decoded when it was read.
        for name in ("content-encoding", "transfer-encoding"):
            headers.pop(name, None)
        headers["content-length"] = str(len(content))
        return httpx.Response(response.status_code, headers=headers, content=content)

    def _record(self, request: httpx.Request, response: httpx.Response) -> None:
        link = self._scrubber.link(str(request.url))
        entry = self._video(link, response) if link else self._call(request, response)
        if not self._repeats(entry):
            self._entries.append(entry)
            _file.write(self._path, self._entries)

    def _call(self, request: httpx.Request, response: httpx.Response) -> _file.Entry:
        sent: dict[str, Any] = {"method": request.method, "url": str(request.url), "headers": {}}
        if "authorization" in request.headers:
            sent["headers"]["authorization"] = "Bearer ***"
        if request.content:
            sent["headers"]["content-type"] = request.headers.get("content-type", "")
            # A link in a prompt is no secret, and has to be the same when it is replayed.
            sent["body"] = Scrubber.sent(request.content)
        return {"request": sent, "response": self._response(response)}

    def _video(self, link: str, response: httpx.Response) -> _file.Entry:
        entry: _file.Entry = {
            "request": {"method": "GET", "url": link, "headers": {}},
            "response": self._response(response),
        }
        if not response.is_success:
            return entry
        del entry["response"]["body"]
        # A part of a video is not kept: what is replayed is whole.
        entry["response"]["status"] = 200
        entry["response"]["file"] = None
        if self._keep_videos and response.status_code == 200:
            file = self._path.with_name(f"{self._path.stem}-{link.rpartition('/')[2]}")
            file.write_bytes(response.content)
            entry["response"]["file"] = file.name
        return entry

    def _response(self, response: httpx.Response) -> dict[str, Any]:
        return {
            "status": response.status_code,
            "headers": self._scrubber.headers(response.headers),
            "body": self._scrubber.body(response.content),
        }

    def _repeats(self, entry: _file.Entry) -> bool:
        """Whether an entry says what the one before it said, as most polls of a job do."""
        if not self._entries or entry["request"]["method"] != "GET":
            return False
        before, now = self._entries[-1], entry
        return before["request"] == now["request"] and all(
            before["response"].get(name) == now["response"].get(name)
            for name in ("status", "body", "file")
        )


class RecordingTransport(httpx.BaseTransport):
    """Sends the requests of a ``WanClient`` and records them.

    Args:
        path: The JSON file, which must not exist.
        keep_videos: Whether the bytes of videos are stored beside it; by default, a small video is
            replayed in their place.
        base_url: That of the client.
        transport: The transport that sends; by default as without one of your own.

    Raises:
        RecordingError: The file exists already or cannot be written; nothing was sent.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        keep_videos: bool = False,
        base_url: str | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._tape = _Tape(path, keep_videos=keep_videos)
        self._inner = transport or Transport(read_environment(find_base_url(base_url)))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, and record it; called by httpx."""
        request.read()
        response = self._inner.handle_request(request)
        try:
            response.read()
        finally:
            response.close()
        return self._tape.add(request, response)

    def close(self) -> None:
        """Close all connections."""
        self._inner.close()


class AsyncRecordingTransport(httpx.AsyncBaseTransport):
    """Does for an ``AsyncWanClient`` what ``RecordingTransport`` does for a ``WanClient``.

    Takes the same arguments, and raises the same errors.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        keep_videos: bool = False,
        base_url: str | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._tape = _Tape(path, keep_videos=keep_videos)
        self._inner = transport or AsyncTransport(read_environment(find_base_url(base_url)))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, and record it; called by httpx."""
        await request.aread()
        response = await self._inner.handle_async_request(request)
        try:
            await response.aread()
        finally:
            await response.aclose()
        return self._tape.add(request, response)

    async def aclose(self) -> None:
        """Close all connections of this event loop."""
        await self._inner.aclose()
