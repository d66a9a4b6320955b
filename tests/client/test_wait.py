"""A deadline bounds everything that a call does: requests in flight, pauses, whole waits.

tests/flows/test_wait.py has the rules of polling; here are those that need a
socket or a real clock.
"""

from __future__ import annotations

import time

import pytest

from tests.conftest import FakeClock
from tests.support.actions import Close, Hang, Send, head, response
from tests.support.loopback import Entry
from tests.support.responses import ID, PROMPT, accepted, completed, poll_response
from wan_ergonomic import (
    ConnectionFailedError,
    PollingPolicy,
    RetryPolicy,
    SubmissionInDoubtError,
    WaitTimeoutError,
)

GENERATING = poll_response("generating")
ONCE = RetryPolicy(attempts=1)
HEAD = Send(head(200, {"Content-Length": "500"}))
BODY = b'{"id": "gen-1", "status": "generating"}'.ljust(500)
# Each takes at least 20 seconds unless the client gives up.
SLOW: dict[str, Entry] = {
    "no response": Hang(),
    "a slow head": Send(head(200, {"X-Padding": "a" * 500}), size=1, every=0.05),
    "endless interim responses": Send(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 500, 28, 0.05),
    "a slow body": (HEAD, Send(BODY, size=1, every=0.05)),
}
# Seconds. Much later than any deadline here, even on a busy machine, and well before 20 seconds.
LATE = 10.0


def test_the_client_has_a_deadline_of_its_own(client_kind, server, clock):
    """It applies to calls that set none."""
    server.script("poll", GENERATING)
    with client_kind.client(base_url=server.url, clock=clock, timeout=50) as wan:
        for timeout, expected in ((None, 50), (7, 7)):
            began = clock.time
            with pytest.raises(WaitTimeoutError):
                wan.wait(ID, timeout=timeout)
            assert clock.time - began == pytest.approx(expected)


def test_a_client_uses_the_clock_it_is_given(client_kind, server):
    """Deadlines are measured on that clock alone."""
    clock = FakeClock(time=5e6)
    server.script("poll", GENERATING)
    with (
        client_kind.client(base_url=server.url, clock=clock) as wan,
        pytest.raises(WaitTimeoutError),
    ):
        wan.wait(ID, timeout=30)
    assert clock.time == pytest.approx(5e6 + 30)


@pytest.mark.parametrize("slow", SLOW.values(), ids=SLOW)
def test_the_deadline_of_a_wait_bounds_the_poll_in_flight(client_kind, server, slow):
    """On the real clock: a slow response is given up when the time is over."""
    server.script("poll", slow)
    began = time.monotonic()
    with client_kind.client(base_url=server.url) as wan:
        with pytest.raises(WaitTimeoutError):
            wan.wait(ID, timeout=0.2)
        assert 0.15 < time.monotonic() - began < LATE


STATUS = ("status", 0.2, ConnectionFailedError)
# With enough time to connect: what was not sent is not in doubt.
SUBMIT = ("submit", 1.0, SubmissionInDoubtError)


@pytest.mark.parametrize(
    ("call", "slow"),
    [*((STATUS, name) for name in SLOW), (SUBMIT, "a slow head"), (SUBMIT, "a slow body")],
)
def test_a_deadline_bounds_every_request(client_kind, server, call, slow):
    """A response that arrives a byte at a time, or not at all, ends with the time allowed."""
    method, timeout, error = call
    for stage in ("submit", "poll"):
        server.script(stage, SLOW[slow])
    began = time.monotonic()
    with client_kind.client(base_url=server.url) as wan:
        with pytest.raises(error):
            getattr(wan, method)("a prompt, or an id", timeout=timeout)
        assert timeout * 0.75 < time.monotonic() - began < LATE


def test_a_slow_head_leaves_less_time_for_the_body(client_kind, server):
    """One deadline covers both; the body does not get the whole time again."""
    server.script("poll", (Hang(1), HEAD, Hang()))
    began = time.monotonic()
    with client_kind.client(base_url=server.url, retrying=ONCE) as wan:
        with pytest.raises(ConnectionFailedError):
            wan.status(ID, timeout=1.5)
        assert 1.4 < time.monotonic() - began < 2.4


def test_nothing_polls_after_a_deadline(client_kind, server):
    """No thread and no task of a wait is left."""
    server.script("poll", GENERATING)
    polling = PollingPolicy(min_interval=0.02, max_interval=0.02)
    with client_kind.client(base_url=server.url, polling=polling) as wan:
        with pytest.raises(WaitTimeoutError):
            wan.wait(ID, timeout=0.5)
        made = len(server.requests)
        time.sleep(0.1)
        assert 0 < made == len(server.requests)


def test_submitting_and_watching_work_under_trio(trio_kind, server, clock):
    """The async client runs under either event loop."""
    server.script("submit", response(429), accepted())
    server.script("poll", Close(), GENERATING, completed(server))
    with trio_kind.client(base_url=server.url, clock=clock) as wan:
        changes = [change.status for change in wan.watch(wan.submit(PROMPT))]
    assert (changes, len(clock.sleeps)) == (["generating", "completed"], 3)


def test_a_deadline_bounds_the_poll_in_flight_under_trio(trio_kind, server):
    """Trio has its own way of cancelling."""
    server.script("poll", Hang())
    began = time.monotonic()
    with trio_kind.client(base_url=server.url) as wan, pytest.raises(WaitTimeoutError):
        wan.wait(ID, timeout=0.3)
    assert time.monotonic() - began < LATE
