"""How long until the next poll of a job: pure decisions, no clock, no I/O."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from wan_ergonomic._errors import ConfigurationError

# The last moments of a wait, in seconds and as a share of its timeout; the shorter one counts.
# The last poll is made in the middle of them, so that there is time for its response.
_LAST_SECONDS = 4.0
_LAST_SHARE = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class PollingPolicy:
    """How often a job is polled.

    The first poll comes at once. After it the interval grows with the time
    already waited, so that a short job is seen soon after it ends and a long
    one costs few requests.

    Attributes:
        min_interval: Seconds between polls at the start.
        max_interval: Seconds between polls at most.
        growth: The interval as a share of the time waited so far.
        jitter: Random change of each interval, as a share of it.
        request_timeout: Seconds that one status request may take.
        in_flight: Status requests that one client has in flight at most.
    """

    min_interval: float = 1.0
    max_interval: float = 10.0
    growth: float = 0.1
    jitter: float = 0.2
    request_timeout: float = 20.0
    in_flight: int = 4

    def __post_init__(self) -> None:
        if not (0 < self.min_interval <= self.max_interval < math.inf):
            raise ConfigurationError(
                "PollingPolicy: 0 < min_interval <= max_interval, both in seconds."
            )
        if not (0 <= self.growth < math.inf and 0 <= self.jitter < 1):
            raise ConfigurationError(
                "PollingPolicy: growth must be 0 or more, jitter 0 to below 1."
            )
        if not (0 < self.request_timeout < math.inf) or self.in_flight < 1:
            raise ConfigurationError(
                "PollingPolicy: request_timeout must be positive, in_flight 1 or more."
            )

    def interval(self, elapsed: float) -> float:
        """Return the seconds until the next poll after ``elapsed`` seconds of waiting."""
        steady = min(self.max_interval, max(self.min_interval, elapsed * self.growth))
        return steady * random.uniform(1 - self.jitter, 1 + self.jitter)

    def after_success(self, elapsed: float, retry_after: float | None) -> float:
        """Return the seconds until the next poll; a Retry-After is cut to ``max_interval``."""
        if retry_after is None:
            return self.interval(elapsed)
        return min(retry_after, self.max_interval)


def pause(delay: float, left: float, timeout: float) -> float:
    """Return the seconds until the next poll, so that one falls into the last moments of a wait.

    Args:
        delay: Seconds until the next poll, if there is enough time.
        left: Seconds until the deadline.
        timeout: Seconds that the wait may take in all.
    """
    last_moments = min(_LAST_SECONDS, timeout * _LAST_SHARE)
    latest = left - last_moments / 2
    if delay > latest and left > last_moments:
        return latest
    return min(delay, max(0.0, left))
