"""The first client of a process, made inside an event loop, does not stop the loop for long."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import anyio
import pytest

from tests.conftest import CANARY_KEY
from tests.support.responses import ID, poll_response
from wan_ergonomic import AsyncWanClient, ConfigurationError, _client

ROOT = Path(__file__).parents[2]
FIRST = """
import asyncio, sys
import wan_ergonomic

async def main():
    async with wan_ergonomic.AsyncWanClient("key", base_url=sys.argv[1]) as wan:
        assert not {"httpx", "httpcore", "anyio"} & set(sys.modules)
        print((await wan.status("an-id")).status)

asyncio.run(main())
"""


def test_making_the_first_client_imports_no_http_client(server):
    """That takes tenths of a second; it is imported in a thread, when something is sent."""
    server.script("poll", poll_response("queued"))
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", FIRST, server.url]
    ran = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.returncode) == ("queued\n", 0), ran.stderr


@pytest.fixture
def nothing_loaded(monkeypatch):
    """Let a client believe that it is the first one."""
    monkeypatch.setattr(_client, "is_http_loaded", lambda: False)


@pytest.mark.usefixtures("nothing_loaded")
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_the_first_client_may_send_many_requests_at_once(server, backend):
    """They wait for one import, and share one runner."""
    server.script("poll", poll_response("queued"))

    async def main():
        async with (
            AsyncWanClient(CANARY_KEY, base_url=server.url) as wan,
            anyio.create_task_group() as group,
        ):
            for _ in range(3):
                group.start_soon(wan.status, ID)

    anyio.run(main, backend=backend)
    assert len(server.requests) == 3


@pytest.mark.usefixtures("nothing_loaded")
def test_the_first_client_can_be_closed_without_use(server):
    """And is closed then."""

    async def main():
        wan = AsyncWanClient(CANARY_KEY, base_url=server.url)
        await wan.close()
        await wan.status(ID)

    with pytest.raises(ConfigurationError, match="was closed"):
        anyio.run(main)


@pytest.mark.usefixtures("nothing_loaded")
def test_the_first_client_with_a_wrong_setting_is_an_error_when_it_is_made(monkeypatch):
    """What only httpx can check is checked at once too."""
    with pytest.raises(ConfigurationError, match="host"):
        AsyncWanClient(CANARY_KEY, base_url="https://xn--a")
    monkeypatch.setenv("HTTPS_PROXY", "ftp://proxy.example")
    with pytest.raises(ConfigurationError, match="HTTPS_PROXY"):
        AsyncWanClient(CANARY_KEY)
