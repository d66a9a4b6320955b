"""How the state of a batch is said to people and to programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wan_ergonomic._price import show_usd
from wan_ergonomic.cli._exits import Exit

if TYPE_CHECKING:
    from wan_ergonomic.batch import BatchRow, Rest, Status

# What each state is called beside its number, in the order in which they are listed.
_SAID: Mapping[str, str] = {
    "done": "done",
    "failed": "failed",
    "in doubt": "in doubt",
    "making": "in the making",
    "waiting": "waiting",
    "held": "held",
    "bad": "bad",
}


def as_data(status: Status) -> dict[str, Any]:
    """Return a status as JSON data."""
    return {
        "batch": status.name,
        "out": status.settings.output,
        "total": status.total,
        **{name.replace(" ", "_"): count for name, count in _counted(status).items()},
        "usd": round(status.usd, 6),
        "videos": status.videos,
        "expected_usd": status.expected_usd,
        "max_usd": status.settings.max_usd,
        "max_videos": status.settings.max_videos,
        "workers": status.workers,
    }


def row_as_data(row: BatchRow) -> dict[str, Any]:
    """Return a row as JSON data."""
    return {
        "row": row.n,
        "line": row.line,
        "name": row.name,
        "status": row.state,
        "reason": row.reason,
        "prompt": row.prompt,
        "file": row.file,
    }


def counts(status: Status) -> str:
    """Return how many rows there are in each state, as part of a line."""
    said = [f"{count:,} {_SAID[name]}" for name, count in _counted(status).items() if count]
    return ", ".join(said) or "no rows"


def money(status: Status) -> str:
    """Return what was spent, and of how much, as part of a line."""
    allowed = status.settings.max_usd
    return show_usd(status.usd) + ("" if allowed is None else f" of {show_usd(allowed)}")


def cost(rest: Rest) -> str:
    """Return what rows cost that are not sent yet, as part of a sentence about them."""
    if not rest.unpriced:
        return f"for {show_usd(rest.usd)}"
    if rest.unpriced == rest.rows:
        return "at an unknown price"
    return f"for {show_usd(rest.usd)} and, for {rest.unpriced:,} of them, an unknown price"


def videos(count: int) -> str:
    """Return a number of videos."""
    return "1 video" if count == 1 else f"{count:,} videos"


def exit_of(status: Status) -> Exit:
    """Return the exit code of a batch as it is."""
    if status.count("in doubt"):
        return Exit.IN_DOUBT
    if not status.is_finished:
        return Exit.RESUMABLE
    return Exit.FAILED if status.count("failed") else Exit.DONE


def _counted(status: Status) -> dict[str, int]:
    making = status.count("submitting", "accepted")
    counted = {name: status.counts.get(name, 0) for name in _SAID}  # type: ignore[call-overload]
    return {**counted, "making": making}
