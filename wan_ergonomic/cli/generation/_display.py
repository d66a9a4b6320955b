"""What is said on the way, on standard error: nothing, plain lines, or JSON lines.

The display for terminals is in ``_live``. Nothing here decides anything.
"""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from types import TracebackType
from typing import Any, Self

from wan_ergonomic._generation import Drift, Generation, Update, Usage
from wan_ergonomic._redaction import shorten_link
from wan_ergonomic.cli._options import Reporting
from wan_ergonomic.cli._streams import is_terminal, tell_json, tell_prose


class Display:
    """Says nothing; the others say what they have a form for."""

    def __init__(self) -> None:
        self._last: tuple[str, bool] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None

    def doing(self, what: str) -> None:
        """Show what is being done now."""

    def note(self, text: str) -> None:
        """Say something that may be useful to know."""

    def warn(self, text: str) -> None:
        """Say something that is probably not as intended."""

    def drifted(self, drift: Drift) -> None:
        """Say that the API departed from its contract."""

    def accepted(self, generation: Generation) -> None:
        """Say that a submission was accepted, and as what."""

    def looked(self, update: Update) -> None:
        """Say what a look found."""

    def describe(self, generation: Generation) -> None:
        """Say what is known of a generation beside its status."""

    def downloading(self, done: int, total: int | None) -> None:
        """Show how many bytes there are."""

    def saved(self, size: int) -> None:
        """Say that the video is there."""

    def is_news(self, update: Update) -> bool:
        """Whether a look found another status than the one before, or fails since then."""
        before, self._last = self._last, (update.generation.status, update.error is not None)
        return self._last != before


class Lines(Display):
    """One plain line for each thing that changed."""

    def say(self, text: str) -> None:
        """Say one line."""
        tell_prose(text)

    def note(self, text: str) -> None:
        """Say something that may be useful to know."""
        self.say(text)

    def warn(self, text: str) -> None:
        """Say something that is probably not as intended."""
        self.say(f"Warning: {text}")

    def drifted(self, drift: Drift) -> None:
        """Say that the API departed from its contract."""
        self.warn(f"the API departs from its published contract: {drift}.")

    def accepted(self, generation: Generation) -> None:
        """Say that a submission was accepted, and as what."""
        self.say(f"Accepted: {generation.id}{_cost(generation.usage)}")

    def looked(self, update: Update) -> None:
        """Say a status when it is another one than before, and a failing look once."""
        if not self.is_news(update):
            return
        if update.error:
            self.say(f"The last look failed and will be repeated: {update.error}")
        else:
            self.say(f"{update.generation.status}, {duration(update.elapsed)}")

    def describe(self, generation: Generation) -> None:
        """Say what is known of a generation beside its status."""
        if generation.video:
            until = generation.video.expires_at
            expiry = f" (until {until:%Y-%m-%d %H:%M} UTC)" if until else ""
            self.say(f"  video  {shorten_link(generation.video.url)}{expiry}")
        if generation.error:
            self.say(f"  error  {generation.error}")
        if cost := _cost(generation.usage):
            self.say(f"  cost   {cost.removeprefix(', ')}")

    def saved(self, size: int) -> None:
        """Say that the video is there."""
        self.say(f"Saved {size / 1e6:.1f} MB")


class JsonLines(Display):
    """One JSON object for each thing that happened."""

    def note(self, text: str) -> None:
        """Say something that may be useful to know."""
        tell_json({"event": "note", "message": text})

    def warn(self, text: str) -> None:
        """Say something that is probably not as intended."""
        tell_json({"event": "warning", "message": text})

    def drifted(self, drift: Drift) -> None:
        """Say that the API departed from its contract."""
        tell_json({"event": "drift", **asdict(drift)})

    def accepted(self, generation: Generation) -> None:
        """Say that a submission was accepted, and as what."""
        tell_json({"event": "accepted", "id": generation.id, "status": generation.status})

    def looked(self, update: Update) -> None:
        """Say a status when it is another one than before, and a failing look once."""
        if not self.is_news(update):
            return
        said: dict[str, Any] = {
            "event": "look",
            "id": update.generation.id,
            "status": update.generation.status,
            "elapsed": round(update.elapsed, 3),
        }
        tell_json(said | ({"failure": str(update.error)} if update.error else {}))

    def saved(self, size: int) -> None:
        """Say that the video is there."""
        tell_json({"event": "saved", "bytes": size})


def choose_display(reporting: Reporting) -> Display:
    """Return the display that suits what was asked for and who is looking."""
    if reporting.quiet:
        return Display()
    if reporting.as_json:
        return JsonLines()
    if reporting.no_progress or not is_terminal(sys.stderr) or os.environ.get("TERM") == "dumb":
        return Lines()
    from ._live import Live

    return Live()


def duration(seconds: float) -> str:
    """Return a time span as a person says it."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _cost(usage: Usage | None) -> str:
    if usage is None or usage.credits is None:
        return ""
    usd = "" if usage.usd is None else f" (${usage.usd:,.2f})"
    return f", {usage.credits:,.0f} credits{usd}"
