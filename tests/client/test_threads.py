"""Many threads or tasks share one client: each call gets its own result, and is paid for once."""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import anyio
import pytest

from tests.conftest import CANARY_KEY
from tests.support.actions import Serve
from tests.support.responses import VIDEO, accepted, finished
from wan_ergonomic import (
    AsyncWanClient,
    Drift,
    Generation,
    PollingPolicy,
    PromptWarning,
    WanClient,
)
from wan_ergonomic.sandbox import Sandbox

THREADS = 32
TASKS = 50
QUICK = PollingPolicy(min_interval=0.01, max_interval=0.05)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox whose jobs take a fraction of a second."""
    with Sandbox(speed=5000) as running:
        yield running


def check_each_its_own(sandbox: Sandbox, made: list[Generation], count: int) -> None:
    """Check that each prompt became one generation, which was submitted and billed once."""
    prompts = {generation.id: generation.request["prompt"] for generation in made}
    assert sorted(prompts.values()) == sorted(f"Boat {n}" for n in range(count))
    posts = [request for request in sandbox.received if request.method == "POST"]
    ids = {request.headers["x-client-request-id"] for request in posts}
    assert (len(posts), sandbox.billed, len(ids)) == (count, count, count)
    assert {generation.client_request_id for generation in made} == ids
    assert all(generation.completed and generation.video for generation in made)


def test_many_threads_share_a_client(sandbox):
    """Each gets the generation of its own prompt; its callbacks are called with no other."""
    seen: dict[str, set[str]] = {}

    def one(n: int) -> Generation:
        ids = seen.setdefault(f"Boat {n}", set())
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
    assert seen == {generation.request["prompt"]: {generation.id} for generation in made}


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_many_tasks_share_a_client(sandbox, backend):
    """Under either event loop."""
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


@pytest.mark.usefixtures("bodies_as_they_were")
def test_each_thread_gets_the_warnings_of_its_own_prompt(server, caplog):
    """Drift is logged once, however many threads see it at the same time."""
    server.script("submit", accepted(status="dreaming"))
    together = threading.Barrier(THREADS)
    reported: list[Drift] = []

    def one(n: int) -> None:
        together.wait()
        wan.submit("x" * (801 + n))

    with (
        warnings.catch_warnings(record=True) as caught,
        caplog.at_level(logging.WARNING, "wan_ergonomic"),
        WanClient(CANARY_KEY, base_url=server.url, on_drift=reported.append) as wan,
        ThreadPoolExecutor(THREADS) as pool,
    ):
        warnings.simplefilter("always", PromptWarning)
        [*pool.map(one, range(THREADS))]
    assert len({str(warning.message) for warning in caught}) == THREADS
    assert [drift.kind for drift in reported] == ["unknown-status"] * THREADS
    assert len(caplog.records) == 1


def test_each_thread_downloads_its_own_video(server, tmp_path):
    """No part of one video gets into another, though every download breaks off once."""
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
