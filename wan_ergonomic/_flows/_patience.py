"""How long a completed job's link, or its video in the storage, is waited for."""

from __future__ import annotations

from wan_ergonomic._generation import Generation

from ._steps import CallContext

# Seconds; a video that is copied to the storage is there long before.
PATIENCE_SECONDS = 60.0


def lacks_link(generation: Generation) -> bool:
    """Whether a job is completed, but nothing says yet where its video is."""
    return generation.completed and generation.video is None


class Patience:
    """A minute that begins when something is first missed."""

    def __init__(self, context: CallContext) -> None:
        self._context = context
        self._began: float | None = None

    @property
    def waited(self) -> float:
        """Seconds since it was first missed."""
        return 0.0 if self._began is None else self._context.elapsed() - self._began

    def pause(self) -> float | None:
        """Return the seconds until it is next looked for; None once the minute is over."""
        if self._began is None:
            self._began = self._context.elapsed()
        left = PATIENCE_SECONDS - self.waited
        return min(self._context.polling.interval(self.waited), left) if left > 0 else None
