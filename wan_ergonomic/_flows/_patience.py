"""How long to wait for the link or the stored video of a completed job."""

from __future__ import annotations

from wan_ergonomic._generation import Generation

from ._steps import CallContext

# Seconds; copying a video to the storage takes far less.
PATIENCE_SECONDS = 60.0


def lacks_link(generation: Generation) -> bool:
    """Whether a job is completed but has no link to its video yet."""
    return generation.completed and generation.video is None


class Patience:
    """Limits the wait for something that is missing; begins with the first ``pause``."""

    def __init__(self, context: CallContext) -> None:
        self._context = context
        self._began: float | None = None

    @property
    def waited(self) -> float:
        """Seconds since the first ``pause``."""
        return 0.0 if self._began is None else self._context.elapsed() - self._began

    def pause(self) -> float | None:
        """Return the seconds until the next attempt; None once the time is over."""
        if self._began is None:
            self._began = self._context.elapsed()
        left = PATIENCE_SECONDS - self.waited
        return min(self._context.polling.interval(self.waited), left) if left > 0 else None
