"""One paid submission, as the ledger knows it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from wan_ergonomic._generation import UNSEEN, Generation, Usage

Outcome = Literal["submitting", "accepted", "rejected", "in doubt"]

# A submission whose process ended before the response has nobody left to record its outcome.
_LONGEST_SUBMISSION = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One paid submission.

    Attributes:
        entry: Its number in the ledger.
        client_request_id: The ``X-Client-Request-Id`` that it was sent with.
        outcome: Whether the API accepted it.
        submitted: When it was begun.
        updated: When it was last written here.
        ended: When its end was first seen; None until then.
        base_url: The API that it was sent to.
        body: The exact body.
        generation_id: The vendor's id; None until a response has named it.
        status: The vendor's own word, as last seen.
        reserved_usd: What it was expected to cost, in US dollars; 0 once it has failed and is said
            to have cost nothing.
        usage: What the API reports that it cost.
        error: Why it was rejected, is in doubt or has failed.
        target: The file or the folder that its video was meant for.
        place: The path of the video, or its address in a bucket, once it is saved.
        sha256: The file's SHA-256 in hexadecimal.
        batch: The folder or the address of its batch; None if it is part of none.
    """

    entry: int
    client_request_id: str
    outcome: Outcome
    submitted: datetime
    updated: datetime
    base_url: str
    body: Mapping[str, Any] = field(default_factory=dict)
    generation_id: str | None = None
    status: str | None = None
    ended: datetime | None = None
    reserved_usd: float | None = None
    usage: Usage | None = None
    error: str | None = None
    target: Path | None = None
    place: str | None = None
    sha256: str | None = None
    batch: str | None = None

    @property
    def file(self) -> Path | None:
        """The file of the video; None if it is not saved, or not on this machine."""
        return Path(self.place) if self.place and "://" not in self.place else None

    @property
    def generation(self) -> Generation | None:
        """The generation as last seen, without its link; None if no id is known."""
        if self.generation_id is None:
            return None
        return Generation(
            id=self.generation_id,
            status=self.status or UNSEEN,
            usage=self.usage,
            request=self.body,
            client_request_id=self.client_request_id,
            file=self.file,
        )

    @property
    def usd(self) -> float | None:
        """What the API reports that it cost, in US dollars."""
        return self.usage.in_usd if self.usage else None

    @property
    def model(self) -> str:
        """The model, by the body."""
        return str(self.body.get("model", ""))

    @property
    def failed(self) -> bool:
        """Whether it ended without a video."""
        generation = self.generation
        return bool(generation and generation.failed)

    @property
    def lost(self) -> bool:
        """Whether it is not known if it was accepted; its process may be sending it still."""
        return self.outcome in {"in doubt", "submitting"}

    @property
    def seconds(self) -> float | None:
        """How long it took; None for one that failed, or whose end was not seen."""
        if self.ended is None or self.failed:
            return None
        return (self.ended - self.submitted).total_seconds()

    @property
    def unfinished(self) -> bool:
        """Whether it was accepted, may have a video, and none was saved."""
        generation = self.generation
        return bool(generation and not generation.failed and self.place is None)


def from_row(row: Mapping[str, Any], now: datetime) -> Job:
    """Return the job of a row in the ledger's table."""
    submitted = _moment(row["submitted"])
    outcome = row["outcome"]
    if outcome == "submitting" and now - submitted > _LONGEST_SUBMISSION:
        outcome = "in doubt"
    known = row["credits"] is not None or row["usd"] is not None
    return Job(
        entry=row["entry"],
        client_request_id=row["client_request_id"],
        outcome=outcome,
        submitted=submitted,
        updated=_moment(row["updated"]),
        base_url=row["base_url"],
        body=_body(row["body"]),
        generation_id=row["generation_id"],
        status=row["status"],
        ended=None if row["ended"] is None else _moment(row["ended"]),
        reserved_usd=row["reserved_usd"],
        usage=Usage(credits=row["credits"], usd=row["usd"]) if known else None,
        error=row["error"],
        target=row["target"] and Path(row["target"]),
        place=row["file"],
        sha256=row["sha256"],
        batch=row["batch"],
    )


def _body(text: Any) -> dict[str, Any]:
    """Return a request's body; of a row that was damaged, an empty one."""
    try:
        body = json.loads(text)
    except (TypeError, ValueError):
        return {}
    return body if isinstance(body, dict) else {}


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
