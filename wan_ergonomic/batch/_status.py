"""How far a batch is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .store import SILENT_SECONDS, Database, Money, Rows, Settings, State, Workers


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How far a batch is.

    Attributes:
        name: The batch's name.
        settings: How it is run.
        counts: How many rows there are in each state.
        usd: US dollars charged, and reserved for what is not settled.
        videos: The submissions that this is for.
        expected_usd: What all its rows cost by the prices when they were added; None if one of
            them is not known.
        workers: How many processes run it, as far as they were heard of lately.
    """

    name: str
    settings: Settings
    counts: Mapping[State, int] = field(default_factory=dict)
    usd: float = 0.0
    videos: int = 0
    expected_usd: float | None = None
    workers: int = 0

    @property
    def total(self) -> int:
        """All rows."""
        return sum(self.counts.values())

    def count(self, *states: State) -> int:
        """Return how many rows are in one of these states."""
        return sum(self.counts.get(state, 0) for state in states)

    @property
    def is_finished(self) -> bool:
        """Whether every row has a video, or a reason that it has none."""
        return self.count("done", "failed", "bad") == self.total

    @property
    def is_successful(self) -> bool:
        """Whether every row has a video."""
        return self.count("done") == self.total


def status_of(name: str, settings: Settings, database: Database) -> Status:
    """Return how far a batch is.

    Raises:
        LedgerError: The database fails.
    """
    usd, videos = Money(database).spent()
    rows = Rows(database)
    return Status(
        name=name,
        settings=settings,
        counts=rows.counts(),
        usd=usd,
        videos=videos,
        expected_usd=rows.expected_usd(),
        workers=len(Workers(database).alive(SILENT_SECONDS)),
    )
