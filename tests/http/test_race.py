"""A name with several addresses: the first that responds is used, and the deadline is kept."""

from __future__ import annotations

import io
import threading
import time
from contextlib import ExitStack
from typing import Any

import anyio
import pytest

from tests.conftest import CANARY_KEY
from tests.support.actions import Serve
from tests.support.loopback import Loopback
from tests.support.responses import ID, PROMPT, VIDEO, accepted, poll_response
from tests.support.stand_in import stand_in
from wan_ergonomic import ConnectionFailedError, Generation, RetryPolicy, Video, WanClient

# Not in the door: no other package connects.
from wan_ergonomic._http import _race
from wan_ergonomic._http._race import afirst_connected, first_connected, in_turn

ONCE = RetryPolicy(attempts=1)
NAME = "api.localhost"


def silent(host: str, port: int) -> Loopback:
    """Return a server whose address gives no response to connections."""
    return Loopback(host=host, port=port, full=True)


def at_name(server: Loopback) -> str:
    """Return the URL of a server by its name."""
    return f"http://{NAME}:{server.port}"


def test_families_take_turns():
    """So that one broken family costs a single head start."""
    assert in_turn(["::1", "::2", "::3", "1.1.1.1", "::1"]) == ["::1", "1.1.1.1", "::2", "::3"]
    assert in_turn(["1.1.1.1", "1.1.1.2", "::1"]) == ["1.1.1.1", "::1", "1.1.1.2"]


CALLS = {
    "submit": lambda wan, _: wan.submit(PROMPT, timeout=16),
    "status": lambda wan, _: wan.status(ID, timeout=16),
    "download": lambda wan, done: wan.download(done, io.BytesIO(), timeout=16),
}


@pytest.mark.parametrize("call", CALLS)
def test_a_silent_address_costs_no_more_than_its_head_start(client_kind, server, resolver, call):
    """Each attempt alone would last eight seconds here."""
    server.script("submit", accepted())
    server.script("poll", poll_response("queued"))
    server.script("download", Serve(VIDEO))
    resolver[NAME] = [["127.0.0.3", server.host]]
    link = Video(url=f"{at_name(server)}/v.mp4")
    began = time.monotonic()
    with (
        silent("127.0.0.3", server.port),
        client_kind.client(base_url=at_name(server), retrying=ONCE) as wan,
    ):
        CALLS[call](wan, Generation(id=ID, status="completed", video=link))
    assert time.monotonic() - began < 6
    assert len(server.requests) == 1


def test_many_silent_addresses_keep_to_the_deadline(client_kind, server, resolver):
    """They share the time; one after the other, they would take eight times as long."""
    hosts = [f"127.0.0.{number}" for number in range(3, 11)]
    resolver[NAME] = [hosts] * 9
    with ExitStack() as stack:
        for host in hosts:
            stack.enter_context(silent(host, server.port))
        wan = stack.enter_context(client_kind.client(base_url=at_name(server), retrying=ONCE))
        began = time.monotonic()
        with pytest.raises(ConnectionFailedError) as caught:
            wan.submit(PROMPT, timeout=2)
        assert time.monotonic() - began < 6
    assert caught.value.sent is False


def test_a_submission_goes_to_one_address_only(client_kind, server, resolver):
    """However many of them respond."""
    resolver[NAME] = [["127.0.0.3", server.host, "127.0.0.4"]]
    with (
        Loopback(host="127.0.0.3", port=server.port) as second,
        Loopback(host="127.0.0.4", port=server.port) as third,
    ):
        servers = (server, second, third)
        for each in servers:
            each.script("submit", accepted())
        with client_kind.client(base_url=at_name(server)) as wan:
            wan.submit(PROMPT)
        assert sorted(len(each.received("submit")) for each in servers) == [0, 0, 1]


def test_a_name_without_an_address_cannot_be_reached(client_kind, server, resolver):
    """As a name that does not exist."""
    resolver[NAME] = [[]]
    with (
        client_kind.client(base_url=at_name(server), retrying=ONCE) as wan,
        pytest.raises(ConnectionFailedError, match="the host has no address") as caught,
    ):
        wan.submit(PROMPT)
    assert caught.value.sent is False


def test_without_another_thread_addresses_are_tried_in_turn(server, resolver, monkeypatch):
    """A machine may have no threads left."""

    class NoThread(threading.Thread):
        def start(self) -> None:
            raise RuntimeError("can't start new thread")

    stand_in(monkeypatch, _race, "threading", Thread=NoThread)
    resolver[NAME] = [["127.0.0.3", server.host]]
    server.script("submit", accepted())
    with WanClient(CANARY_KEY, base_url=at_name(server), retrying=ONCE) as wan:
        assert wan.submit(PROMPT).id == ID


class Line:
    """A connection that only knows whether it was closed."""

    def __init__(self) -> None:
        self.closed = threading.Event()

    def close(self) -> None:
        """Close it."""
        self.closed.set()

    async def aclose(self) -> None:
        """Close it."""
        self.closed.set()


def test_a_connection_that_comes_too_late_is_closed():
    """Nothing would ever use it."""
    lines: dict[str, Any] = {"slow": Line(), "quick": Line()}
    won = threading.Event()

    def connect(address: str) -> Any:
        if address == "slow":
            won.wait(30)
        return lines[address]

    assert first_connected(["slow", "quick"], connect) is lines["quick"]
    won.set()
    assert lines["slow"].closed.wait(30)
    assert [line.closed.is_set() for line in lines.values()] == [True, False]


def test_of_two_connections_at_once_one_is_closed():
    """The thread that waits may see the first when there are two already."""
    lines: dict[str, Any] = {"one": Line(), "two": Line()}
    race = _race._Race(lambda address: lines[address])
    for address in lines:
        race.start(address)
    assert {race.ended.get(timeout=30) for _ in lines} == {*lines.values()}
    race.end(lines["one"])
    assert [line.closed.is_set() for line in lines.values()] == [False, True]


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_connection_of_a_cancelled_task_is_closed(backend):
    """Even if the cancellation comes at the moment of the connection."""
    line = Line()

    async def cancelled() -> None:
        with anyio.CancelScope() as scope:

            async def connect(_: str) -> Any:
                scope.cancel()
                return line

            await afirst_connected(["one", "two"], connect)

    anyio.run(cancelled, backend=backend)
    assert line.closed.is_set()
