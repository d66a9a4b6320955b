"""The ledger's SQLite file: private, migrated to the newest form, set aside if it is broken.

Each call opens the file and closes it again, and no two threads of a process have one open at once:
closing any descriptor of a file drops all locks that the process has on it, and what SQLite
knows of open files is wrong in a child that was forked meanwhile.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from wan_ergonomic._errors import LedgerError
from wan_ergonomic._files import lock

from ._wal import code_of, use_wal

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
    (
        # Two submissions may carry one id of the caller's.
        "ALTER TABLE jobs RENAME TO jobs_before",
        """CREATE TABLE jobs (
            entry INTEGER PRIMARY KEY,
            client_request_id TEXT NOT NULL,
            generation_id TEXT,
            outcome TEXT NOT NULL,
            status TEXT,
            submitted REAL NOT NULL,
            updated REAL NOT NULL,
            ended REAL,
            base_url TEXT NOT NULL,
            body TEXT NOT NULL,
            reserved_usd REAL,
            credits REAL,
            usd REAL,
            error TEXT,
            target TEXT,
            file TEXT,
            sha256 TEXT
        )""",
        """INSERT INTO jobs (client_request_id, generation_id, outcome, status, submitted, updated,
                             base_url, body, credits, usd, error, target, file, sha256)
           SELECT client_request_id, generation_id, outcome, status, submitted, updated,
                  base_url, body, credits, usd, error, target, file, sha256
           FROM jobs_before ORDER BY rowid""",
        "DROP TABLE jobs_before",
        "CREATE INDEX jobs_by_request ON jobs (client_request_id)",
        "CREATE INDEX jobs_by_generation ON jobs (generation_id)",
        "CREATE INDEX jobs_by_time ON jobs (submitted)",
        "CREATE TABLE kept (name TEXT PRIMARY KEY, text TEXT NOT NULL)",
    ),
    ("ALTER TABLE jobs ADD COLUMN batch TEXT",),
)
_BROKEN = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
# A file that cannot be read as it is, or is none: opening it to write says why.
_NOT_OPENED = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR})
# The files of a ledger in WAL mode. The ledger itself comes last: once it is gone, others make new
# ones.
_BESIDE = ("-wal", "-shm", "")
# What every SQLite file begins with.
_HEADER = b"SQLite format 3\0"
_OTHER = (
    "{} holds something else than a ledger, and stays as it is. Name another file in WAN_LEDGER."
)
# The end of a broken file's new name.
_STAMP = "%Y%m%dT%H%M%S%f"
# Seconds until a lock is tried again.
_LOCK_PAUSE = 0.01

# Held while a thread has a ledger open. A fork waits for it, so that no child begins with one open.
_alone = threading.RLock()
# Windows has no fork.
if hasattr(os, "register_at_fork"):  # pragma: no branch
    os.register_at_fork(
        before=_alone.acquire, after_in_parent=_alone.release, after_in_child=_alone.release
    )


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
        # If even that cannot be told, opening the file says why.
        with suppress(OSError):
            if not self.path.exists():
                return otherwise
        return self._run(work, self._seconds, reads=True)

    def write(self, work: Work[T], *, seconds: float | None = None) -> T:
        """Do ``work`` in one transaction, which is on the disk when this returns.

        Args:
            work: What to do.
            seconds: How long to wait for others that write, instead of the usual time.

        Raises:
            LedgerError: The file cannot be written.
        """

        def in_transaction(connection: sqlite3.Connection) -> T:
            connection.execute("BEGIN IMMEDIATE")
            result = work(connection)
            connection.execute("COMMIT")
            return result

        return self._run(in_transaction, self._seconds if seconds is None else seconds)

    def set_aside_since(self, moment: datetime) -> Path | None:
        """Return a file that was broken, and set aside after a moment; None if there is none."""
        begins = f"{self.path.name}.broken-"
        oldest = f"{begins}{moment.astimezone(UTC):{_STAMP}}"
        found = (each for each in self.path.parent.iterdir() if each.name.startswith(begins))
        whole = (each for each in found if not each.name.endswith(_BESIDE[:-1]))
        return next((each for each in whole if each.name >= oldest), None)

    def _run(self, work: Work[T], seconds: float, *, reads: bool = False) -> T:
        try:
            try:
                found = self._as_it_is(work, seconds) if reads else None
                return found[0] if found else self._in_file(work, seconds)
            except sqlite3.DatabaseError as error:
                if not _tells_broken(error):
                    raise
            if not self._looks_like_ledger():
                raise LedgerError(_OTHER.format(self.path))
            self._set_aside()
            return self._in_file(work, seconds)
        except (OSError, sqlite3.Error) as error:
            reason = getattr(error, "strerror", None) or error
            raise LedgerError(f"The ledger {self.path} cannot be used: {reason}.") from error

    def _as_it_is(self, work: Work[T], seconds: float) -> tuple[T] | None:
        """Do work that only reads, and leave the file as it is; None if it must be changed first.

        It may belong to somebody else, or be on a disk that cannot be written. Then SQLite reads
        it only if it need not look for what others are writing.
        """
        for query in ("?mode=ro", "?mode=ro&immutable=1"):
            try:
                with self._opened(seconds, query) as connection:
                    is_newest = self._form(connection) == len(MIGRATIONS)
                    return (work(connection),) if is_newest else None
            except sqlite3.OperationalError as error:
                if code_of(error) not in _NOT_OPENED:
                    raise
            if Path(f"{self.path}-wal").exists():
                break
        return None

    def _in_file(self, work: Work[T], seconds: float) -> T:
        with self._opened(seconds) as connection:
            form = self._form(connection)
            use_wal(connection, seconds)
            connection.execute("PRAGMA synchronous = FULL")
            if form != len(MIGRATIONS):
                self._migrate(connection)
            return work(connection)

    @contextmanager
    def _opened(self, seconds: float, query: str = "") -> Iterator[sqlite3.Connection]:
        """Open the file, or create it; with a query of SQLite's, only as that says."""
        if not _alone.acquire(timeout=seconds):
            raise sqlite3.OperationalError("database is locked")
        try:
            if not query:
                self._create()
            opened = sqlite3.connect(
                f"{self.path.as_uri()}{query}", timeout=seconds, isolation_level=None, uri=True
            )
            with closing(opened) as connection:
                connection.row_factory = sqlite3.Row
                yield connection
        finally:
            _alone.release()

    def _create(self) -> None:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self.path.is_file():
            # SQLite would create it readable for others, as the umask has it.
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))

    def _migrate(self, connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN IMMEDIATE")
        # Another process may have been faster.
        form = self._form(connection)
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

    def _form(self, connection: sqlite3.Connection) -> int:
        """Return the form of the ledger in a file, 0 if it is empty.

        Raises:
            LedgerError: The file is that of something else.
        """
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        if tables and "jobs" not in tables:
            raise LedgerError(_OTHER.format(self.path))
        (form,) = connection.execute("PRAGMA user_version").fetchone()
        return int(form)

    def _looks_like_ledger(self) -> bool:
        """Whether a file that is no whole database may have been one; it is not a person's text."""
        if self.path.name.startswith("ledger"):
            return True
        try:
            with self.path.open("rb") as file:
                return file.read(len(_HEADER)) == _HEADER
        except FileNotFoundError:
            # Others have set it aside meanwhile.
            return True

    def _set_aside(self) -> None:
        """Rename a broken file, so that a new one can begin; nothing is deleted.

        Others may find it broken at the same moment. Who comes later finds the new one.
        """
        with self.path.with_name(f"{self.path.name}.lock").open("wb") as file:
            while lock(file) is False:
                time.sleep(_LOCK_PAUSE)
            if not self._is_broken():
                return
            stamp = f"{datetime.now(UTC):{_STAMP}}"
            aside = self.path.with_name(f"{self.path.name}.broken-{stamp}")
            for suffix in _BESIDE:
                found = Path(f"{self.path}{suffix}")
                if found.exists():
                    found.rename(f"{aside}{suffix}")
        self._on_trouble(
            f"The ledger {self.path} was broken. It is kept as {aside.name}, and a new one begins."
        )

    def _is_broken(self) -> bool:
        with self._opened(self._seconds) as connection:
            try:
                return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok")
            except sqlite3.DatabaseError as error:
                return _tells_broken(error)


def _tells_broken(error: sqlite3.Error) -> bool:
    """Whether an error says that a file is no database, or a damaged one."""
    return code_of(error) in _BROKEN
