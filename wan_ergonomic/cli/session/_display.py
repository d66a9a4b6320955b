"""Progress on standard error: nothing, plain lines, or JSON lines.

The display for terminals is in ``_live``. Displays decide nothing; they show
what happens.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from typing import Any, Self

from wan_ergonomic import Drift, Generation, Update, Usage
from wan_ergonomic._price import Price, show_usd
from wan_ergonomic._progress import duration
from wan_ergonomic._redaction import shorten_link
from wan_ergonomic.account import Durations
from wan_ergonomic.cli._streams import report_json, report_prose


class Display:
    """Shows nothing; subclasses show the events that they have a form for."""

    def __init__(self) -> None:
        self._last: tuple[str, bool] | None = None
        self._usual: Durations | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def row(self, name: str) -> Display:
        """Return a display for one of several jobs, which is called by ``name``."""
        del name
        return type(self)()

    def aside(self) -> AbstractContextManager[None]:
        """Make room for what is printed to standard output, which may be the same terminal."""
        return nullcontext()

    def working(self, step: str) -> None:
        """Show what is being done now."""

    def note(self, text: str) -> None:
        """Show useful information."""

    def warn(self, text: str) -> None:
        """Show something that is probably not intended."""

    def drifted(self, drift: Drift) -> None:
        """Show a departure of the API from its contract."""

    def price(self, price: Price, *, several: bool) -> None:
        """Show what a submission costs, by the catalogue; the same for each of several."""

    def accepted(self, generation: Generation) -> None:
        """Show that a submission was accepted, with its id."""

    def safe_to_leave(self) -> None:
        """Show, to a person who waits, that the job goes on without this command."""

    def polled(self, update: Update) -> None:
        """Show what a poll returned."""

    def expected(self, usual: Durations) -> None:
        """Show how long jobs usually take; called after each poll, as it may be known late."""

    def given_up(self) -> None:
        """Show, among several jobs, that this one is no longer waited for; its error comes last."""

    def describe(self, generation: Generation) -> None:
        """Show what is known of a generation besides its status."""

    def downloading(self, done: int, total: int | None) -> None:
        """Show how many bytes are written, and of how many."""

    def saved(self, generation_id: str, size: int) -> None:
        """Show that the video is saved, with its size in bytes."""

    def is_change(self, update: Update) -> bool:
        """Whether the status changed since the last poll, or polls began or ceased to fail."""
        before, self._last = self._last, (update.generation.status, update.error is not None)
        return self._last != before


class Lines(Display):
    """One plain line for each change."""

    def __init__(self, before: str = "") -> None:
        super().__init__()
        self._before = before

    def row(self, name: str) -> Display:
        """Return a display whose lines begin with a name."""
        return Lines(f"{name}: ")

    def print(self, text: str) -> None:
        """Print one line."""
        report_prose(f"{self._before}{text}")

    def note(self, text: str) -> None:
        """Print useful information."""
        self.print(text)

    def warn(self, text: str) -> None:
        """Print a warning."""
        self.print(f"Warning: {text}")

    def drifted(self, drift: Drift) -> None:
        """Print a departure of the API from its contract."""
        self.warn(f"the API departs from its published contract: {drift}.")

    def price(self, price: Price, *, several: bool) -> None:
        """Print what a submission costs, by the catalogue; the same for each of several."""
        named = "Price of each" if several else "Price"
        self.note(f"{named}: {price}" if price.usd is not None else f"{price}".capitalize())

    def accepted(self, generation: Generation) -> None:
        """Print the id of an accepted submission, and its cost."""
        cost = _cost(generation.usage)
        self.print(f"Accepted: {generation.id}{cost and f', {cost}'}")

    def polled(self, update: Update) -> None:
        """Print a status that changed, and the first of several failures."""
        if not self.is_change(update):
            return
        if update.error:
            self.print(f"The last poll failed and will be repeated: {update.error}")
        else:
            self.print(f"{update.generation.status}, {duration(update.elapsed)}")

    def expected(self, usual: Durations) -> None:
        """Print how long jobs usually take, once."""
        if self._usual is None:
            self._usual = usual
            self.note(f"{usual}".capitalize())

    def describe(self, generation: Generation) -> None:
        """Print the video, the error and the cost of a generation, as far as they are known."""
        if generation.video:
            until = generation.video.expires_at
            expiry = f" (until {until:%Y-%m-%d %H:%M} UTC)" if until else ""
            self.print(f"  video  {shorten_link(generation.video.url)}{expiry}")
        if generation.error:
            self.print(f"  error  {generation.error}")
        if cost := _cost(generation.usage):
            self.print(f"  cost   {cost}")

    def saved(self, generation_id: str, size: int) -> None:
        """Print the size of the video."""
        del generation_id
        self.print(f"Saved {size / 1e6:.1f} MB")


class JsonLines(Display):
    """One JSON object for each event."""

    def note(self, text: str) -> None:
        """Print useful information."""
        report_json({"event": "note", "message": text})

    def warn(self, text: str) -> None:
        """Print a warning."""
        report_json({"event": "warning", "message": text})

    def drifted(self, drift: Drift) -> None:
        """Print a departure of the API from its contract."""
        report_json({"event": "drift", **asdict(drift)})

    def price(self, price: Price, *, several: bool) -> None:  # noqa: ARG002
        """Print what a submission costs, by the catalogue."""
        report_json({"event": "price", **price.as_json()})

    def accepted(self, generation: Generation) -> None:
        """Print the id of an accepted submission."""
        report_json({"event": "accepted", "id": generation.id, "status": generation.status})

    def polled(self, update: Update) -> None:
        """Print a status that changed, and the first of several failures."""
        if not self.is_change(update):
            return
        event: dict[str, Any] = {
            "event": "poll",
            "id": update.generation.id,
            "status": update.generation.status,
            "elapsed": round(update.elapsed, 3),
        }
        report_json(event | ({"failure": str(update.error)} if update.error else {}))

    def expected(self, usual: Durations) -> None:
        """Print how long jobs usually take, in seconds, once."""
        if self._usual is None:
            self._usual = usual
            figures = {"p50": usual.p50, "p90": usual.p90, "source": usual.source}
            report_json({"event": "expected", **figures})

    def saved(self, generation_id: str, size: int) -> None:
        """Print the size of the video."""
        report_json({"event": "saved", "id": generation_id, "bytes": size})


def _cost(usage: Usage | None) -> str:
    """Return a cost in credits and in US dollars, as far as it is known; "" if it is not."""
    if usage is None or usage.in_usd is None:
        return ""
    usd = show_usd(usage.in_usd)
    return usd if usage.credits is None else f"{usage.credits:,.0f} credits ({usd})"
