"""The clock that clients go by; a test passes its own and never waits."""

from __future__ import annotations

import time


class Clock:
    """Time as it passes: seconds on a clock that never goes back, and ways to let it pass."""

    def now(self) -> float:
        """Return seconds since some fixed moment."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Block for so many seconds."""
        time.sleep(seconds)

    async def asleep(self, seconds: float) -> None:
        """Await so many seconds, under any event loop that anyio knows."""
        import anyio

        await anyio.sleep(seconds)
