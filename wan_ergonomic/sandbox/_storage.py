"""The object storage that the vendor's links lead to.

It acts as a host other than the API: its errors differ, and it rejects requests with a key.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from html import escape
from typing import TYPE_CHECKING
from uuid import uuid4

from starlette.responses import Response

from ._card import Card
from ._jobs import Job, Jobs
from ._links import LinkRejectedError, Links
from ._ranges import UnsatisfiableRangeError, part_of
from ._responses import hang_up, page
from ._scenario import DownloadTrouble
from ._video import Video, Videos
from .records import Records

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send


class Storage:
    """Sends videos to requests with a valid link."""

    def __init__(self, *, jobs: Jobs, links: Links, records: Records) -> None:
        self._jobs = jobs
        self._links = links
        self._records = records
        self._videos = Videos()

    async def respond(self, request: Request) -> Response:
        """Respond to a request for a video."""
        received = self._records.add(request)
        if "authorization" in received.headers:
            return _error(400, "InvalidArgument", "Only one auth mechanism allowed.")
        try:
            self._links.check(received.path, received.query)
        except LinkRejectedError as rejected:
            return _error(403, rejected.code, str(rejected))
        # Links are signed only for videos that exist.
        job = self._jobs.named(request.path_params["name"])
        received.generation_id = job.id
        card = Card.of(job.request, job.edition)
        trouble = _trouble(request, job)
        if trouble in _INSTEAD_OF_VIDEO:
            return _INSTEAD_OF_VIDEO[trouble]()
        video = await asyncio.to_thread(self._videos.get, card)
        if trouble is DownloadTrouble.CUT:
            return CutShort(video)
        return _whole(video) if job.scenario.ignores_range else _requested_part(video, request)

    async def preview(self, job: Job, request: Request) -> Response:
        """Respond with a job's video, as if it had no scenario, and count nothing."""
        card = Card.of(job.request, job.edition)
        return _requested_part(await asyncio.to_thread(self._videos.get, card), request)


def _trouble(request: Request, job: Job) -> DownloadTrouble | None:
    if request.method != "GET":
        return None
    trouble = job.scenario.downloads.at(job.downloads)
    job.downloads += 1
    return trouble


class CutShort(Response):
    """Announces a whole video, sends half of it and closes the connection."""

    def __init__(self, video: Video) -> None:
        super().__init__(headers=_headers(video) | {"content-length": str(len(video.data))})
        self._half = video.data[: len(video.data) // 2]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start = {"status": self.status_code, "headers": self.raw_headers}
        await send({"type": "http.response.start", **start})
        await send({"type": "http.response.body", "body": self._half, "more_body": True})
        await hang_up(scope, receive)


def _headers(video: Video) -> dict[str, str]:
    return {"content-type": "video/mp4", "etag": video.etag}


def _whole(video: Video, headers: Mapping[str, str] | None = None) -> Response:
    return Response(video.data, headers=_headers(video) | dict(headers or {}))


def _requested_part(video: Video, request: Request) -> Response:
    size = len(video.data)
    headers = _headers(video) | {"accept-ranges": "bytes"}
    try:
        part = part_of(request.headers, size=size, etag=video.etag)
    except UnsatisfiableRangeError:
        rejection = _error(416, "InvalidRange", "The requested range is not satisfiable.")
        rejection.headers["content-range"] = f"bytes */{size}"
        return rejection
    if part is None:
        return _whole(video, headers)
    first, last = part
    headers["content-range"] = f"bytes {first}-{last}/{size}"
    return Response(video.data[first : last + 1], 206, headers)


def _error(status: int, code: str, message: str) -> Response:
    request_id = str(uuid4())
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{code}</Code><Message>{escape(message, quote=False)}</Message>"
        f"<RequestId>{request_id}</RequestId></Error>\n"
    )
    headers = {"x-oss-request-id": request_id}
    return Response(text, status, headers, media_type="application/xml")


_INSTEAD_OF_VIDEO: Mapping[DownloadTrouble | None, Callable[[], Response]] = {
    DownloadTrouble.REJECTED: lambda: _error(403, "AccessDenied", "Denied by bucket policy."),
    DownloadTrouble.UNAVAILABLE: lambda: _error(
        503, "SlowDown", "Please reduce your request rate."
    ),
    DownloadTrouble.MISSING: lambda: _error(404, "NoSuchKey", "The object does not exist."),
    DownloadTrouble.COPYING: lambda: Response(status_code=202),
    DownloadTrouble.PAGE: lambda: page(200),
    DownloadTrouble.EMPTY: lambda: Response(media_type="video/mp4"),
}
