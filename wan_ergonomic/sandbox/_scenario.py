"""The fields of a scenario: the ways in which a job can differ from an ordinary one.

`_jobs` holds the counts of requests, and `_responses` and `_storage` play the failures.
The scenarios themselves are in `_job_scenarios` and `_request_scenarios`.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID

Stage = Literal["submit", "accepted", "id", "running", "end", "poll", "shape", "download"]
# What the scenarios of each stage are about, as they are listed.
STAGES: Mapping[Stage, str] = {
    "submit": "The submission is rejected",
    "accepted": "The response to the submission is lost or unusual",
    "id": "The id is unusual",
    "running": "While it runs",
    "end": "How it ends",
    "poll": "Polls fail",
    "shape": "Responses have another shape",
    "download": "The download fails",
}
Body = dict[str, Any]
T = TypeVar("T")


class Silence(enum.Enum):
    """No response at all."""

    DROPPED = enum.auto()
    HANGING = enum.auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An error response: in the gateway's newest format, its oldest, or as an HTML page."""

    status: int
    message: str | tuple[str, ...] = ""
    data: Any = None
    shape: Literal["gateway", "oldest", "page"] = "gateway"
    retry_after: Literal["seconds", "date"] | None = None


Trouble = Reply | Silence


class DownloadTrouble(enum.Enum):
    """A failure of one download."""

    CUT = enum.auto()
    REJECTED = enum.auto()
    UNAVAILABLE = enum.auto()
    MISSING = enum.auto()
    COPYING = enum.auto()
    PAGE = enum.auto()
    EMPTY = enum.auto()


@dataclass(frozen=True, slots=True)
class Run(Generic[T]):
    """The failures of the first requests, one each; the last can repeat forever."""

    each: tuple[T, ...] = ()
    endless: bool = False

    def at(self, count: int) -> T | None:
        """Return the failure of a request after ``count`` earlier ones, or None."""
        if self.endless and self.each:
            count = min(count, len(self.each) - 1)
        return self.each[count] if count < len(self.each) else None


@dataclass(frozen=True, slots=True)
class Phase:
    """A status that a job has until it is ``until`` seconds old, at speed 1."""

    until: float
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """How a job ends: its last status, other properties of the poll, and whether with a video."""

    status: str = "completed"
    details: Mapping[str, Any] = field(default_factory=dict)
    video: bool = True

    @property
    def failed(self) -> bool:
        """Whether the vendor takes the job for failed, and refunds it."""
        return not self.video and self.status != "completed"


# Polled at once and then every ten seconds, this is the vendor's own recorded run:
# queued, 37 times generating, completed.
_TIMELINE = (Phase(5, "queued"), Phase(375, "generating"))


def _unchanged(body: Body) -> Body:
    return body


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What happens to a job and its requests.

    Attributes:
        name: Its name in a prompt.
        stage: The stage of a job that it is about.
        summary: One line for the list of scenarios.
        rejections: Failures of a prompt's first submissions; nothing is accepted or billed.
        lost: The failure in place of the response to a submission that was accepted and billed.
        lost_names_job: Whether that failure has the job's id, in ``x-inference-id``.
        created_status: The HTTP status of acceptance; None for the contract's.
        make_id: Returns the generation's id for a fresh UUID.
        usage: The names of the cost in ``meta.usage``, in the responses to the submission and to
            polls; the contract's if there are none.
        created: Changes the body of the response to the submission.
        timeline: The statuses before the end, with the age in seconds at which each is over.
        end: How the job ends.
        polls: Failures of the job's first polls.
        fetched: Changes the body of the response to a poll.
        first_link_expired: Whether the first link has expired already.
        downloads: Failures of the video's first downloads.
        ignores_range: Whether the object storage ignores ranges.
        changes: Whether the video is another one after its first download.
    """

    name: str
    stage: Stage
    summary: str
    rejections: Run[Trouble] = Run()
    lost: Trouble | None = None
    lost_names_job: bool = False
    created_status: int | None = None
    make_id: Callable[[UUID], str] = str
    usage: tuple[str, ...] = ()
    created: Callable[[Body], Body] = _unchanged
    timeline: tuple[Phase, ...] = _TIMELINE
    end: End = field(default_factory=End)
    polls: Run[Trouble] = Run()
    fetched: Callable[[Body], Body] = _unchanged
    first_link_expired: bool = False
    downloads: Run[DownloadTrouble] = Run()
    ignores_range: bool = False
    changes: bool = False

    @property
    def duration(self) -> float:
        """The age in seconds at which a job ends, at speed 1; infinite if it never does."""
        return self.timeline[-1].until

    def status_at(self, age: float) -> tuple[str, End | None]:
        """Return a job's status at an age in seconds, and its end once it has ended."""
        for phase in self.timeline:
            if age < phase.until:
                return phase.status, None
        return self.end.status, self.end
