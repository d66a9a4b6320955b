"""Batches as short as a test needs them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from wan_ergonomic.batch import DEFAULT_NAMES, Batch, Settings, open_batch
from wan_ergonomic.batch.store import Database, Money, Rows, open_database

from .store.made import begin

URL = "https://api.example"


def settings(folder: Path, **changed: Any) -> Settings:
    """Return the settings of a batch in a folder."""
    own = {"base_url": URL, "output": str(folder), "names": DEFAULT_NAMES}
    return Settings(**{**own, **changed})


def new(folder: Path, address: str | None = None, **changed: Any) -> Batch:
    """Begin a batch in a folder, with its rows there or at an address."""
    return open_batch(folder, database=address, create=settings(folder, **changed))


def stored(folder: Path) -> Database:
    """Open the database of a folder's batch."""
    return open_database(folder / ".wan" / "batch.sqlite3")


def lose(folder: Path, n: int) -> None:
    """Send a row, and lose the response."""
    database = stored(folder)
    begin(Money(database), n)
    Money(database).in_doubt(n, 0, "no response")
    database.close()


def fail(folder: Path, n: int) -> None:
    """Let a row fail."""
    database = stored(folder)
    Rows(database).fail(n, "refused")
    database.close()
