"""Whether a request may be sent again, and after how long: pure decisions, no clock, no I/O.

The rule behind the tables: a submission is paid for, so it is sent again only
when the API cannot have accepted it. A status request is free, so it is sent
again whenever that can help.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal

from wan_ergonomic._errors import ApiError, ConfigurationError, ConnectionFailedError, WanError

Verdict = Literal["again", "doubt", "final"]

# The statuses that mean that the API did not accept a request. Not among them: 408
# (timed out), 425 (too early), and 409, which may be a conflict with an accepted copy of it.
_REJECTIONS = frozenset(code for code in HTTPStatus if 400 <= code < 500) - {408, 409, 425}

# The statuses after which a poll is not repeated. Polls are free, so they are repeated after
# any temporary error, such as a redirect to a login page.
_FINAL_FOR_POLLS = (_REJECTIONS | {409, *range(300, 400)}) - {302, 303, 307, 404, 429}


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often a request is sent again, and with what delay.

    Attributes:
        attempts: Requests made at most for one submission, status or stretch of download
            without progress; 1 means no retries.
        backoff: Seconds that the first delay may last; it doubles with each attempt.
        max_backoff: Seconds that no delay exceeds, unless Retry-After is longer.
        not_found: How many 404 responses in a row are taken for temporary, for a job that was
            accepted.
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

    ``doubt`` means that it may have been accepted: it must not be sent again. With any
    other verdict it was not accepted, and its error says so.
    """
    if isinstance(error, ConnectionFailedError):
        if error.sent:
            return "doubt"
        return "final" if error.permanent else "again"
    if isinstance(error, ConfigurationError):
        return "final"
    if not isinstance(error, ApiError) or error.names_job:
        return "doubt"
    if error.status_code in {429, 503}:
        return "again" if _is_rejection(error) else "doubt"
    return "final" if error.status_code in _REJECTIONS else "doubt"


def _is_rejection(error: ApiError) -> bool:
    """Whether a 429 or 503 means that no generation was begun."""
    # An inference is a generation; the API gives it an id when it begins.
    if error.inference_id:
        return False
    # A 503 with details comes from the API itself; one without may come from a proxy.
    details = error.retry_after is not None or isinstance(error.body, dict)
    return error.status_code == 429 or details


def after_poll(error: WanError) -> Verdict:
    """Decide about a status request that failed; the caller counts 404 responses."""
    if isinstance(error, ApiError):
        return "final" if error.status_code in _FINAL_FOR_POLLS else "again"
    settings = isinstance(error, ConfigurationError) or getattr(error, "permanent", False)
    return "final" if settings else "again"


def backoff(policy: RetryPolicy, attempt: int, error: Exception | None) -> float:
    """Return the seconds to wait after the given attempt (from 1) failed.

    Exponential backoff with full jitter; Retry-After wins.
    """
    retry_after = getattr(error, "retry_after", None)
    if retry_after is not None:
        return float(retry_after)
    span = min(policy.max_backoff, policy.backoff * 2.0 ** min(attempt - 1, 60))
    return random.uniform(0, span)


def delay_if_allowed(
    policy: RetryPolicy, attempt: int, error: WanError, left: float
) -> float | None:
    """Return the seconds to wait before the next attempt.

    None if no attempt is left, or if it would begin after ``left`` seconds.
    """
    delay = backoff(policy, attempt, error)
    return delay if delay < left and attempt < policy.attempts else None
