"""How fast a batch is, and how long it still takes, by what ended in the last minutes."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wan_ergonomic.batch import Status

_SECONDS = 600.0


class Pace:
    """Remembers how many rows had ended, and when."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._ended: deque[tuple[float, int]] = deque()

    def words(self, status: Status) -> str:
        """Take a status into account; return the pace as the rest of a line, "" if unknown."""
        now, ended = self._clock(), status.count("done", "failed", "in doubt")
        self._ended.append((now, ended))
        while now - self._ended[0][0] > _SECONDS:
            self._ended.popleft()
        began, before = self._ended[0]
        left = status.count("waiting", "submitting", "accepted")
        if ended <= before or not left:
            return ""
        rate = (ended - before) / (now - began)
        return f"; {_rate(rate)}, {_duration(left / rate)} left"


def _rate(each_second: float) -> str:
    each_minute = 60 * each_second
    return f"{each_minute:.0f} a minute" if each_minute >= 1 else f"{60 * each_minute:.0f} an hour"


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 2:
        return "about a minute"
    return f"about {minutes} min" if minutes < 120 else f"about {minutes / 60:.0f} h"
