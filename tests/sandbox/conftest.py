"""A sandbox on a real port, and an HTTP client that sends only what a test passes."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from openapi_core import OpenAPI
from openapi_core.testing import MockRequest, MockResponse

from tests.support.operations import poll_path, poll_query
from wan_ergonomic import _spec
from wan_ergonomic.sandbox import Sandbox, _video
from wan_ergonomic.sandbox._form import url_of

# Making one takes longer than most of these tests, and plain HTTP has no use for it.
_TLS = ssl.create_default_context()

# Older than this, an ordinary job has ended.
LONG = 400.0


class Api:
    """The vendor's API as a sandbox plays it, spoken to in plain HTTP."""

    def __init__(self, sandbox: Sandbox, http: httpx.Client, clock: Any) -> None:
        self.sandbox = sandbox
        self.http = http
        self.clock = clock

    @property
    def small(self) -> dict[str, str]:
        """The option for a small video, as far as the contract has it."""
        resolution = _spec.request_schema()["properties"].get("resolution", {})
        return {"resolution": "480P"} if "480P" in resolution.get("enum", ()) else {}

    def submit(self, prompt: str = "A boat", **options: Any) -> httpx.Response:
        """Post a generation, small unless told otherwise."""
        body = {"model": _spec.model(), "prompt": prompt} | self.small | options
        return self.http.post(_spec.path("create"), json=body)

    def poll(self, generation_id: Any) -> httpx.Response:
        """Poll a generation."""
        return self.http.get(poll_path(str(generation_id)), params=poll_query(str(generation_id)))

    def finished(self, prompt: str = "A boat", **options: Any) -> dict[str, Any]:
        """Return what the first poll says about a generation that has ended."""
        generation_id = self.submit(prompt, **options).json()["id"]
        self.clock.time += LONG
        response: dict[str, Any] = self.poll(generation_id).json()
        return response

    def link(self, prompt: str = "A boat", **options: Any) -> str:
        """Return a link to a finished video."""
        return url_of(self.finished(prompt, **options)["video"])


@pytest.fixture(autouse=True)
def first_instead(contract_as_it_was) -> None:
    """The first contract; tests of today's replace this fixture by an empty one."""


@pytest.fixture
def sandbox(clock, monkeypatch) -> Iterator[Sandbox]:
    """A running sandbox whose time the test turns, and whose videos are made quickly."""
    monkeypatch.setattr(_video, "FRAMES", 15)
    with Sandbox(clock=clock.now) as running:
        yield running


@pytest.fixture
def api(sandbox, clock) -> Iterator[Api]:
    """That sandbox's API, with the right key."""
    headers = {"Authorization": f"Bearer {sandbox.key}"}
    with httpx.Client(base_url=sandbox.url, headers=headers, verify=_TLS) as http:
        yield Api(sandbox, http, clock)


@pytest.fixture
def get() -> Iterator[Any]:
    """GET without a key, as links are fetched."""
    with httpx.Client(verify=_TLS) as http:
        yield http.get


def contract_errors(response: httpx.Response) -> list[Exception]:
    """Return where a response departs from the contract."""
    sent = response.request
    request = MockRequest(
        str(sent.url.copy_with(path="/", query=None)), sent.method.lower(), sent.url.path
    )
    headers = dict(response.headers)
    received = MockResponse(
        response.content, response.status_code, headers, response.headers["content-type"]
    )
    openapi = OpenAPI.from_dict({**_spec.contract(), "servers": [{"url": "/"}]})
    return list(openapi.iter_apicall_response_errors(request, received))


def hang_up(api: Api, scenario: str, *, wait: bool = True) -> Future[None]:
    """Submit a prompt whose response is lost; wait for that unless told otherwise."""

    def submit() -> None:
        with pytest.raises(httpx.RemoteProtocolError):
            api.submit(f"[scenario: {scenario}]")

    pool = ThreadPoolExecutor(1)
    held = pool.submit(submit)
    pool.shutdown(wait=wait)
    if wait:
        held.result()
    return held
