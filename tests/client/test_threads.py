"""One client serves many at once: each gets its own, and each is asked and paid for once."""

from __future__ import annotations

import io
import logging
import threading
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import pytest

from tests.conftest import CANARY_KEY, FakeClock
from tests.support.actions import Hang, Serve, response
from tests.support.responses import ID, PROMPT, VIDEO, accepted, finished, poll_response
from tests.support.waiting import until
from wan_ergonomic import (
    AsyncWanClient,
    ConfigurationError,
    ConnectionFailedError,
    DownloadError,
    Generation,
    PollingPolicy,
    PromptWarning,
    SubmissionInDoubtError,
    WanClient,
    WanError,
)
from wan_ergonomic._http import _runner
from wan_ergonomic.sandbox import Sandbox

THREADS = 32
TASKS = 100
QUICK = PollingPolicy(min_interval=0.01, max_interval=0.05)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A vendor whose jobs take a fraction of a second."""
    with Sandbox(speed=5000) as running:
        yield running


def check_each_its_own(sandbox: Sandbox, made: list[Generation], count: int) -> None:
    """Check that each prompt became one generation, and each generation one bill."""
    prompts = {generation.id: generation.request["prompt"] for generation in made}
    assert sorted(prompts.values()) == sorted(f"Boat {n}" for n in range(count))
    posts = [request for request in sandbox.received if request.method == "POST"]
    ids = {request.headers["x-client-request-id"] for request in posts}
    assert (len(posts), sandbox.billed, len(ids)) == (count, count, count)
    assert {generation.client_request_id for generation in made} == ids
    assert all(generation.completed and generation.video for generation in made)


def test_many_threads_share_a_client(sandbox):
    """Each gets the generation of its own prompt, and hears of no other."""
    told: dict[str, set[str]] = {}

    def one(n: int) -> Generation:
        ids = told.setdefault(f"Boat {n}", set())
        return wan.generate(
            f"Boat {n}",
            on_submit=lambda generation: ids.add(generation.id),
            on_update=lambda update: ids.add(update.generation.id),
        )

    with (
        WanClient(sandbox.key, base_url=sandbox.url, polling=QUICK) as wan,
        ThreadPoolExecutor(THREADS) as pool,
    ):
        made = [*pool.map(one, range(THREADS))]
    check_each_its_own(sandbox, made, THREADS)
    assert told == {generation.request["prompt"]: {generation.id} for generation in made}


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_many_tasks_share_a_client(sandbox, backend):
    """A hundred at once, under either event loop."""
    made: list[Generation] = []

    async def main() -> None:
        async with AsyncWanClient(sandbox.key, base_url=sandbox.url, polling=QUICK) as wan:

            async def one(n: int) -> None:
                made.append(await wan.generate(f"Boat {n}"))

            async with anyio.create_task_group() as tasks:
                for n in range(TASKS):
                    tasks.start_soon(one, n)

    anyio.run(main, backend=backend)
    check_each_its_own(sandbox, made, TASKS)


def test_many_threads_are_warned_each_of_its_own(server, caplog):
    """A warning belongs to its prompt; drift is logged once, however many see it at once."""
    server.script("submit", accepted(status="dreaming"))
    together = threading.Barrier(THREADS)
    told: Counter[str] = Counter()

    def one(n: int) -> None:
        together.wait()
        wan.submit("x" * (801 + n))

    with (
        warnings.catch_warnings(record=True) as caught,
        caplog.at_level(logging.WARNING, "wan_ergonomic"),
        WanClient(
            CANARY_KEY, base_url=server.url, on_drift=lambda drift: told.update([drift.kind])
        ) as wan,
        ThreadPoolExecutor(THREADS) as pool,
    ):
        warnings.simplefilter("always", PromptWarning)
        [*pool.map(one, range(THREADS))]
    assert len({str(warning.message) for warning in caught}) == THREADS
    assert (told, len(caplog.records)) == ({"unknown-status": THREADS}, 1)


def test_many_threads_download_each_its_own(server, tmp_path):
    """Parts of one video do not end up in another, though each of them breaks off."""
    server.script("download", *[Serve(VIDEO, cut=2000)] * THREADS, Serve(VIDEO))

    def one(n):
        wan.download(finished(server), tmp_path / f"{n}.mp4")
        return (tmp_path / f"{n}.mp4").read_bytes()

    with (
        WanClient(CANARY_KEY, base_url=server.url) as wan,
        ThreadPoolExecutor(THREADS) as pool,
    ):
        assert [*pool.map(one, range(THREADS))] == [VIDEO] * THREADS
    assert len([*tmp_path.iterdir()]) == THREADS


ENDS = {
    "submit": (SubmissionInDoubtError,),
    "status": (ConfigurationError, ConnectionFailedError),
    "wait": (ConfigurationError,),
    "download": (ConfigurationError, DownloadError),
}


@pytest.mark.parametrize("act", ENDS)
def test_closing_a_client_ends_what_others_do_with_it(client_kind, server, clock, act):
    """At once and with an error of this library, not when some timeout is over."""
    for stage in ("submit", "poll", "download"):
        server.script(stage, Hang())
    about = {"submit": (PROMPT,), "download": (finished(server), io.BytesIO())}.get(act, (ID,))
    errors: list[WanError] = []

    def one() -> None:
        with pytest.raises(ENDS[act]) as caught:
            getattr(wan, act)(*about)
        errors.append(caught.value)

    with client_kind.client(base_url=server.url, clock=clock) as wan:
        others = [threading.Thread(target=one) for _ in range(3)]
        for other in others:
            other.start()
        until(lambda: len(server.requests) >= len(others))
        began = time.monotonic()
        wan.close()
        for other in others:
            other.join(10)
        assert (len(errors), time.monotonic() - began < 10) == (3, True)
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


def test_a_wait_on_a_client_that_was_closed_says_how_to_go_on(closing, server):
    """The job is paid for, and another client can wait for it."""
    server.script("submit", accepted())
    server.script("poll", poll_response("queued"))
    with pytest.raises(ConfigurationError, match="was closed") as caught:
        closing.generate(PROMPT)
    assert (caught.value.generation_id, len(server.requests)) == (ID, 2)
    assert f"wait({ID!r}) picks it up again" in "".join(caught.value.__notes__)


def test_a_submission_that_was_refused_before_the_client_was_closed_spent_nothing(closing, server):
    """It is not sent again, and there is no doubt about it."""
    server.script("submit", response(429))
    with pytest.raises(ConfigurationError, match="Nothing was accepted or charged"):
        closing.submit(PROMPT)
    assert len(server.requests) == 1


def test_a_download_that_broke_off_before_the_client_was_closed_is_over(closing, server):
    """What httpx says of it is no error of this library."""
    server.script("download", Serve(VIDEO, cut=100))
    with pytest.raises(ConfigurationError, match="closed"):
        closing.download(finished(server), io.BytesIO())
    assert len(server.requests) == 1


def test_a_client_that_is_closed_just_then_has_a_typed_error(client_kind, server, monkeypatch):
    """Between the last look at it and the sending there is always a moment."""
    monkeypatch.setattr(_runner, "_check_open", lambda _: None)
    with client_kind.client(base_url=server.url) as wan:
        wan.close()
        with pytest.raises(SubmissionInDoubtError, match="closed"):
            wan.submit(PROMPT)
        with pytest.raises(DownloadError, match="closed"):
            wan.download(finished(server), io.BytesIO())
    assert server.requests == []
