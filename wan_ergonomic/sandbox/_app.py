"""The sandbox as an ASGI application: its routes."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from . import _spec
from ._gateway import Gateway
from ._jobs import Job, Jobs
from ._links import Links
from ._named_scenario import SCENARIOS, JobScenario
from ._pace import Pace
from ._responses import error
from ._scenario import Scenario
from ._storage import Storage
from .account import PATHS, Account, AccountScenario, Books, Endpoints, InPlay
from .page import Page, Watched, free_path
from .records import Recorder, Records

# Of the sandbox itself.
_OWN_PATHS = ("/openapi.json", "/videos")

Endpoint = Callable[[Request], Awaitable[Response]]

_WELCOME = """\
This is the wan sandbox: it acts as AIML API's video generation on this machine.
Nothing is generated and nothing is billed: costs are made up, and the videos are
test cards.

  base URL  {url}
  API key   {key}
  contract  {url}/openapi.json
  page      {url}{page}

A prompt that contains [scenario: NAME] plays one of these:

{scenarios}
"""


class Vendor:
    """The state of one sandbox, and its application."""

    def __init__(
        self,
        *,
        url: str,
        speed: float,
        key: str,
        link_lifetime: float,
        clock: Callable[[], float],
        account: AccountScenario | None,
        scenario: Scenario | None,
    ) -> None:
        self.url = url
        self.records = Records(key)
        self.pace = Pace(speed, clock)
        self.in_play = JobScenario(scenario)
        in_play = InPlay(account)
        self.jobs = Jobs(pace=self.pace, clock=clock, price=in_play.price)
        books = Books(jobs=self.jobs, in_play=in_play, clock=clock)
        self.account = Account(in_play=in_play, books=books)
        self._operations = Endpoints(
            jobs=self.jobs,
            books=books,
            in_play=in_play,
            records=self.records,
            url=lambda: self.url,
            pace=self.pace,
            clock=clock,
        )
        self._key = key
        self._watched = Watched(
            jobs=self.jobs,
            pace=self.pace,
            in_play=self.in_play,
            account=self.account,
            books=books,
            records=self.records,
            clock=clock,
        )
        self.page_path = free_path([*_OWN_PATHS, *_spec.operations(), *PATHS.values()])
        self._links = Links(lifetime=link_lifetime, clock=clock)
        self.app = Starlette(
            routes=self._routes(),
            middleware=[Middleware(Recorder, records=self.records, key=key)],
            exception_handlers={
                HTTPException: self._http_error,
                ClientDisconnect: _disconnected,
            },
        )
        # The contract has no redirects.
        self.app.router.redirect_slashes = False

    def _routes(self) -> list[Route]:
        gateway = Gateway(
            jobs=self.jobs, in_play=self.in_play, records=self.records, link=self._link
        )
        storage = Storage(jobs=self.jobs, links=self._links, records=self.records)
        page = Page(path=self.page_path, key=self._key, watched=self._watched, storage=storage)
        return [
            Route("/", self._welcome),
            Route("/openapi.json", self._document),
            Route("/videos/{name}.mp4", storage.respond, name="video"),
            Route(self.page_path, page),
            Route(f"{self.page_path}/{{rest:path}}", page),
            *(
                _exactly(path, partial(gateway.respond, roles), list(roles))
                for path, roles in _spec.operations().items()
            ),
            *(
                _exactly(path, endpoint, ["GET"])
                for path, endpoint in self._operations.by_path().items()
            ),
        ]

    def _link(self, job: Job) -> str:
        """Return a fresh link to a job's video."""
        path = self.app.url_path_for("video", name=job.name)
        expired = job.scenario.first_link_expired and not job.links
        job.links += 1
        return self.url + self._links.sign(path, expired=expired)

    async def _welcome(self, request: Request) -> Response:  # noqa: ARG002
        scenarios = "\n".join(
            f"  {scenario.name:<16} {scenario.summary}" for scenario in SCENARIOS.values()
        )
        text = _WELCOME.format(
            url=self.url, key=self._key, page=self.page_path, scenarios=scenarios
        )
        return PlainTextResponse(text)

    async def _document(self, request: Request) -> Response:  # noqa: ARG002
        return JSONResponse(_spec.served_at(self.url))

    async def _http_error(self, request: Request, problem: Exception) -> Response:
        failure = cast("HTTPException", problem)
        self.records.add(request)
        message = failure.detail
        if failure.status_code == 404:
            message = f"Cannot {request.method} {request.scope['path']}"
        return error(request, failure.status_code, message, headers=failure.headers)


def create_app(
    *,
    url: str = "http://127.0.0.1",
    speed: float = 1.0,
    key: str = "sandbox-key",
    link_lifetime: float = 86400.0,
    clock: Callable[[], float] = time.time,
    account: AccountScenario | None = None,
    scenario: Scenario | None = None,
) -> Starlette:
    """Return the sandbox as an ASGI application, for an asyncio server of your own.

    A scenario that drops a connection needs the server of `Sandbox`; under any other
    server it raises ConnectionResetError inside the application.

    Args:
        url: The application's own URL; links to videos begin with it.
        speed: How fast jobs run; 1 is real time.
        key: The API key to accept.
        link_lifetime: Seconds until a video's link expires.
        clock: Returns the time, in seconds since 1970, for jobs and links.
        account: How the account's operations respond; None for as documented.
        scenario: What is played for prompts that name no scenario; None for as documented.

    Raises:
        ConfigurationError: The speed is not a finite number above 0.
    """
    return Vendor(
        url=url,
        speed=speed,
        key=key,
        link_lifetime=link_lifetime,
        clock=clock,
        account=account,
        scenario=scenario,
    ).app


def _exactly(path: str, endpoint: Endpoint, methods: list[str]) -> Route:
    """Return a route for these methods and no others.

    An id in the path can have an encoded slash, which has been decoded when routes are matched.
    """
    route = Route(re.sub(r"\{[^}]*\}", "{id:path}", path), endpoint, methods=methods)
    # Starlette adds HEAD to GET; the contract does not have it.
    route.methods = set(methods)
    return route


async def _disconnected(request: Request, problem: Exception) -> Response:  # noqa: ARG001
    """Return an empty response, because the client has gone."""
    return Response()
