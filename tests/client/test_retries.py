"""How requests are sent again: the parts that only a socket shows and tests/faults does not play.

tests/flows/test_retrying.py has the whole table of what is sent again.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from tests.conftest import FakeClock
from tests.support.actions import Serve, Stage, response
from tests.support.loopback import Entry, Loopback
from tests.support.responses import (
    ID,
    PROMPT,
    VIDEO,
    accepted,
    finished,
    link,
    poll_response,
)
from wan_ergonomic import (
    ConnectionFailedError,
    Generation,
    IncompleteDownloadError,
    NotFoundError,
    RetryPolicy,
    Video,
)

STAGES: tuple[Stage, ...] = ("submit", "poll", "download")
GOOD: dict[Stage, Entry] = {
    "submit": accepted(),
    "poll": poll_response("generating"),
    "download": Serve(VIDEO),
}


def send(wan: Any, stage: Stage, server: Loopback, **options: Any) -> Generation:
    """Make the request of one stage; return the generation that comes of it."""
    if stage == "submit":
        generation: Generation = wan.submit(PROMPT, **options)
    elif stage == "poll":
        generation = wan.status(ID, **options)
    else:
        generation = wan.download(finished(server), io.BytesIO(), **options)
    return generation


class OpeningClock(FakeClock):
    """A clock by which a server begins to listen at the first sleep."""

    def __init__(self, server: Loopback) -> None:
        super().__init__()
        self.server = server

    def sleep(self, seconds: float) -> None:
        """Sleep, and open the server."""
        super().sleep(seconds)
        self.server.listen()


@pytest.mark.parametrize("stage", ["submit", "download"])
def test_a_connection_that_times_out_is_tried_again(client_kind, stage):
    """Without a connection nothing was sent, so nothing can be spent twice."""
    with Loopback(full=True) as server:
        server.script(stage, GOOD[stage])
        clock = OpeningClock(server)
        # A submission is sent again only if more than two seconds are left for its response.
        at_once = RetryPolicy(backoff=0)
        with client_kind.client(base_url=server.url, clock=clock, retrying=at_once) as wan:
            assert send(wan, stage, server, timeout=2.1).id == ID
        assert (len(clock.sleeps), len(server.requests)) == (1, 1)


@pytest.mark.parametrize("stage", ["submit", "poll"])
def test_an_unknown_host_is_tried_again_and_never_reached(client_kind, stage, clock, server):
    """A name that does not resolve is tried as often as the policy allows."""
    with (
        client_kind.client(base_url="https://wan.invalid", clock=clock) as wan,
        pytest.raises(ConnectionFailedError, match="before anything was sent") as caught,
    ):
        send(wan, stage, server)
    assert (caught.value.sent, len(clock.sleeps)) == (False, 3)


def test_a_storage_with_an_unknown_host_is_tried_again(client_kind, clock, server):
    """A download is retried as the API's requests are."""
    video = Video(url="https://wan.invalid/v.mp4")
    with (
        client_kind.client(base_url=server.url, clock=clock) as wan,
        pytest.raises(IncompleteDownloadError) as caught,
    ):
        wan.download(Generation(id=ID, status="completed", video=video), io.BytesIO())
    assert (caught.value.generation_id, len(clock.sleeps)) == (ID, 3)


@pytest.mark.parametrize("stage", STAGES)
def test_retry_after_may_be_a_date(client_kind, server, clock, stage):
    """The client sleeps until the moment that an HTTP date names."""
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    server.script(stage, response(429, "", {"Retry-After": moment}), GOOD[stage])
    with client_kind.client(base_url=server.url, clock=clock) as wan:
        assert send(wan, stage, server).id == ID
    assert 20 < clock.sleeps[0] <= 40


@pytest.mark.parametrize("hours", [-1, 1])
@pytest.mark.parametrize("stage", STAGES)
def test_a_clock_that_is_an_hour_off_does_not_change_a_pause(wan, server, clock, stage, hours):
    """A Retry-After is measured against the Date of its response."""
    sent = datetime.now(UTC) + timedelta(hours=hours)
    dates = {"Date": sent, "Retry-After": sent + timedelta(seconds=40)}
    headers = {name: format_datetime(moment, usegmt=True) for name, moment in dates.items()}
    server.script(stage, response(429, "", headers), GOOD[stage])
    assert send(wan, stage, server).id == ID
    assert clock.sleeps == [40]


def test_an_unknown_id_is_not_found_at_once(client_kind, server, clock):
    """Only for a job that the API has accepted may a 404 be temporary."""
    server.script("poll", response(404))
    with client_kind.client(base_url=server.url, clock=clock) as wan, pytest.raises(NotFoundError):
        wan.status(ID)
    assert len(server.requests) == 1


def test_a_broken_download_resumes_from_the_byte_reached(client_kind, server, clock):
    """The second request is for the rest of the same version."""
    server.script("download", Serve(VIDEO, cut=1000), Serve(VIDEO))
    file = io.BytesIO()
    with client_kind.client(base_url=server.url, clock=clock) as wan:
        wan.download(finished(server), file)
    first, second = server.requests
    assert ("range" in first.headers, "if-range" in first.headers) == (False, False)
    assert (second.headers["range"], second.headers["if-range"]) == ("bytes=1000-", '"v1"')
    assert file.getvalue() == VIDEO


def test_an_expired_link_is_renewed_by_one_poll(client_kind, server, storage, clock):
    """After a 403 of the storage the client polls once, and follows the fresh link."""
    storage.script("download", response(403), Serve(VIDEO))
    fresh = f"{storage.origin}/fresh.mp4?Signature=2"
    server.script("poll", poll_response("completed", video={"url": fresh}))
    file = io.BytesIO()
    with client_kind.client(base_url=server.url, clock=clock) as wan:
        generation = wan.download(finished(storage), file)
    assert [request.target for request in storage.requests] == [
        link(storage).removeprefix(storage.origin),
        "/fresh.mp4?Signature=2",
    ]
    assert (len(server.requests), generation.video.url, file.getvalue()) == (1, fresh, VIDEO)
