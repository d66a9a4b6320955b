"""The vendor's API: checks the key and the request, and responds to submissions and polls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response

from wan_ergonomic._generation import dollars
from wan_ergonomic._spec import Role
from wan_ergonomic.conformance import OpenAPIRequest

from . import _spec
from ._jobs import Job, Jobs
from ._named_scenario import JobScenario
from ._responses import client_request_id, error, failure, request_headers, request_id
from ._validation import InvalidRequestError, Validator, parse
from .records import Received, Records

if TYPE_CHECKING:
    from starlette.requests import Request

MAX_BODY = 2**20


class Gateway:
    """Responds to the operations of the contract."""

    def __init__(
        self,
        *,
        jobs: Jobs,
        in_play: JobScenario,
        records: Records,
        link: Callable[[Job], str],
    ) -> None:
        self._jobs = jobs
        self._in_play = in_play
        self._records = records
        self._link = link
        self._validator = Validator()

    async def respond(self, roles: Mapping[str, Role], request: Request) -> Response:
        """Respond to a request; ``roles`` maps the methods of its path to operations."""
        raw, size = await _read(request)
        try:
            body, problem = _parsed(raw, size), None
        except InvalidRequestError as rejected:
            body, problem = None, rejected
        received = self._records.add(request, body, raw)
        if not received.has_right_key:
            return error(request, 401, "Unauthorized")
        checked = OpenAPIRequest.of(
            method=request.method,
            path=request.scope["raw_path"].decode(),
            query=request.query_params.multi_items(),
            headers=request.headers.items(),
            body=b"" if problem else raw,
        )
        try:
            if roles[request.method] == "poll":
                return self._poll(request, checked, received)
            if problem is not None:
                raise problem
            return self._create(request, checked, received)
        except InvalidRequestError as rejected:
            return error(request, rejected.status, str(rejected), rejected.issues)

    def _create(self, request: Request, checked: OpenAPIRequest, received: Received) -> Response:
        body = self._validator.body_of(checked)
        scenario = self._in_play.of(body["prompt"])
        rejection = self._jobs.rejection(body["prompt"], scenario)
        if rejection is not None:
            return failure(request, rejection)
        job = self._jobs.accept(
            body,
            scenario,
            request_id=request_id(request),
            client_request_id=client_request_id(request),
        )
        received.generation_id, received.charged_usd = job.id, dollars(job.credits)
        if scenario.lost is not None:
            lost = failure(request, scenario.lost)
            if scenario.lost_names_job:
                lost.headers["x-inference-id"] = job.id
            return lost
        status, _ = self._jobs.status(job)
        response = _spec.body_of(
            "create", {"id": job.id, "status": status}, usage=job.credits, names=scenario.usage
        )
        headers = _job_headers(request, job) | {
            "x-aimlapi-credits-used": str(job.credits),
            "x-aimlapi-usd-spent": str(dollars(job.credits)),
        }
        accepted = scenario.created_status or _spec.status_of("create")
        return JSONResponse(scenario.created(response), accepted, headers)

    def _poll(self, request: Request, checked: OpenAPIRequest, received: Received) -> Response:
        job = self._jobs.get(self._validator.id_of(checked))
        if job is None:
            raise InvalidRequestError("Inference not found", status=404)
        received.generation_id = job.id
        trouble = job.scenario.polls.at(job.polls)
        job.polls += 1
        if trouble is not None:
            return failure(request, trouble)
        names = job.scenario.usage
        usage = job.credits if names else None
        body = _spec.body_of("poll", self._progress(job), usage=usage, names=names)
        return JSONResponse(
            job.scenario.fetched(body), _spec.status_of("poll"), _job_headers(request, job)
        )

    def _progress(self, job: Job) -> dict[str, Any]:
        status, end = self._jobs.status(job)
        progress: dict[str, Any] = {"id": job.id, "status": status}
        if end is not None:
            progress |= end.details
            if end.video:
                progress["video"] = self._link(job)
        return progress


def _job_headers(request: Request, job: Job) -> dict[str, str]:
    return request_headers(request) | {"x-inference-id": job.id}


async def _read(request: Request) -> tuple[bytes, int]:
    """Return a body's bytes, cut if they are too many, and how many they are.

    It is read to its end even if it is too large: a client that is still sending would
    not see the response.
    """
    raw = bytearray()
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        raw += chunk[: MAX_BODY + 1 - len(raw)]
    return bytes(raw), size


def _parsed(raw: bytes, size: int) -> Any:
    """Return the JSON of a body.

    Raises:
        InvalidRequestError: It is too large or not JSON.
    """
    if size > MAX_BODY:
        raise InvalidRequestError(f"Body is larger than {MAX_BODY} bytes", status=413)
    return parse(raw) if raw else None
