"""The ledger's SQLite file: private, migrated to the newest form, set aside if it is broken.

Each call opens the file and closes it again, so threads and forked processes share nothing.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from wan_ergonomic._errors import LedgerError

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]

# Each step takes a file from the form of its number to the next.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE jobs (
            client_request_id TEXT PRIMARY KEY,
            generation_id TEXT,
            outcome TEXT NOT NULL,
            status TEXT,
            submitted REAL NOT NULL,
            updated REAL NOT NULL,
            base_url TEXT NOT NULL,
            body TEXT NOT NULL,
            credits REAL,
            usd REAL,
            error TEXT,
            target TEXT,
            file TEXT,
            sha256 TEXT
        )""",
        "CREATE INDEX jobs_by_generation ON jobs (generation_id)",
        "CREATE INDEX jobs_by_time ON jobs (submitted)",
    ),
)
_BROKEN = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
# The files that SQLite keeps beside its own in WAL mode.
_BESIDE = ("", "-wal", "-shm")


class Store:
    """The file, and what is done in it.

    Attributes:
        path: The file; it is made by the first call that writes.
    """

    def __init__(self, path: Path, *, seconds: float, on_trouble: Callable[[str], object]) -> None:
        self.path = path
        self._seconds = seconds
        self._on_trouble = on_trouble

    def read(self, work: Work[T], *, otherwise: T) -> T:
        """Return what ``work`` reads, or ``otherwise`` if there is no file.

        Raises:
            LedgerError: The file cannot be read.
        """
        return self._run(work) if self.path.exists() else otherwise

    def write(self, work: Work[T]) -> T:
        """Do ``work`` in one transaction, which is on the disk when this returns.

        Raises:
            LedgerError: The file cannot be written.
        """

        def in_transaction(connection: sqlite3.Connection) -> T:
            connection.execute("BEGIN IMMEDIATE")
            result = work(connection)
            connection.execute("COMMIT")
            return result

        return self._run(in_transaction)

    def _run(self, work: Work[T]) -> T:
        try:
            try:
                return self._in_file(work)
            except sqlite3.DatabaseError as error:
                if getattr(error, "sqlite_errorcode", None) not in _BROKEN:
                    raise
            self._set_aside()
            return self._in_file(work)
        except (OSError, sqlite3.Error) as error:
            reason = getattr(error, "strerror", None) or error
            raise LedgerError(f"The ledger {self.path} cannot be used: {reason}.") from error

    def _in_file(self, work: Work[T]) -> T:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # SQLite would create it readable for others, as the umask has it.
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        opened = sqlite3.connect(self.path, timeout=self._seconds, isolation_level=None)
        with closing(opened) as connection:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            self._migrate(connection)
            return work(connection)

    def _migrate(self, connection: sqlite3.Connection) -> None:
        if _form(connection) == len(MIGRATIONS):
            return
        connection.execute("BEGIN IMMEDIATE")
        # Another process may have been faster.
        form = _form(connection)
        if form > len(MIGRATIONS):
            raise LedgerError(
                f"The ledger {self.path} was written by a newer version of this package. "
                "Upgrade, or name another file in WAN_LEDGER."
            )
        for statements in MIGRATIONS[form:]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute("COMMIT")

    def _set_aside(self) -> None:
        """Rename a broken file, so that a new one can begin; nothing is deleted."""
        stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
        aside = self.path.with_name(f"{self.path.name}.broken-{stamp}")
        for suffix in _BESIDE:
            file = Path(f"{self.path}{suffix}")
            if file.exists():
                file.rename(f"{aside}{suffix}")
        self._on_trouble(
            f"The ledger {self.path} was broken. It is kept as {aside.name}, and a new one begins."
        )


def _form(connection: sqlite3.Connection) -> int:
    (form,) = connection.execute("PRAGMA user_version").fetchone()
    return int(form)
