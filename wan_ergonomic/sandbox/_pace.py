"""How fast jobs run, now and at each moment before.

The time of jobs is not kept: it is worked out from the clock and from each speed that there has
been. So a new speed changes what is to come, and nothing of what has passed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

from wan_ergonomic._errors import ConfigurationError


class Pace:
    """Works out how long jobs have run, and when they will have run for a while.

    Args:
        speed: How fast jobs run at first; 1 is real time.
        clock: Returns the time, in seconds since 1970.

    Raises:
        ConfigurationError: The speed is not a finite number above 0.
    """

    def __init__(self, speed: float, clock: Callable[[], float]) -> None:
        self._clock = clock
        # Since when each speed holds, the oldest first. Replaced as a whole: any thread reads it.
        self._speeds: tuple[tuple[float, float], ...] = ((-math.inf, _checked(speed)),)

    @property
    def speed(self) -> float:
        """How fast jobs run now."""
        return self._speeds[-1][1]

    @speed.setter
    def speed(self, speed: float) -> None:
        since, before = self._speeds[-1]
        if _checked(speed) == before:
            return
        # A clock that was put back must not move the speeds that there have been.
        now = max(self._clock(), since)
        kept = self._speeds[:-1] if now == since else self._speeds
        self._speeds = (*kept, (now, speed))

    def between(self, start: float, end: float) -> float:
        """Return how many seconds a job runs from one time of the clock to another."""
        speeds = self._speeds
        ends = [*(since for since, _ in speeds[1:]), math.inf]
        return sum(
            (min(end, until) - max(start, since)) * speed
            for (since, speed), until in zip(speeds, ends, strict=True)
            if max(start, since) < min(end, until)
        )

    def after(self, start: float, seconds: float) -> float:
        """Return when a job will have run for ``seconds`` since a time of the clock."""
        speeds = self._speeds
        for (_, speed), (end, _) in pairwise(speeds):
            if start >= end:
                continue
            runs = (end - start) * speed
            if runs >= seconds:
                return start + seconds / speed
            start, seconds = end, seconds - runs
        return start + seconds / speeds[-1][1]


def _checked(speed: float) -> float:
    if not (math.isfinite(speed) and speed > 0):
        raise ConfigurationError(f"speed must be a finite number above 0, not {speed!r}.")
    return speed
