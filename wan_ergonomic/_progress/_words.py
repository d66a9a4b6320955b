"""What is said of a call that waits: short, for one line."""

from __future__ import annotations

from wan_ergonomic._generation import Update
from wan_ergonomic._price import show_usd


def duration(seconds: float) -> str:
    """Return a time span in minutes and seconds."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def now(update: Update) -> str:
    """Return what an update says, with the id."""
    return f"{update.generation.id}: {update.generation.status}, {meanwhile(update)}"


def meanwhile(update: Update) -> str:
    """Return what an update says besides id and status: the time, and when the next poll is."""
    text = duration(update.elapsed)
    if update.next_poll is not None:
        text += f", next poll in {duration(max(update.next_poll, 1))}"
    return f"{text} (last poll failed: {update.error})" if update.error else text


def ended(update: Update, error: BaseException | None) -> str:
    """Return how a call has ended, with the id."""
    return f"{update.generation.id}: {update.generation.status} {at_the_end(update, error)}"


def at_the_end(update: Update, error: BaseException | None) -> str:
    """Return how a call has ended besides id and status: the time, then the cost or the error."""
    usage = update.generation.usage
    cost = None if usage is None else usage.in_usd
    text = f"after {duration(update.elapsed)}"
    if error is not None:
        return f"{text} ({type(error).__name__})"
    return text if cost is None else f"{text}, {show_usd(cost)}"


def last_words(error: BaseException | None) -> str:
    """Return how a call has ended of which nothing was known yet."""
    return "ended" if error is None else f"ended ({type(error).__name__})"
