"""Rows and submissions as short as a test needs them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wan_ergonomic._generation import Generation, Usage
from wan_ergonomic.batch.store import BatchRow, Database, Money, NewRow, Rows

URL = "https://api.example"


def row(stem: str, **fields: Any) -> NewRow:
    """Return a row to add."""
    own: Mapping[str, Any] = {
        "line": 1,
        "prompt": "A boat",
        "body": {"prompt": "A boat", "seed": 7},
        "options": {},
        "variables": {},
    }
    return NewRow(**{**own, "stem": stem, **fields})


def with_rows(database: Database, number: int, **fields: Any) -> tuple[Rows, Money]:
    """Add so many rows; return what reads and pays for them."""
    rows = Rows(database)
    rows.add([row(f"{n}", **fields) for n in range(1, number + 1)])
    return rows, Money(database)


def begin(money: Money, n: int = 1, send: int = 0, **fields: Any) -> None:
    """Begin a submission at ten cents."""
    own = {"worker": "w", "client_request_id": f"r{n}.{send}", "base_url": URL, "usd": 0.1}
    money.begin(n, send, **{**own, **fields})


def generation(status: str = "queued", usd: float | None = None, **fields: Any) -> Generation:
    """Return a generation as a response says it."""
    usage = None if usd is None else Usage(usd=usd)
    return Generation(**{"id": "g", "status": status, "usage": usage, **fields})


def state(rows: Rows, n: int = 1) -> tuple[str, int]:
    """Return a row's state, and how often it may have been sent."""
    found: BatchRow = rows.get(n)
    return found.state, found.sends


def spent(money: Money) -> tuple[float, int]:
    """Return what is spent, rounded, and how many submissions that is for."""
    usd, videos = money.spent()
    return round(usd, 9), videos
