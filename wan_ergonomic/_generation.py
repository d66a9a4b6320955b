"""A generation as data: frozen, picklable, with no client inside.

Statuses keep the vendor's own spelling; one table maps each to its meaning.
Signed links are secrets, so no ``repr`` shows one whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

from ._redaction import shorten_link

State = Literal["pending", "completed", "failed"]

# The four documented statuses, those of the page's sample and text, and those
# that this gateway and others like it have returned for other models.
STATUSES: Mapping[str, State] = {
    "queued": "pending",
    "generating": "pending",
    "waiting": "pending",
    "active": "pending",
    "pending": "pending",
    "processing": "pending",
    "completed": "completed",
    "complete": "completed",
    **dict.fromkeys(("succeeded", "succeed", "success"), "completed"),
    **dict.fromkeys(("done", "finished", "ready"), "completed"),
    "error": "failed",
    **dict.fromkeys(("failed", "failure", "rejected", "timeout", "timed_out"), "failed"),
    "cancelled": "failed",
    "canceled": "failed",
    "expired": "failed",
}

# The rate between the credits and the dollars that the API reports.
CREDITS_PER_USD = 2_000_000

# The status of a generation that is known by its id alone, before the first poll.
UNSEEN = "unknown"

_SIGNING_DATE = re.compile(r"x-(\w+)-date", re.IGNORECASE)


def meaning_of(status: str) -> State | None:
    """Return what a status means, however it is spelled; None for one that is not in the table."""
    return STATUSES.get(re.sub(r"[\s-]+", "_", status.strip().lower()))


def dollars(amount: float) -> float:
    """Return what an amount of credits is worth in US dollars."""
    return amount / CREDITS_PER_USD


def is_id(text: str) -> bool:
    """Whether a text can be sent as an id: it is not blank and has no unpaired surrogates."""
    return bool(text.strip()) and text == text.encode(errors="ignore").decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """A finished video.

    Attributes:
        url: Where to download it, byte for byte as the API gave it. It grants access: keep it
            secret.
        duration: Seconds, if the API gives them.
    """

    url: str
    duration: float | None = None

    @property
    def expires_at(self) -> datetime | None:
        """When the link stops working, from the parameters of its signature; None if unknown."""
        try:
            query = {name.lower(): value for name, value in parse_qsl(urlsplit(self.url).query)}
            if "expires" in query:
                return datetime.fromtimestamp(int(query["expires"]), UTC)
            signers = (_SIGNING_DATE.fullmatch(name) for name in query)
            signer = next((match[1] for match in signers if match), None)
            if signer is None:
                return None
            lifetime = timedelta(seconds=int(query[f"x-{signer}-expires"]))
            return _signed_at(query[f"x-{signer}-date"]) + lifetime
        except (KeyError, ValueError, OverflowError, OSError):
            return None

    def __repr__(self) -> str:
        return f"Video(url={shorten_link(self.url)!r}, duration={self.duration!r})"


def _is_link(url: str) -> bool:
    """Whether this is a web address, and so not a word such as ``pending``."""
    try:
        parts = urlsplit(url.strip())
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


def _signed_at(text: str) -> datetime:
    from dateutil.parser import isoparse

    moment = isoparse(text)
    return moment.replace(tzinfo=moment.tzinfo or UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a generation ended without a video, as the vendor puts it."""

    name: str
    message: str

    def __str__(self) -> str:
        return f"{self.name}: {self.message}" if self.message else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a generation cost, as far as the API reports it.

    Attributes:
        credits: AIML API credits; ``CREDITS_PER_USD`` of them are one US dollar.
        usd: US dollars, if the API reports them itself.
    """

    credits: float | None = None
    usd: float | None = None

    @property
    def in_usd(self) -> float | None:
        """US dollars, also where the API reports only credits."""
        if self.usd is None and self.credits is not None:
            return dollars(self.credits)
        return self.usd


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """One departure of a response from the published contract.

    Attributes:
        kind: ``unknown-status``, ``missing``, ``type``, ``value``, ``undocumented``, or ``price``
            for a charge that is not the price in the vendor's catalogue.
        operation: ``create`` or ``poll``.
        pointer: JSON pointer into the response.
        expected: What the contract requires.
        found: What the response holds, shortened.
    """

    kind: str
    operation: str
    pointer: str
    expected: str
    found: str

    def __str__(self) -> str:
        if self.kind == "price":
            return (
                f"{self.found} was charged; the price in the catalogue is {self.expected} (price)"
            )
        return (
            f"{self.operation} returned {self.found} at {self.pointer or '/'}; "
            f"the contract requires {self.expected} ({self.kind})"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One video generation, as it was at the last response.

    Attributes:
        id: The vendor's id; all that is needed to poll it, here or elsewhere.
        status: The vendor's own word; ``unknown`` before the first poll.
        video: The result, once there is one.
        error: Why it failed, if the vendor says so.
        usage: What it cost; normally known from the submission on.
        request: The body it was submitted with; empty for one known by id alone.
        drift: Where the last response departed from the contract.
        client_request_id: The ``X-Client-Request-Id`` of the submission.
        request_id: ``x-request-id`` of the last response.
        inference_id: ``x-inference-id`` of the last response.
        raw: The last response, parsed and otherwise unchanged. It may hold a signed link.
        file: Where ``download`` has saved the video, on the machine that called it; None until
            then, and if it was saved into a file object.
    """

    id: str
    status: str = UNSEEN
    video: Video | None = None
    error: Failure | None = None
    usage: Usage | None = None
    request: Mapping[str, Any] = field(default_factory=dict, compare=False)
    drift: tuple[Drift, ...] = field(default=(), repr=False)
    client_request_id: str | None = field(default=None, repr=False)
    request_id: str | None = field(default=None, repr=False, compare=False)
    inference_id: str | None = field(default=None, repr=False, compare=False)
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    file: Path | None = field(default=None, repr=False, compare=False)

    @property
    def state(self) -> State:
        """What the status means.

        An unknown one counts as completed if there is a link to a video, or else as failed if
        there is an error, or else as pending. Without any status, an error does not end a paid job.
        """
        if meaning := meaning_of(self.status):
            return meaning
        if self.video and _is_link(self.video.url):
            return "completed"
        return "failed" if self.error and self.status != UNSEEN else "pending"

    @property
    def pending(self) -> bool:
        """Whether the job may still produce a video."""
        return self.state == "pending"

    @property
    def completed(self) -> bool:
        """Whether the job ended with a video."""
        return self.state == "completed"

    @property
    def failed(self) -> bool:
        """Whether the job ended without a video."""
        return self.state == "failed"

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """Return what a notebook shows; IPython calls this."""
        # Loaded only where a notebook asks for it.
        from .notebook import EMBED_BYTES, Budget, bundle

        return bundle([self], Budget(EMBED_BYTES))


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What is known after one poll of a generation.

    Attributes:
        generation: As it is known now.
        elapsed: Seconds since the call began.
        polls: How many status requests have been made.
        next_poll: Seconds until the next one; None after the last.
        error: Why this poll failed, if it did and will be repeated.
    """

    generation: Generation
    elapsed: float
    polls: int = 0
    next_poll: float | None = None
    error: Exception | None = field(default=None, compare=False)

    def __str__(self) -> str:
        line = f"{self.generation.id}: {self.generation.status}, {self.elapsed:.0f} s"
        return f"{line} (last poll failed: {self.error})" if self.error else line
