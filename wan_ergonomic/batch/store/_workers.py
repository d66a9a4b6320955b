"""Which workers are at a batch, and when the next request may be made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Table, delete, func, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from ._database import Database
from ._tables import PACE, WORKERS

# A worker that was not heard of for so long is taken for dead.
SILENT_SECONDS = 30.0
# PostgreSQL's locks are known by numbers.
_WATCH_LOCK = 7026923
_LOCK = text("SELECT pg_try_advisory_xact_lock(:lock)")


class Workers:
    """Records the heartbeats of a batch's workers. Every method may block."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def beat(self, worker: str, place: str) -> None:
        """Record that a worker is alive.

        Args:
            worker: Its id.
            place: The machine and process, for people.
        """
        with self._database.transaction() as connection:
            values = {"worker": worker, "place": place, "beat": self._database.now(connection)}
            insert = _insert(self._database)(WORKERS).values(values)
            seen = {"beat": insert.excluded.beat}
            connection.execute(insert.on_conflict_do_update(index_elements=["worker"], set_=seen))

    def leave(self, worker: str) -> None:
        """Record that a worker has ended; the next watcher takes over what it has not finished."""
        with self._database.transaction() as connection:
            ended = update(WORKERS).where(WORKERS.c.worker == worker).values(beat=0.0)
            connection.execute(ended)

    def alive(self, seconds: float) -> list[str]:
        """Return the workers that were heard of in the last ``seconds`` seconds."""
        with self._database.transaction() as connection:
            since = self._database.now(connection) - seconds
            found = connection.execute(select(WORKERS.c.worker).where(WORKERS.c.beat >= since))
            return list(found.scalars())

    def clear(self) -> None:
        """Forget all workers."""
        with self._database.transaction() as connection:
            connection.execute(delete(WORKERS))

    @contextmanager
    def silent(self, seconds: float) -> Iterator[list[str]]:
        """Give the workers that were not heard of for so long, to one watcher at a time.

        They are forgotten afterwards; one that wakes shows itself again.
        """
        with self._database.transaction() as connection:
            if not connection.execute(_LOCK, {"lock": _WATCH_LOCK}).scalar_one():
                yield []
                return
            since = self._database.now(connection) - seconds
            gone = WORKERS.c.beat < since
            yield list(connection.execute(select(WORKERS.c.worker).where(gone)).scalars())
            connection.execute(delete(WORKERS).where(gone))

    def turn(self, interval: float) -> float:
        """Take the next turn to make a request; return how many seconds it is away.

        Args:
            interval: The seconds between two requests of all workers together.
        """
        with self._database.transaction(alone=not self._database.shared) as connection:
            now = self._database.now(connection)
            first = {"name": "requests", "next": now}
            insert = _insert(self._database)(PACE).values(first).on_conflict_do_nothing()
            connection.execute(insert)
            least = func.greatest if self._database.shared else func.max
            following = least(PACE.c.next, now) + interval
            taken = update(PACE).values(next=following).returning(PACE.c.next)
            return max(float(connection.execute(taken).scalar_one()) - interval - now, 0.0)


def _insert(database: Database) -> Callable[[Table], Any]:
    """Return the statement of the database's own kind, which knows conflicts."""
    return postgresql.insert if database.shared else sqlite.insert
