"""The jobs that were accepted, and how far each is.

A job's status is a pure function of its age and its scenario; nothing here runs in
the background. Counts what happened to each job, so that a scenario plays out the
same way every time.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from ._card import SIZES
from ._scenario import End, Scenario, Trouble

# What Alibaba's documentation of the model allows; the contract only says integer.
MAX_SEED = 2**31 - 1

# Play money: only the order of magnitude is the vendor's. 1 USD is 2,000,000 credits.
CREDITS_PER_USD = 2_000_000
_CREDITS = {"480P": 200_000, "1080P": 1_000_000}

# What the model does where neither the request nor the contract says.
_OTHERWISE = {"resolution": "1080P", "aspect_ratio": "16:9", "watermark": False}


@dataclass(slots=True, kw_only=True)
class Job:
    """One accepted generation and what has happened to it so far."""

    id: str
    name: str
    request: Mapping[str, Any]
    scenario: Scenario
    accepted_at: float
    polls: int = 0
    links: int = 0
    downloads: int = 0

    @property
    def credits(self) -> int:
        """What the job costs, in play money."""
        return _CREDITS.get(self.request["resolution"], max(_CREDITS.values()))

    @property
    def edition(self) -> int:
        """Which video it is: another one after the first download where the scenario says so."""
        return 1 if self.scenario.changes and self.downloads else 0


class Jobs:
    """Accepts jobs, finds them again and says how they are."""

    def __init__(self, *, speed: float, clock: Callable[[], float]) -> None:
        self._speed = speed
        self._clock = clock
        self._by_id: dict[str, Job] = {}
        self._by_name: dict[str, Job] = {}
        self._refused: dict[str, int] = {}

    @property
    def billed(self) -> int:
        """How many generations were accepted and so charged for."""
        return len(self._by_name)

    def refusal(self, prompt: str, scenario: Scenario) -> Trouble | None:
        """Return why this submission of a prompt is refused, or None if it is accepted."""
        count = self._refused.pop(prompt, 0)
        trouble = scenario.refusals.at(count)
        if trouble is not None:
            self._refused[prompt] = count + 1
        return trouble

    def accept(self, request: Mapping[str, Any], scenario: Scenario) -> Job:
        """Take a job on; the seed is chosen here if the request has none."""
        uuid = uuid4()
        job = Job(
            id=scenario.make_id(uuid),
            name=str(uuid),
            request=_OTHERWISE | {"seed": random.randint(0, MAX_SEED)} | dict(request),
            scenario=scenario,
            accepted_at=self._clock(),
        )
        self._by_id[job.id] = self._by_name[job.name] = job
        return job

    def get(self, generation_id: str) -> Job | None:
        """Return the job with an id, if there is one."""
        return self._by_id.get(generation_id)

    def named(self, name: str) -> Job:
        """Return the job whose video has a file name."""
        return self._by_name[name]

    def status(self, job: Job) -> tuple[str, End | None]:
        """Return a job's status, and its end once it is there."""
        status, end = job.scenario.status_at((self._clock() - job.accepted_at) * self._speed)
        if end is None:
            return status, None
        end = _impossible(job.request) or end
        return end.status, end


def _impossible(request: Mapping[str, Any]) -> End | None:
    """Return how a job ends that the contract allows and the model cannot do."""
    resolution, ratio, seed = (request[name] for name in ("resolution", "aspect_ratio", "seed"))
    message = None
    if (resolution, ratio) not in SIZES:
        message = f"The model has no {ratio} at {resolution}."
    elif not 0 <= seed <= MAX_SEED:
        message = f"The model's seeds are 0 to {MAX_SEED}."
    if message is None:
        return None
    error = {"name": "InvalidParameter", "message": message}
    return End(status="error", details={"error": error}, video=False)
