"""The account's operations over HTTP: keys, failures, limits and headers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response

from .._jobs import Jobs
from .._pace import Pace
from .._responses import error, failure, has_gone, request_headers
from .._validation import InvalidRequestError
from ..records import Records
from ._billing import balance, transactions_page
from ._books import Books
from ._catalogue import catalogue
from ._etag import with_etag
from ._in_play import InPlay
from ._log import log_page
from ._metrics import metrics
from ._paths import KEYLESS, PATHS, Operation
from ._queries import LogQuery
from ._rate_limit import RateLimit

if TYPE_CHECKING:
    from starlette.requests import Request


class Endpoints:
    """Responds to the account's operations."""

    def __init__(
        self,
        *,
        jobs: Jobs,
        books: Books,
        in_play: InPlay,
        records: Records,
        url: Callable[[], str],
        pace: Pace,
        clock: Callable[[], float],
    ) -> None:
        self._jobs = jobs
        self._books = books
        self._in_play = in_play
        self._records = records
        self._url = url
        self._pace = pace
        self._clock = clock
        self._rate_limit = RateLimit(clock)
        self._responses: Mapping[Operation, Callable[[Request], Response]] = {
            "list_models": self._models,
            "model_metrics": self._metrics,
            "list_requests": self._log,
            "get_balance": self._balance,
            "list_transactions": self._transactions,
        }

    def by_path(self) -> Mapping[str, Callable[[Request], Awaitable[Response]]]:
        """Return the endpoint of each path."""
        return {path: partial(self._respond, operation) for operation, path in PATHS.items()}

    async def _respond(self, operation: Operation, request: Request) -> Response:
        received = self._records.add(request)
        delay = self._in_play.scenario.response_delay
        if delay and await has_gone(request.receive, delay):
            return Response()
        if operation not in KEYLESS and not received.has_right_key:
            return error(request, 401, "Unauthorized")
        trouble = self._in_play.failure(operation)
        if trouble is not None:
            return failure(request, trouble)
        try:
            return self._responses[operation](request)
        except InvalidRequestError as rejected:
            return error(request, rejected.status, str(rejected), rejected.issues)

    def _models(self, request: Request) -> Response:
        scenario = self._in_play.scenario
        body = catalogue(request.query_params, scenario, self._url())
        response = JSONResponse(body, headers=request_headers(request))
        return with_etag(request, response) if scenario.etag else response

    def _metrics(self, request: Request) -> Response:
        scenario, now = self._in_play.scenario, self._clock()
        body = metrics(request.query_params, scenario, now=now, speed=self._pace.speed)
        return JSONResponse(body, headers=request_headers(request))

    def _log(self, request: Request) -> Response:
        scenario = self._in_play.scenario
        if not self._rate_limit.allows(scenario.requests_per_minute):
            return error(request, 429, "Too many requests")
        query = LogQuery.of(request.query_params, self._clock())
        body = log_page(self._jobs, query, scenario)
        return JSONResponse(body, headers=request_headers(request))

    def _balance(self, request: Request) -> Response:
        return JSONResponse(balance(self._books), headers=request_headers(request))

    def _transactions(self, request: Request) -> Response:
        body = transactions_page(self._books, request.query_params, self._in_play.scenario)
        return JSONResponse(body, headers=request_headers(request))
