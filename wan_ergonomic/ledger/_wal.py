"""Turns on SQLite's write-ahead log, in which a file can be read while it is written."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

# Seconds until it is tried again.
_PAUSE = 0.01


def use_wal(connection: sqlite3.Connection, seconds: float) -> None:
    """Turn WAL mode on.

    SQLite may fail at once, instead of waiting, while others do so in a new file.

    Args:
        connection: A connection to the file.
        seconds: How long to wait for others.

    Raises:
        sqlite3.Error: The file cannot be written, or is locked for longer.
    """
    # SQLite is imported only by a program that has a file.
    import sqlite3

    deadline = time.monotonic() + seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            busy = code_of(error) == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() >= deadline:
                raise
            time.sleep(_PAUSE)
        else:
            return


def code_of(error: sqlite3.Error) -> int | None:
    """Return SQLite's code for an error, the same for all of its kind; None if it has none."""
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF
