"""The clock of a client; tests pass their own, so that they never wait."""

from __future__ import annotations

import time


class Clock:
    """A monotonic clock in seconds, with a sleep that blocks and one that is awaited."""

    def now(self) -> float:
        """Return the seconds since a fixed moment."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Block for ``seconds`` seconds."""
        time.sleep(seconds)

    async def asleep(self, seconds: float) -> None:
        """Wait for ``seconds`` seconds, under any event loop that anyio supports."""
        import anyio

        await anyio.sleep(seconds)
