"""What a scenario is made of: the ways in which a job can differ from an ordinary one.

A scenario says what happens; `_jobs` counts how often it has, and `_answers` and
`_download` say it over HTTP. The scenarios themselves are in `_scenarios`.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID

Stage = Literal["submit", "accepted", "id", "running", "end", "poll", "shape", "download"]
Body = dict[str, Any]
T = TypeVar("T")


class Silence(enum.Enum):
    """An answer that never comes."""

    DROPPED = enum.auto()
    HANGING = enum.auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Another answer than the good one: in the gateway's newest shape, its oldest, or as HTML."""

    status: int
    message: str | tuple[str, ...] = ""
    data: Any = None
    shape: Literal["gateway", "oldest", "page"] = "gateway"
    retry_after: Literal["seconds", "date"] | None = None


Trouble = Reply | Silence


class DownloadTrouble(enum.Enum):
    """What can be wrong with one download."""

    CUT = enum.auto()
    REFUSED = enum.auto()
    UNAVAILABLE = enum.auto()
    PAGE = enum.auto()
    EMPTY = enum.auto()


@dataclass(frozen=True, slots=True)
class Run(Generic[T]):
    """What happens to the first requests of a kind, one each; the last may go on for ever."""

    each: tuple[T, ...] = ()
    endless: bool = False

    def at(self, count: int) -> T | None:
        """Return what happens after so many earlier requests, or None for nothing special."""
        if self.endless and self.each:
            count = min(count, len(self.each) - 1)
        return self.each[count] if count < len(self.each) else None


@dataclass(frozen=True, slots=True)
class Phase:
    """A status that holds until a job is so many seconds old, at normal speed."""

    until: float
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """How a job ends: its last status, what else the poll says then, and whether with a video."""

    status: str = "completed"
    details: Mapping[str, Any] = field(default_factory=dict)
    video: bool = True


# Polled at once and then every ten seconds, this is the vendor's own recorded run:
# queued, 37 times generating, completed.
_TIMELINE = (Phase(5, "queued"), Phase(375, "generating"))


def _unchanged(body: Body) -> Body:
    return body


def _uuid(uuid: UUID) -> str:
    return str(uuid)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What becomes of a job.

    Attributes:
        name: What a prompt calls it.
        stage: The part of a job's life that it changes.
        summary: One line for the list of scenarios.
        refusals: Answers to a prompt's first submissions; nothing is accepted or billed.
        lost: What comes instead of the answer to a submission that was accepted and billed.
        created_status: The HTTP status of acceptance.
        make_id: The generation's id, from a fresh UUID.
        created: Rewrites the body that answers the submission.
        timeline: The statuses before the end, with the age in seconds at which each is over.
        end: How the job ends.
        polls: Answers to the job's first polls.
        fetched: Rewrites the body that answers a poll.
        first_link_expired: The first link handed out is too old already.
        downloads: What happens to the first downloads of the video.
        ignores_range: The object store does not know partial downloads.
        changes: The video is another one after its first download.
    """

    name: str
    stage: Stage
    summary: str
    refusals: Run[Trouble] = Run()
    lost: Trouble | None = None
    created_status: int = 200
    make_id: Callable[[UUID], str] = _uuid
    created: Callable[[Body], Body] = _unchanged
    timeline: tuple[Phase, ...] = _TIMELINE
    end: End = field(default_factory=End)
    polls: Run[Trouble] = Run()
    fetched: Callable[[Body], Body] = _unchanged
    first_link_expired: bool = False
    downloads: Run[DownloadTrouble] = Run()
    ignores_range: bool = False
    changes: bool = False

    def status_at(self, age: float) -> tuple[str, End | None]:
        """Return a job's status at an age in seconds, and its end once it is there."""
        for phase in self.timeline:
            if age < phase.until:
                return phase.status, None
        return self.end.status, self.end
