"""One lap of a soak: a sandbox, a wire that faults, a client, and generations through it.

Nobody waits: the client's clock runs fast, and the sandbox's goes on with each
request it gets, so that a job is looked at as often on a slow machine. The
bytes, the sockets and the disk are real.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.options import known
from wan_ergonomic import (
    AsyncWanClient,
    Clock,
    Generation,
    PollingPolicy,
    PromptDefaults,
    SubmissionInDoubtError,
    WanError,
)
from wan_ergonomic.sandbox import Sandbox

from .faults import dice
from .figures import Figures
from .wire import PREFIX, Wire, video_name

SPEED = 5000.0
TELL_EVERY = 1000
KEY = "sandbox-key"
# A sandbox keeps a record of each request. A new one after so many generations, behind the same
# wire, bounds that, so that what this process holds in the end is not what a sandbox once held.
REMEMBERED = 1000
# Seconds of the fast clock: long enough for the slowest machine.
PATIENCE = 1e7
# A job takes 380 s: looked at about every 200, it is seen queued, generating and completed.
POLLING = PollingPolicy(min_interval=200, max_interval=200, in_flight=16)
# One generation in ten has one of these, which the sandbox plays.
SCENARIOS = (
    "completes",
    "fails",
    "no-video",
    "link-expired",
    "id-number",
    "succeeded",
    "video-text",
    "cut",
)
DOOMED = ("fails", "no-video")
CARDS = 2


# Any moment does for a sandbox to be started at.
_STARTED = 1.7e9


class FastClock(Clock):
    """Time that passes fast; may open a door the first time it pauses."""

    def __init__(self, door: asyncio.Server | None = None) -> None:
        self._door = door

    def now(self) -> float:
        """Return fast seconds."""
        return time.monotonic() * SPEED

    async def asleep(self, seconds: float) -> None:
        """Await fast seconds."""
        if self._door:
            await self._door.start_serving()
        await asyncio.sleep(seconds / SPEED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be played.

    Attributes:
        generations: How many.
        faults: The share of all requests that meet a fault.
        seed: Decides which.
        at_once: How many generations are under way at the same time.
    """

    generations: int = 10_000
    faults: float = 0.2
    seed: int = 0
    at_once: int = 32


class Lap:
    """Runs a plan once, with everything that needs, and leaves nothing."""

    def __init__(self, plan: Plan, on_progress: Callable[[int], None]) -> None:
        self._plan = plan
        self._on_progress = on_progress
        self._done = 0
        self._figures = Figures(
            requested=plan.generations, at_once=plan.at_once, seed=plan.seed, share=plan.faults
        )

    async def run(self) -> Figures:
        """Run all generations, close everything, and return what was counted."""
        plan = self._plan
        with tempfile.TemporaryDirectory(prefix="wan-soak-") as folder:
            self._folder = Path(folder)
            async with Wire(seed=plan.seed, share=plan.faults) as self._wire:
                async with self._client(self._wire.url) as self._main:
                    for start in range(0, plan.generations, REMEMBERED):
                        await self._meet(range(plan.generations)[start : start + REMEMBERED])
                # Once the wire ends, so do the client's connections, closed by it or not.
                self._figures.left_open = await self._wire.left_open()
            self._count_files()
            self._count_requests()
        # The wire remembers every generation; what the client remembers is what is to be seen.
        del self._wire
        return self._figures

    async def _meet(self, numbers: range) -> None:
        """Run some generations against a sandbox that knows no others."""
        each = iter(numbers)
        with Sandbox(key=KEY, clock=self._now) as self._wire.sandbox:
            await asyncio.gather(*(self._work(each) for _ in range(self._plan.at_once)))
        self._figures.billed += self._wire.sandbox.billed

    def _now(self) -> float:
        """Return the sandbox's time: all generations under way look once in one interval."""
        return _STARTED + self._wire.count * POLLING.min_interval / self._plan.at_once

    def _client(self, url: str, door: asyncio.Server | None = None) -> AsyncWanClient:
        return AsyncWanClient(
            KEY,
            base_url=url,
            defaults=PromptDefaults(**known(resolution="480P", aspect_ratio="16:9")),
            polling=POLLING,
            timeout=PATIENCE,
            clock=FastClock(door),
        )

    async def _work(self, numbers: Iterator[int]) -> None:
        outcomes = self._figures.outcomes
        for number in numbers:
            (outcome,) = await asyncio.gather(self._one(number), return_exceptions=True)
            if outcome is None:
                outcomes["video"] += 1
            elif isinstance(outcome, WanError):
                outcomes[type(outcome).__name__] += 1
                self._check_error(outcome, number)
            else:
                self._figures.untyped[f"{type(outcome).__name__}: {outcome}"] += 1
            self._done += 1
            if not self._done % TELL_EVERY:
                self._on_progress(self._done)

    def _check_error(self, error: WanError, number: int) -> None:
        doomed = self._scenario(number) in DOOMED
        self._figures.needless += not (doomed or number in self._wire.faulted)
        if isinstance(error, SubmissionInDoubtError):
            known = error.client_request_id == f"{PREFIX}{number}"
            self._figures.nameless_doubts += not known

    @asynccontextmanager
    async def _way_in(self, number: int) -> AsyncIterator[AsyncWanClient]:
        """Give the one client, or one of its own to a generation that finds nobody at first."""
        if not self._wire.is_refused(number):
            yield self._main
            return
        async with self._wire.door(number) as door:
            url = "http://{}:{}".format(*door.sockets[0].getsockname())
            async with self._client(url, door) as client:
                yield client

    def _scenario(self, number: int) -> str:
        chance, pick = dice(self._plan.seed, number, "scenario")
        return SCENARIOS[pick % len(SCENARIOS)] if chance < 0.1 else SCENARIOS[0]

    async def _one(self, number: int) -> None:
        """Take one generation from a prompt to a video, which is checked and thrown away."""
        scenario = self._scenario(number)
        headers: dict[str, Any] = {"extra_headers": {"X-Client-Request-Id": f"{PREFIX}{number}"}}
        async with self._way_in(number) as client:
            generation = await client.generate(
                f"A paper boat sails down a gutter [scenario: {scenario}]",
                **known(seed=number % CARDS if scenario == SCENARIOS[0] else 0),
                **headers,
            )
            if number % 2:
                path = self._folder / f"{number}.mp4"
                generation = await client.download(generation, path, **headers)
                self._check(generation, path.read_bytes())
                path.unlink()
                return
            memory = io.BytesIO()
            try:
                generation = await client.download(generation, memory, **headers)
            except WanError:
                self._figures.halves += bool(memory.getvalue())
                raise
            self._check(generation, memory.getvalue())

    def _check(self, generation: Generation, video: bytes) -> None:
        assert generation.video
        etags = self._wire.etags[video_name(generation.video.url)]
        whole = hashlib.sha256(video).hexdigest()[:32] in etags
        self._figures.halves += not whole

    def _count_files(self) -> None:
        """Count what is left once each finished video was thrown away."""
        for path in self._folder.iterdir():
            if path.suffix == ".part":
                self._figures.parts += 1
            else:
                self._figures.halves += 1

    def _count_requests(self) -> None:
        figures, wire = self._figures, self._wire
        figures.requests = {str(stage): count for stage, count in wire.requests.items()}
        figures.faults = {f"{stage}: {name}": n for (stage, name), n in wire.faults.items()}
        figures.received = wire.received.total()
        figures.received_twice = sum(count > 1 for count in wire.received.values())
