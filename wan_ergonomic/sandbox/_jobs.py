"""The accepted jobs and their progress.

A job's status is a pure function of its age, its scenario and its request; nothing
runs in the background. A person can end a job before its time. Requests are counted by
job, and rejected submissions by prompt, so that a scenario plays the same way every time.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from wan_ergonomic._limits import MAX_SEED, SIZES

from ._job_scenarios import FAILURE
from ._pace import Pace
from ._scenario import End, Scenario, Trouble

# The model's defaults where neither the request nor the contract has one.
DEFAULTS = {"resolution": "1080P", "aspect_ratio": "16:9", "watermark": False}


@dataclass(frozen=True, slots=True)
class Stop:
    """The end of a job before its time: when, by the clock, and how."""

    at: float
    end: End


@dataclass(slots=True, kw_only=True)
class Job:
    """One accepted generation and what has happened to it so far.

    Attributes:
        credits: What is charged for it.
        request_id: The gateway's id of the submission.
        client_request_id: The client's id of the submission, if that was a valid one.
        stop: Its end, if that was before its time.
    """

    id: str
    name: str
    request: Mapping[str, Any]
    scenario: Scenario
    accepted_at: float
    credits: int
    request_id: str | None = None
    client_request_id: str | None = None
    polls: int = 0
    links: int = 0
    downloads: int = 0
    stop: Stop | None = None

    @property
    def edition(self) -> int:
        """Which video is served: 1 if the scenario changes it after the first download, else 0."""
        return 1 if self.scenario.changes and self.downloads else 0


class Jobs:
    """Accepts jobs, and returns them and their status.

    Args:
        pace: How fast jobs run.
        clock: Returns the time, in seconds since 1970.
        price: Returns what a request costs, in credits.
    """

    def __init__(
        self,
        *,
        pace: Pace,
        clock: Callable[[], float],
        price: Callable[[Mapping[str, Any]], int],
    ) -> None:
        self._pace = pace
        self._clock = clock
        self._price = price
        # Appended to by the server's thread, and read by any thread.
        self._accepted: list[Job] = []
        self._by_id: dict[str, Job] = {}
        self._by_name: dict[str, Job] = {}
        # Under which scenario a prompt was rejected, and how often.
        self._rejected: dict[str, tuple[Scenario, int]] = {}

    @property
    def billed(self) -> int:
        """How many generations were accepted and charged."""
        return len(self._accepted)

    def all(self) -> tuple[Job, ...]:
        """Return the jobs in the order of their acceptance."""
        return tuple(self._accepted)

    def rejection(self, prompt: str, scenario: Scenario) -> Trouble | None:
        """Return the error for this submission of a prompt, or None if it is accepted."""
        under, count = self._rejected.pop(prompt, (scenario, 0))
        # Another scenario in play begins anew.
        count = count if under is scenario else 0
        trouble = scenario.rejections.at(count)
        if trouble is not None:
            self._rejected[prompt] = scenario, count + 1
        return trouble

    def accept(
        self,
        request: Mapping[str, Any],
        scenario: Scenario,
        *,
        request_id: str | None = None,
        client_request_id: str | None = None,
    ) -> Job:
        """Accept a job; choose its seed if the request has none."""
        uuid = uuid4()
        completed = DEFAULTS | {"seed": random.randint(0, MAX_SEED)} | dict(request)
        job = Job(
            id=scenario.make_id(uuid),
            name=str(uuid),
            request=completed,
            scenario=scenario,
            accepted_at=self._clock(),
            credits=self._price(completed),
            request_id=request_id,
            client_request_id=client_request_id,
        )
        self._accepted.append(job)
        self._by_id[job.id] = self._by_name[job.name] = job
        return job

    def get(self, generation_id: str) -> Job | None:
        """Return the job with an id, or None."""
        return self._by_id.get(generation_id)

    def named(self, name: str) -> Job:
        """Return the job of a video's file name."""
        return self._by_name[name]

    def find(self, name: str) -> Job | None:
        """Return the job of a video's file name, or None."""
        return self._by_name.get(name)

    def status(self, job: Job) -> tuple[str, End | None]:
        """Return a job's status, and its end once it has ended."""
        if job.stop is not None:
            return job.stop.end.status, job.stop.end
        status, end = job.scenario.status_at(self._age(job))
        if end is None:
            return status, None
        end = _end(job)
        return end.status, end

    def finish(self, job: Job) -> bool:
        """End a job now, as it would have ended; return False if it has ended already."""
        return self._stop(job, _end(job))

    def fail(self, job: Job) -> bool:
        """Let a job fail now; return False if it has ended already."""
        return self._stop(job, FAILURE)

    def ran(self, job: Job) -> float:
        """Return how many seconds a job has run, or ran, at speed 1."""
        end = self._clock() if job.stop is None else job.stop.at
        return min(self._pace.between(job.accepted_at, end), job.scenario.duration)

    def has_ended(self, job: Job, delay: float = 0.0) -> bool:
        """Return whether a job ended at least ``delay`` seconds ago, at speed 1."""
        if job.stop is not None:
            return self._pace.between(job.stop.at, self._clock()) >= delay
        return self._age(job) >= job.scenario.duration + delay

    def end_of(self, job: Job, delay: float = 0.0) -> float:
        """Return when a job ends, or ended, plus ``delay`` seconds at speed 1."""
        if job.stop is not None:
            return self._pace.after(job.stop.at, delay)
        return self._pace.after(job.accepted_at, job.scenario.duration + delay)

    def _age(self, job: Job) -> float:
        return self._pace.between(job.accepted_at, self._clock())

    def _stop(self, job: Job, end: End) -> bool:
        if self.has_ended(job):
            return False
        job.stop = Stop(self._clock(), end)
        return True


def fails(job: Job) -> bool:
    """Return whether a job fails, or has failed."""
    return _end(job).failed


def _end(job: Job) -> End:
    """Return how a job ends, or has ended."""
    if job.stop is not None:
        return job.stop.end
    return _unsupported(job.request) or job.scenario.end


def _unsupported(request: Mapping[str, Any]) -> End | None:
    """Return the end of a job that the contract allows and the model does not support."""
    resolution, ratio, seed = (request[name] for name in ("resolution", "aspect_ratio", "seed"))
    if (resolution, ratio) not in SIZES:
        message = f"The model does not support {ratio} at {resolution}."
    elif not 0 <= seed <= MAX_SEED:
        message = f"The model accepts seeds from 0 to {MAX_SEED}."
    else:
        return None
    error = {"name": "InvalidParameter", "message": message}
    return End(status="error", details={"error": error}, video=False)
