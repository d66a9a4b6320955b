"""Programs whose other libraries use httpx2: both side by side, or httpx2 in the place of httpx.

Skipped without httpx2, which is no dependency of this package. ``tests/e2e/test_httpx2.py`` runs
the tests of connections with httpx2 in the place of httpx.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.responses import ID, accepted, poll_response
from tests.support.waiting import SECONDS
from wan_ergonomic import ConfigurationError
from wan_ergonomic.sandbox import Sandbox, _video

httpx2: Any = pytest.importorskip("httpx2")
ROOT = Path(__file__).parents[2]


class OfACompany(httpx2.BaseTransport):  # type: ignore[misc]  # mypy does not know its type
    """A transport that a company has written for httpx2."""

    def handle_request(self, request: Any) -> Any:
        """Fail: nothing may be sent."""
        raise AssertionError(request)


@pytest.mark.parametrize(
    "make",
    [
        httpx2.HTTPTransport,
        httpx2.AsyncHTTPTransport,
        OfACompany,
        lambda: httpx2.MockTransport(lambda _: httpx2.Response(200)),
    ],
)
def test_a_transport_of_httpx2_is_an_error_that_says_what_to_do(client_kind, server, make):
    """When the client is made: a submission that fails in a transport would be in doubt."""
    with (
        pytest.raises(
            ConfigurationError, match=r"transport of httpx2, and .* httpx\.\w+\(\)"
        ) as one,
        client_kind.client(base_url=server.url, transport=make()),
    ):
        pass
    assert "httpx2.alias_httpx()" in str(one.value)
    assert f"{client_kind.client_type.__name__} sends with httpx." in str(one.value)
    assert server.requests == []


def test_both_are_used_in_one_process(client_kind, server):
    """At the same time, each with its own requests and connections."""
    server.script("submit", accepted())
    server.script("poll", poll_response("queued"))
    with httpx2.Client() as other, client_kind.client(base_url=server.url) as wan:
        assert wan.submit("A boat").id == ID
        assert other.get(f"{server.url}/elsewhere").status_code == 501
        assert wan.status(ID).status == "queued"

    async def elsewhere() -> int:
        async with httpx2.AsyncClient() as another:
            return int((await another.get(f"{server.url}/elsewhere")).status_code)

    assert asyncio.run(elsewhere()) == 501
    keys = ["authorization" in request.headers for request in server.requests]
    assert keys == [True, False, True, False]


ALIASED = """
import httpx2
httpx2.alias_httpx()

import asyncio, sys
import httpx
from wan_ergonomic import AsyncWanClient, PollingPolicy, WanClient

assert httpx is httpx2
url, key, video = sys.argv[1:]
options = {"base_url": url, "polling": PollingPolicy(min_interval=0.05, max_interval=0.1)}

def blocking(transport):
    with WanClient(key, transport=transport, **options) as wan:
        wan.download(wan.generate("A boat"), video, overwrite=True)

async def awaited(transport):
    async with AsyncWanClient(key, transport=transport, **options) as wan:
        await wan.download(await wan.generate("A boat"), video, overwrite=True)

for transport in (None, httpx2.HTTPTransport()):
    blocking(transport)
for transport in (None, httpx2.AsyncHTTPTransport()):
    asyncio.run(awaited(transport))
"""


def test_httpx2_may_take_the_place_of_httpx(tmp_path, monkeypatch):
    """A program that asks for it has one HTTP library, and transports of httpx2 are taken."""
    monkeypatch.setattr(_video, "FRAMES", 15)
    video = tmp_path / "boat.mp4"
    with Sandbox(speed=2000) as sandbox:
        command = [sys.executable, "-c", ALIASED, sandbox.url, sandbox.key, str(video)]
        environ = {**os.environ, "PYTHONPATH": str(ROOT)}
        ran = subprocess.run(
            command, env=environ, capture_output=True, text=True, check=False, timeout=SECONDS
        )
        assert (ran.returncode, sandbox.billed) == (0, 4), ran.stderr
    assert video.read_bytes()[4:8] == b"ftyp"
