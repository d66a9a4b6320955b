"""What the page shows of a sandbox at one moment: the newest of everything, as JSON.

Whatever changes by itself all the time is one number, the time: how long a job that was accepted
at the start of the sandbox would have run. The rest has a version, so that a page which has it
already gets only the time.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from wan_ergonomic._generation import dollars
from wan_ergonomic._redaction import without_keys

from .. import _spec
from .._jobs import Job, Jobs
from .._named_scenario import JobScenario
from .._pace import Pace
from ..account import Account, Books, Transaction
from ..records import Received, Records
from ._totals import Totals

# Of each list, at most this many of the newest can be shown.
MOST = 1000
_WHOLE = re.compile("[0-9]{1,9}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """The parts of a sandbox that its page shows and changes."""

    jobs: Jobs
    pace: Pace
    in_play: JobScenario
    account: Account
    books: Books
    records: Records
    clock: Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """How many of each list a page shows, and which version of all it has."""

    jobs: int
    requests: int
    entries: int
    version: str | None

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Shown:
        """Read a query; what is no number is none."""
        return cls(
            jobs=min(whole(query.get("jobs", "")), MOST),
            requests=min(whole(query.get("requests", "")), MOST),
            entries=min(whole(query.get("entries", "")), MOST),
            version=query.get("version"),
        )


class State:
    """Describes a sandbox."""

    def __init__(self, watched: Watched) -> None:
        self._watched = watched
        self._opened = watched.clock()
        self._totals = Totals(watched.jobs, watched.books)

    def now(self, shown: Shown) -> dict[str, Any]:
        """Return the state, or the time alone if its version is the one that is shown."""
        time = self._watched.pace.between(self._opened, self._watched.clock())
        self._totals.update()
        state = self._state(shown)
        version = hashlib.sha256(json.dumps(state).encode()).hexdigest()[:16]
        moment = {"version": version, "time": time}
        return moment if version == shown.version else moment | state

    def _state(self, shown: Shown) -> dict[str, Any]:
        watched, totals = self._watched, self._totals
        return {
            "speed": watched.pace.speed,
            "scenario": watched.in_play.scenario.name,
            "account": watched.account.scenario.name,
            "jobs": {
                "total": watched.jobs.billed,
                "running": totals.running,
                "completed": totals.completed,
                "failed": totals.failed,
                "shown": self._jobs(shown.jobs),
            },
            "requests": {
                "total": watched.records.total,
                "dropped": watched.records.dropped,
                "shown": [_request(one) for one in watched.records.newest(shown.requests)],
            },
            "bill": self._bill(shown.entries),
        }

    def _jobs(self, count: int) -> list[dict[str, Any]]:
        # In the contract's words, as a poll reports it. Looked up once for each status.
        word = cache(lambda status: _spec.body_of("poll", {"status": status})["status"])
        return [self._job(job, word) for job in _newest(self._watched.jobs.all(), count)]

    def _job(self, job: Job, word: Callable[[str], str]) -> dict[str, Any]:
        watched = self._watched
        status, end = watched.jobs.status(job)
        expected = job.scenario.duration
        hidden = {"model", "prompt"}
        return {
            "name": job.name,
            "id": job.id,
            "prompt": job.request["prompt"],
            "options": {n: value for n, value in job.request.items() if n not in hidden},
            "scenario": job.scenario.name,
            "status": word(status),
            "state": "running" if end is None else "failed" if end.failed else "completed",
            "began": watched.pace.between(self._opened, job.accepted_at),
            "ran": None if end is None else watched.jobs.ran(job),
            "expected": expected if math.isfinite(expected) else None,
            "usd": dollars(job.credits),
            "error": None if end is None else _text_of(end.details.get("error")),
            "edition": job.edition if end is not None and end.video else None,
        }

    def _bill(self, count: int) -> dict[str, Any]:
        opening, totals = self._watched.books.opening(), self._totals
        left = opening.credits - totals.charged + totals.refunded
        return {
            "opening": opening.usd,
            "charged": dollars(totals.charged),
            "refunded": dollars(totals.refunded),
            "balance": dollars(left),
            "total": len(totals.entries),
            "shown": [_entry(one) for one in _newest(totals.entries, count)],
        }


def _newest(listed: Any, count: int) -> Any:
    return listed[: -count - 1 : -1]


def whole(text: str) -> int:
    """Return the number that a text is; 0 if it is no number, or has more than nine digits."""
    return int(text) if _WHOLE.fullmatch(text) else 0


def _request(received: Received) -> dict[str, Any]:
    response = received.response
    return {
        "number": received.number,
        "at": received.at,
        "method": received.method,
        "path": without_keys(received.path),
        "id": received.generation_id,
        "done": response is not None,
        "status": response and response.status,
        "duration": response and response.duration,
        "summary": response and response.summary,
    }


def _entry(one: Transaction) -> dict[str, Any]:
    return {"at": one.created, "type": one.type, "usd": one.usd, "id": one.reference_id}


def _text_of(error: Any) -> str | None:
    """Return an error of a job as one text."""
    if error is None or isinstance(error, str):
        return error
    if isinstance(error, dict) and {"name", "message"} <= error.keys():
        return "{name}: {message}".format_map(error)
    return json.dumps(error, ensure_ascii=False)
