"""The page over HTTP: its files, its state, and what it changes. None of it is recorded."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from .._jobs import Job
from .._storage import Storage
from . import _files
from ._about import about
from ._access import rejection
from ._changes import Changes
from ._detail import detail
from ._errors import PageError
from ._state import Shown, State, Watched, whole

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

_MAX_BODY = 10_000


class Page:
    """The page as an ASGI application.

    Args:
        path: Where it is.
        key: The key of the sandbox.
        watched: What it shows and changes.
        storage: The storage that has the videos.
    """

    def __init__(self, *, path: str, key: str, watched: Watched, storage: Storage) -> None:
        self._path = path
        self._key = key
        self._watched = watched
        self._state = State(watched)
        self._changes = Changes(watched)
        self._storage = storage

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
        except PageError as error:
            response = JSONResponse({"error": str(error)}, error.status)
            if error.status == 405:
                response.headers["allow"] = "GET, POST"
        response.headers.update(_files.HEADERS)
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        reason = rejection(request)
        if reason is not None:
            raise PageError(403, reason)
        steps = request.path_params.get("rest", "").split("/")
        if request.method == "GET":
            return await self._get(request, steps)
        if request.method == "POST":
            await self._post(request, steps)
            return JSONResponse({})
        raise PageError(405, f"The page does not know {request.method}.")

    async def _get(self, request: Request, steps: list[str]) -> Response:
        match steps:
            case [""]:
                return _files.page(self._path)
            case ["about"]:
                return JSONResponse(about(str(request.base_url).rstrip("/"), self._key))
            case ["state"]:
                return JSONResponse(self._state.now(Shown.of(request.query_params)))
            case ["requests", number]:
                return self._detail(whole(number))
            case ["videos", name]:
                return await self._video(self._job(name.removesuffix(".mp4")), request)
            case [name] if name in _files.names():
                return _files.file(name)
        raise PageError(404, "The page has nothing there.")

    async def _post(self, request: Request, steps: list[str]) -> None:
        match steps:
            case ["settings"]:
                self._changes.settings(await _body(request))
            case ["jobs", name, ("finish" | "fail") as how]:
                self._changes.end(self._job(name), how)
            case _:
                raise PageError(404, "The page has nothing there.")

    def _detail(self, number: int) -> Response:
        received = self._watched.records.numbered(number)
        if received is None:
            raise PageError(404, "This request is no longer kept.")
        return JSONResponse(detail(received))

    async def _video(self, job: Job, request: Request) -> Response:
        _, end = self._watched.jobs.status(job)
        if end is None or not end.video:
            raise PageError(404, "This job has no video.")
        return await self._storage.preview(job, request)

    def _job(self, name: str) -> Job:
        job = self._watched.jobs.find(name)
        if job is None:
            raise PageError(404, "There is no such job.")
        return job


async def _body(request: Request) -> Any:
    raw = b""
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > _MAX_BODY:
            raise PageError(413, "The request is too large.")
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise PageError(400, "The request must be JSON.") from error
