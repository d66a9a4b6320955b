"""A child process shares a client with its parent, and neither disturbs the other."""

from __future__ import annotations

import io
import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import anyio
import httpx
import pytest

from tests.conftest import CANARY_KEY, ClientKind
from tests.support.actions import Hang, Send, Serve
from tests.support.forks import in_child
from tests.support.responses import ID, PROMPT, VIDEO, accepted, finished, poll_response
from tests.support.waiting import until
from wan_ergonomic import WanClient

POLLS_AT_ONCE = 4


def call_in_child(client_kind: ClientKind, wan: Any, method: str, *args: Any, **more: Any) -> Any:
    """Return what a method of a client returns in a child process."""
    if client_kind.backend == "sync":
        return in_child(partial(getattr(wan, method), *args, **more))
    # The parent's event loop is in a thread, which the child does not have.
    return in_child(lambda: anyio.run(partial(getattr(wan.client, method), *args, **more)))


@pytest.fixture(params=["default", "own"])
def forked(request, client_kind, server):
    """A client with a kept connection, over a transport of its own or the caller's."""
    server.script("poll", poll_response("queued"))
    sync = client_kind.backend == "sync"
    own = httpx.HTTPTransport() if sync else httpx.AsyncHTTPTransport()
    transport = own if request.param == "own" else None
    with client_kind.client(base_url=server.url, transport=transport) as wan:
        wan.status(ID)
        yield wan


def test_a_child_process_polls_over_connections_of_its_own(client_kind, server, forked):
    """Over the parent's, each could read the response to the other."""
    assert call_in_child(client_kind, forked, "status", ID).status == "queued"
    assert server.connections == 2
    forked.status(ID)
    assert server.connections == 2


@pytest.mark.parametrize("child", ["close", "status"])
def test_a_child_process_leaves_the_parents_submission_alone(client_kind, server, forked, child):
    """Whether it closes the client, or uses it."""
    server.script("submit", (Hang(1), accepted()))
    with ThreadPoolExecutor(1) as pool:
        submission = pool.submit(forked.submit, PROMPT)
        until(lambda: server.received("submit"))
        call_in_child(client_kind, forked, child, *([ID] if child == "status" else []))
        assert submission.result(60).id == ID
    assert len(server.received("submit")) == 1


def test_a_child_process_has_every_slot_for_polls(client_kind, server):
    """Those that threads of the parent hold are not taken in the child."""
    server.script("poll", *[Hang()] * POLLS_AT_ONCE, poll_response("queued"))
    with (
        client_kind.client(base_url=server.url) as wan,
        ThreadPoolExecutor(POLLS_AT_ONCE) as pool,
    ):
        polls = [pool.submit(wan.status, ID) for _ in range(POLLS_AT_ONCE)]
        until(lambda: len(server.requests) == POLLS_AT_ONCE)
        assert call_in_child(client_kind, wan, "status", ID, timeout=20).status == "queued"
        server.release()
        assert [poll.result(60).status for poll in polls] == ["queued"] * POLLS_AT_ONCE


def test_a_child_process_that_unwinds_a_download_leaves_the_parents_alone(server):
    """An exception in the child closes everything on its way, but not the parent's connection."""
    server.script("download", Serve(VIDEO, cut=5000, then=(Hang(1), Send(VIDEO[5000:]))))
    children: list[int] = []

    def fork(*_: object) -> None:
        if not children:
            children.append(os.fork())
        if children == [0]:
            raise LookupError

    file = io.BytesIO()
    with WanClient(CANARY_KEY, base_url=server.url) as wan:
        try:
            wan.download(finished(server), file, on_progress=fork)
        finally:
            if children == [0]:
                os._exit(0)
    os.waitpid(children[0], 0)
    assert (file.getvalue(), len(server.requests)) == (VIDEO, 1)
