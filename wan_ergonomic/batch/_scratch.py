"""What is known of a list while it is read, in a temporary file: a list may be long."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from wan_ergonomic._errors import ConfigurationError

_TABLES = (
    "PRAGMA journal_mode=OFF",
    "CREATE TABLE names (name TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID",
    "CREATE TABLE known (mark BLOB PRIMARY KEY, times INTEGER) WITHOUT ROWID",
    "CREATE TABLE kept (n INTEGER PRIMARY KEY, text TEXT)",
    "BEGIN",
)


class Scratch:
    """A temporary file with the names, marks and rows of a list.

    Each method raises ``ConfigurationError`` if there is no room for it.
    """

    def __init__(self) -> None:
        # SQLite removes a file without a name by itself.
        self._file = sqlite3.connect("", isolation_level=None)
        for statement in _TABLES:
            self._run(statement)

    def __enter__(self) -> Scratch:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def line_before(self, text: str, line: int) -> int | None:
        """Learn a text of a line; return the line that has it already, or None."""
        if self._run("INSERT OR IGNORE INTO names VALUES (?, ?)", text, line).rowcount:
            return None
        found: tuple[int] = self._run("SELECT line FROM names WHERE name = ?", text).fetchone()
        return found[0]

    def know(self, mark: bytes) -> None:
        """Learn of a row that is there; equal ones are counted."""
        more = "INSERT INTO known VALUES (?, 1) ON CONFLICT DO UPDATE SET times = times + 1"
        self._run(more, mark)

    def take(self, mark: bytes) -> bool:
        """Return whether there is such a row, which is then taken."""
        taken = "UPDATE known SET times = times - 1 WHERE mark = ? AND times > 0"
        return self._run(taken, mark).rowcount > 0

    def keep(self, text: str) -> None:
        """Keep a text."""
        self._run("INSERT INTO kept (text) VALUES (?)", text)

    def kept(self) -> Iterator[str]:
        """Yield the texts in their order."""
        for (text,) in self._run("SELECT text FROM kept ORDER BY n"):
            yield text

    def _run(self, statement: str, *values: object) -> sqlite3.Cursor:
        try:
            return self._file.execute(statement, values)
        except sqlite3.Error as error:
            raise ConfigurationError(
                f"The list cannot be kept while it is read: {error}. Is there room in the folder "
                "for temporary files? Nothing was sent or spent."
            ) from error
