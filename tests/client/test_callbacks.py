"""Callbacks, and ``watch``: who is called with what, and what becomes of their errors."""

from __future__ import annotations

import logging
from collections import Counter
from typing import Any

import anyio
import pytest

from tests.conftest import CANARY_KEY
from tests.support.actions import response
from tests.support.responses import ID, PROMPT, accepted, completed, poll_response
from wan_ergonomic import (
    AsyncWanClient,
    ConnectionFailedError,
    Drift,
    GenerationFailedError,
    Update,
)
from wan_ergonomic.sandbox._spec import usage_field

GENERATING = poll_response("generating")


def test_watch_yields_each_change_of_status(wan, server):
    """The first status and each new one; a poll that failed changes nothing."""
    queued = poll_response("queued")
    polls = [response(502), queued, queued, response(502), GENERATING, GENERATING]
    server.script("poll", *polls, completed(server))
    updates: list[Update] = []
    changes = [generation.status for generation in wan.watch(ID, on_update=updates.append)]
    assert changes == ["queued", "generating", "completed"]
    assert len(updates) == len(server.requests) == 7


def test_watch_yields_a_link_that_comes_later_than_the_status(wan, server):
    """The last generation has its video."""
    server.script("poll", poll_response("completed"), poll_response("completed"), completed(server))
    changes = [generation.video is not None for generation in wan.watch(ID)]
    assert changes == [False, True]


def test_watch_yields_the_failed_generation_before_it_raises(wan, server):
    """The last change is yielded, then the error of ``wait`` is raised."""
    server.script("poll", GENERATING, poll_response("error"))
    changes: list[str] = []
    with pytest.raises(GenerationFailedError):
        changes.extend(generation.status for generation in wan.watch(ID))
    assert changes == ["generating", "error"]


def test_a_loop_over_watch_can_be_left(wan, server, clock):
    """Nothing is requested after that."""
    server.script("poll", GENERATING)
    changes = wan.watch(ID)
    assert next(changes).status == "generating"
    changes.close()
    assert (len(server.requests), clock.sleeps) == (1, [])


def test_on_submit_is_called_before_anything_else_can_fail(wan, server):
    """Once, with the generation and its price; ``on_update`` follows with each poll."""
    server.script("submit", response(429), accepted(meta={"usage": {usage_field("create"): 9}}))
    server.script("poll", response(502), completed(server))
    calls: list[tuple[Any, Any]] = []
    wan.generate(
        PROMPT,
        on_submit=lambda generation: calls.append((len(server.requests), generation)),
        on_update=lambda update: calls.append(("polled", update.polls)),
    )
    (requests, generation), *polls = calls
    assert (requests, generation.id, generation.usage.credits) == (2, ID, 9.0)
    assert generation.request["prompt"] == PROMPT
    assert polls == [("polled", 1), ("polled", 2)]


@pytest.mark.usefixtures("bodies_as_they_were")
def test_callbacks_may_be_coroutine_functions(server, clock):
    """The async client awaits every callback."""
    awaited: Counter[str] = Counter()

    async def note(about: object) -> None:
        await anyio.sleep(0)
        awaited[type(about).__name__] += 1

    server.script("submit", accepted(status="elsewhere"))
    server.script("poll", GENERATING, completed(server))

    async def main() -> None:
        options: dict[str, Any] = {"base_url": server.url, "clock": clock, "on_drift": note}
        async with AsyncWanClient(CANARY_KEY, **options) as wan:
            await wan.generate(PROMPT, on_submit=note, on_update=note)
            async for _ in wan.watch(ID, on_update=note):
                pass

    anyio.run(main)
    assert awaited == {"Generation": 1, "Update": 3, "Drift": 1}


class OwnError(Exception):
    """An error of the user's code."""


@pytest.mark.parametrize("callback", ["on_submit", "on_update"])
@pytest.mark.parametrize("own", [OwnError, TimeoutError, ConnectionFailedError])
def test_an_error_of_a_callback_is_raised_unchanged(wan, server, callback, own):
    """It is neither translated nor retried, whatever its class; the client stays usable."""

    def stop(_: object) -> None:
        raise own("enough")

    server.script("submit", accepted())
    server.script("poll", GENERATING, completed(server))
    with pytest.raises(own, match="enough"):
        wan.generate(PROMPT, **{callback: stop})
    assert len(server.requests) == (1 if callback == "on_submit" else 2)
    assert wan.status(ID).id == ID


@pytest.mark.usefixtures("bodies_as_they_were")
def test_drift_is_reported_each_time_and_logged_once(client_kind, server, clock, caplog):
    """It is on the generation and given to ``on_drift``; the log gets each kind once."""
    odd = poll_response("dreaming", mood="blue")
    server.script("poll", odd, odd, odd, completed(server))
    reported: list[Drift] = []
    with (
        caplog.at_level(logging.WARNING, "wan_ergonomic"),
        client_kind.client(base_url=server.url, clock=clock, on_drift=reported.append) as wan,
    ):
        changes = [*wan.watch(ID)]
    assert [change.status for change in changes] == ["dreaming", "completed"]
    kinds = ["unknown-status", "undocumented"]
    assert [drift.kind for drift in changes[0].drift] == kinds
    assert Counter(drift.kind for drift in reported) == dict.fromkeys(kinds, 3)
    logged = [one.getMessage() for one in caplog.records if one.name == "wan_ergonomic"]
    assert [kind in line for kind, line in zip(kinds, logged, strict=True)] == [True, True]


@pytest.mark.usefixtures("bodies_as_they_were")
def test_drift_is_logged_without_a_callback(wan, server, caplog):
    """The response is used as far as it can be."""
    server.script("poll", poll_response("queued", meta=7))
    with caplog.at_level(logging.WARNING, "wan_ergonomic"):
        assert wan.status(ID).status == "queued"
    assert "poll returned 7 at /meta; the contract requires" in caplog.text
