"""Counts the requests of the last minute."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

_MINUTE = 60.0


class RateLimit:
    """Allows a number of requests in any minute."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._allowed_at: deque[float] = deque()

    def allows(self, most: int) -> bool:
        """Return whether one more request is allowed, and count it if it is."""
        now = self._clock()
        while self._allowed_at and self._allowed_at[0] <= now - _MINUTE:
            self._allowed_at.popleft()
        if len(self._allowed_at) >= most:
            return False
        self._allowed_at.append(now)
        return True
