"""How long until the next poll of a job: pure decisions, no clock, no I/O."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import Self

from wan_ergonomic._errors import ConfigurationError

# The last moments of a wait, in seconds and as a share of its timeout; the shorter one counts.
# The last poll is made in the middle of them, so that there is time for its response.
_LAST_SECONDS = 4.0
_LAST_SHARE = 0.2
# What the simulation of scripts/bench.py found best over durations like the vendor's.
_SHORTEST, _INTERVAL = 1.0, 9.7
_GROWTH, _JITTER = 0.25, 0.1
# The quiet time, in seconds, of an interval of one second, and how it grows with the interval:
# whoever polls more often wants to notice an early end, too. 34 s by default; no video is known to
# have been made sooner.
_QUIET, _QUIET_POWER = 26.0, 0.12


@dataclass(frozen=True, slots=True, kw_only=True)
class PollingPolicy:
    """How often a job is polled.

    The first poll comes at once. After it the interval grows with the time
    already waited, so that a short job is seen soon after it ends and a long
    one costs few requests. ``PollingPolicy.every`` makes one for the vendor's durations.

    Attributes:
        min_interval: Seconds between polls at the start.
        max_interval: Seconds between polls at most.
        growth: The interval as a share of the time waited so far.
        jitter: Random change of each interval, as a share of it.
        request_timeout: Seconds that one status request may take.
        in_flight: Status requests that one client has in flight at most.
        quiet: Seconds after a submission in which no video is expected: ``generate`` polls at
            once, and then not before they are over.
    """

    min_interval: float = _SHORTEST
    max_interval: float = 10.0
    growth: float = 0.1
    jitter: float = 0.2
    request_timeout: float = 20.0
    in_flight: int = 4
    quiet: float = 0.0

    def __post_init__(self) -> None:
        if not (0 < self.min_interval <= self.max_interval < math.inf):
            raise ConfigurationError(
                "PollingPolicy: 0 < min_interval <= max_interval, both in seconds."
            )
        if not (0 <= self.growth < math.inf and 0 <= self.jitter < 1):
            raise ConfigurationError(
                "PollingPolicy: growth must be 0 or more, jitter 0 to below 1."
            )
        if not (0 <= self.quiet < math.inf):
            raise ConfigurationError("PollingPolicy: quiet must be 0 or more, in seconds.")
        if not (0 < self.request_timeout < math.inf) or self.in_flight < 1:
            raise ConfigurationError(
                "PollingPolicy: request_timeout must be positive, in_flight 1 or more."
            )

    @classmethod
    def every(cls, seconds: float = _INTERVAL, *, quiet: float | None = None) -> Self:
        """Return a policy with one interval, for jobs that take as long as the vendor's.

        Half of the interval passes on average until the end of a job is noticed. Clients use this
        by default, except for an API on this machine, whose jobs are short.

        Args:
            seconds: The interval, from when a video can be expected.
            quiet: As in the policy; by default 34 for the default interval, and less for shorter
                ones. ``Durations.polling`` makes a better one.

        Raises:
            ConfigurationError: One of them is not a number above 0.
        """
        if quiet is None:
            quiet = _QUIET * abs(seconds) ** _QUIET_POWER
        return cls(
            min_interval=min(_SHORTEST, seconds),
            max_interval=seconds,
            growth=_GROWTH,
            jitter=_JITTER,
            quiet=quiet,
        )

    def interval(self, elapsed: float) -> float:
        """Return the seconds until the next poll after ``elapsed`` seconds of waiting."""
        return self._jittered(min(self.max_interval, max(self.min_interval, elapsed * self.growth)))

    def after_success(
        self, elapsed: float, retry_after: float | None, *, submitted: bool = False
    ) -> float:
        """Return the seconds until the next poll; a Retry-After is cut to ``max_interval``.

        Args:
            elapsed: Seconds of waiting.
            retry_after: What the response asked for, if anything.
            submitted: Whether the job was submitted when the waiting began.
        """
        if retry_after is not None:
            return min(retry_after, self.max_interval)
        if submitted and elapsed < self.quiet:
            return self._jittered(self.quiet - elapsed)
        return self.interval(elapsed)

    def _jittered(self, seconds: float) -> float:
        return seconds * random.uniform(1 - self.jitter, 1 + self.jitter)


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
