"""The display of one of several jobs: events are passed on, and shown by the main thread alone."""

from __future__ import annotations

from collections.abc import Callable

from wan_ergonomic import Drift, Generation, Update

from ._display import Display

Event = Callable[[Display], object]


class Relay(Display):
    """Passes each event on as a function that shows it on another display."""

    def __init__(self, put: Callable[[Event], object]) -> None:
        super().__init__()
        self._put = put

    def working(self, step: str) -> None:
        """Pass on what is being done now."""
        self._put(lambda display: display.working(step))

    def warn(self, text: str) -> None:
        """Pass on a warning."""
        self._put(lambda display: display.warn(text))

    def drifted(self, drift: Drift) -> None:
        """Pass on a departure of the API from its contract."""
        self._put(lambda display: display.drifted(drift))

    def polled(self, update: Update) -> None:
        """Pass on what a poll returned."""
        self._put(lambda display: display.polled(update))

    def describe(self, generation: Generation) -> None:
        """Pass on what is known of a generation besides its status."""
        self._put(lambda display: display.describe(generation))

    def downloading(self, done: int, total: int | None) -> None:
        """Pass on how many bytes are written, and of how many."""
        self._put(lambda display: display.downloading(done, total))

    def saved(self, generation_id: str, size: int) -> None:
        """Pass on that the video is saved."""
        self._put(lambda display: display.saved(generation_id, size))
