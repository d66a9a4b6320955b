"""A client is closed by its block, once or more, also while other threads use it."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.conftest import FakeClock
from tests.support.actions import Hang, Serve, response
from tests.support.responses import ID, PROMPT, VIDEO, accepted, finished, poll_response
from tests.support.waiting import until
from wan_ergonomic import (
    ConfigurationError,
    ConnectionFailedError,
    DownloadError,
    SubmissionInDoubtError,
)

# _runner is not in the door: a test replaces one of its checks.
from wan_ergonomic._http import _runner


def test_a_client_can_be_closed_twice(client_kind, server):
    """The first time closes all connections, the second changes nothing."""
    server.script("poll", poll_response("queued"))
    server.script("download", Serve(VIDEO))
    with client_kind.client(base_url=server.url) as wan:
        wan.status(ID)
        wan.close()
        server.drain()
        wan.close()


def test_a_client_is_closed_when_its_block_raises(client_kind, server):
    """No connection is left open."""
    server.script("poll", poll_response("queued"))

    def fail() -> None:
        with client_kind.client(base_url=server.url) as wan:
            wan.status(ID)
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    server.drain()


ERRORS = {
    "submit": (SubmissionInDoubtError,),
    "status": (ConfigurationError, ConnectionFailedError),
    "wait": (ConfigurationError,),
    "download": (ConfigurationError, DownloadError),
}


@pytest.mark.parametrize("method", ERRORS)
def test_closing_a_client_ends_the_calls_of_other_threads(client_kind, server, clock, method):
    """At once, with an error of this library, and not at the end of a timeout."""
    for stage in ("submit", "poll", "download"):
        server.script(stage, Hang())
    about = {"submit": (PROMPT,), "download": (finished(server), io.BytesIO())}.get(method, (ID,))
    with (
        client_kind.client(base_url=server.url, clock=clock) as wan,
        ThreadPoolExecutor(3) as pool,
    ):
        calls = [pool.submit(getattr(wan, method), *about) for _ in range(3)]
        until(lambda: len(server.requests) >= len(calls))
        began = time.monotonic()
        wan.close()
        errors = [call.exception(timeout=10) for call in calls]
        assert time.monotonic() - began < 10
    assert [error for error in errors if not isinstance(error, ERRORS[method])] == []
    assert len(server.requests) == 3


class ClosingClock(FakeClock):
    """A clock that closes a client while it sleeps.

    Attributes:
        wan: The client, once there is one.
    """

    wan: Any

    def sleep(self, seconds: float) -> None:
        """Sleep, and close the client."""
        super().sleep(seconds)
        self.wan.close()

    async def asleep(self, seconds: float) -> None:
        """Sleep, and close the client."""
        super().sleep(seconds)
        await self.wan.client.close()


@pytest.fixture
def closing(client_kind, server) -> Iterator[Any]:
    """A client that is closed while it sleeps."""
    clock = ClosingClock()
    with client_kind.client(base_url=server.url, clock=clock) as wan:
        clock.wan = wan
        yield wan


def test_a_wait_whose_client_is_closed_says_how_to_resume(closing, server):
    """The job is paid for, and another client can wait for it."""
    server.script("submit", accepted())
    server.script("poll", poll_response("queued"))
    with pytest.raises(ConfigurationError, match="was closed") as caught:
        closing.generate(PROMPT)
    assert (caught.value.generation_id, len(server.requests)) == (ID, 2)
    assert f"wait({ID!r}) picks it up again" in "".join(caught.value.__notes__)


def test_a_rejected_submission_whose_client_is_closed_spent_nothing(closing, server):
    """It is not sent again, and is not in doubt."""
    server.script("submit", response(429))
    with pytest.raises(ConfigurationError, match="Nothing was accepted or charged"):
        closing.submit(PROMPT)
    assert len(server.requests) == 1


def test_a_broken_download_whose_client_is_closed_is_not_resumed(closing, server):
    """The error is this library's, not httpx's."""
    server.script("download", Serve(VIDEO, cut=100))
    with pytest.raises(ConfigurationError, match="closed"):
        closing.download(finished(server), io.BytesIO())
    assert len(server.requests) == 1


def test_a_client_closed_just_before_a_request_raises_its_own_errors(
    client_kind, server, monkeypatch
):
    """A thread may close it between the check and the request."""
    monkeypatch.setattr(_runner, "_check_open", lambda _: None)
    with client_kind.client(base_url=server.url) as wan:
        wan.close()
        with pytest.raises(SubmissionInDoubtError, match="closed"):
            wan.submit(PROMPT)
        with pytest.raises(DownloadError, match="closed"):
            wan.download(finished(server), io.BytesIO())
    assert server.requests == []
