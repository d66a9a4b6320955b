"""May this be tried again, and after how long: pure decisions, no clock, no I/O.

The rule behind the tables: a submission is paid for, so it is sent again only
when the API cannot have accepted it. Asking for a status is free, so it is
asked again whenever asking can help.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal

from wan_ergonomic._errors import ApiError, ConfigurationError, ConnectionFailedError, WanError

Verdict = Literal["again", "doubt", "final"]

# Statuses that come from between us and the API, when it may have done its work:
# a gateway that lost the answer, a client closed on the way, or what no standard explains.
_UNKNOWN_STATUSES = frozenset(range(400, 500)) - frozenset(HTTPStatus)
_LOST_STATUSES = frozenset({408, 425, *range(502, 1000)}) | _UNKNOWN_STATUSES


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often and how patiently a request is tried again.

    Attributes:
        attempts: Requests made at most for one submission, status or stretch of download
            without progress; 1 means never again.
        backoff: Seconds that the first pause may last; it doubles with each attempt.
        max_backoff: Seconds that no pause exceeds, unless the API asks for more.
        not_found: How many answers of 404 in a row are believed to be passing, for a job
            that was accepted.
    """

    attempts: int = 4
    backoff: float = 0.5
    max_backoff: float = 20.0
    not_found: int = 6

    def __post_init__(self) -> None:
        if self.attempts < 1 or self.not_found < 0:
            raise ConfigurationError(
                "RetryPolicy: attempts must be 1 or more, not_found 0 or more."
            )
        if not (0 <= self.backoff <= self.max_backoff < math.inf):
            raise ConfigurationError("RetryPolicy: 0 <= backoff <= max_backoff, in seconds.")


def after_submission(error: WanError) -> Verdict:
    """Decide about a submission that failed.

    ``doubt`` means that it may have been accepted, so it must not be sent again.
    """
    if isinstance(error, ConnectionFailedError):
        return "doubt" if error.sent else "again"
    if isinstance(error, ConfigurationError):
        return "final"
    if not isinstance(error, ApiError) or _names_a_job(error.body):
        return "doubt"
    # A 503 that says more is the API's own refusal, not a proxy's guess about it.
    refuses = error.retry_after is not None or isinstance(error.body, dict)
    if error.status_code == 429 or (error.status_code == 503 and refuses):
        return "again"
    return "doubt" if error.status_code in _LOST_STATUSES else "final"


def _names_a_job(body: object) -> bool:
    return isinstance(body, dict) and "id" in body and isinstance(body.get("status"), str)


def after_poll(error: WanError) -> Verdict:
    """Decide about a status request that failed; a 404 is counted by the caller."""
    if not isinstance(error, ApiError):
        return "final" if isinstance(error, ConfigurationError) else "again"
    code = error.status_code
    return "again" if code in {404, 429, 500, 501} | _LOST_STATUSES else "final"


def pause(policy: RetryPolicy, attempt: int, error: Exception | None) -> float:
    """Return the seconds to wait after the given attempt (from 1) failed.

    What the API asks for is honoured; otherwise the pause is drawn from the
    whole of a growing span, so that clients that failed together do not come
    back together.
    """
    asked = getattr(error, "retry_after", None)
    if asked is not None:
        return float(asked)
    span = min(policy.max_backoff, policy.backoff * 2.0 ** min(attempt - 1, 60))
    return random.uniform(0, span)
