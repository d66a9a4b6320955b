"""Opens a batch's database: SQLite for one process, PostgreSQL for workers on any machines."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, make_url, select, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from wan_ergonomic._errors import ConfigurationError, LedgerError
from wan_ergonomic.ledger import use_wal

from ._tables import BATCH, METADATA

FORM = 1
# Another worker's transaction takes milliseconds; adding a long list, seconds.
_LOCK_SECONDS = 30
# A worker that sleeps inside a transaction loses it, and holds up nobody for longer.
_IDLE_SECONDS = 60
_CONNECT_SECONDS = 10
# A machine that is gone without a word is noticed after about 30 seconds.
_KEEPALIVE = {
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}


class Database:
    """A batch's database. Every method may block; safe to use from many threads.

    Attributes:
        engine: SQLAlchemy's engine.
        shared: Whether workers on other machines can use it.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.shared = engine.dialect.name == "postgresql"
        self._ways = {alone: engine.execution_options(alone=alone) for alone in (False, True)}

    def __str__(self) -> str:
        return _place(self.engine.url)

    def __repr__(self) -> str:
        return f"Database({str(self)!r})"

    @contextmanager
    def transaction(self, *, alone: bool = False) -> Iterator[Connection]:
        """Open a transaction, which is committed at the end.

        Args:
            alone: Whether no other transaction that asks for the same may run meanwhile, which
                those that read first and then write need.

        Raises:
            LedgerError: The database is away, full or broken.
        """
        try:
            with self._ways[alone].begin() as connection:
                if alone and self.shared:
                    connection.execute(select(BATCH.c.form).with_for_update())
                yield connection
        except (DBAPIError, NoConnectionError) as error:
            raise LedgerError(
                f"The database of the batch, {self}, failed: {_reason(error)}."
            ) from error

    def now(self, connection: Connection) -> float:
        """Return the time in seconds since 1970, by the database's clock if that is shared."""
        if not self.shared:
            return time.time()
        clock = select(func.extract("epoch", func.clock_timestamp()))
        return float(connection.execute(clock).scalar_one())

    def create(self, name: str, about: dict[str, Any]) -> None:
        """Create the tables and describe the batch, unless the database has one.

        Raises:
            LedgerError: The database is away or not writable.
        """
        with self.transaction(alone=not self.shared) as connection:
            if self.shared:
                # Two workers may begin at once.
                connection.execute(text("SELECT pg_advisory_xact_lock(7026922)"))
            METADATA.create_all(connection)
            if connection.execute(select(BATCH.c.name)).first() is None:
                values = {"name": name, "form": FORM, "about": about}
                connection.execute(BATCH.insert().values(values))

    def about(self) -> tuple[str, dict[str, Any]] | None:
        """Return the batch's name and description; None if the database holds no batch.

        Raises:
            LedgerError: The database cannot be read, or is of a newer form.
        """
        with self.transaction() as connection:
            if not self.engine.dialect.has_table(connection, BATCH.name):
                return None
            found = connection.execute(select(BATCH)).first()
        if found is None:
            return None
        if found.form > FORM:
            raise LedgerError(
                f"The batch {found.name!r} was written by a newer version of wan-ergonomic. "
                "Upgrade to go on with it."
            )
        return found.name, found.about

    def change(self, values: Mapping[str, Any]) -> None:
        """Change some values of the batch's description; others may change meanwhile.

        Raises:
            LedgerError: It cannot be written.
        """
        with self.transaction(alone=True) as connection:
            change_about(connection, values)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def read_about(connection: Connection) -> dict[str, Any]:
    """Return the batch's description."""
    about: dict[str, Any] = connection.execute(select(BATCH.c.about)).scalar_one()
    return about


def change_about(connection: Connection, values: Mapping[str, Any]) -> None:
    """Change some values of the batch's description, in a transaction that is alone."""
    about = {**read_about(connection), **values}
    connection.execute(BATCH.update().values(about=about))


def open_database(where: str | Path) -> Database:
    """Open a database, which may be empty; nothing is read or written yet.

    Args:
        where: The path of a SQLite file, or the URL of a PostgreSQL database.

    Raises:
        ConfigurationError: It is neither.
    """
    if isinstance(where, Path):
        return Database(_of_file(where))
    try:
        url = make_url(where)
    except (ArgumentError, ValueError) as error:
        # It may hold a password, so it is not shown.
        raise ConfigurationError(
            "That is no address of a database. Write postgresql://USER@HOST/NAME. Nothing was "
            "sent or spent."
        ) from error
    return Database(_of_url(url))


def engine_of_file(path: Path, *, synchronous: Literal["NORMAL", "FULL"]) -> Engine:
    """Return SQLAlchemy's engine for a SQLite file with a write-ahead log.

    Args:
        path: The file's path.
        synchronous: ``FULL`` to have each transaction on disk before the next one begins, whatever
            happens to the machine.
    """

    def prepare(connection: Any, _: object) -> None:
        with _or_closed(connection):
            use_wal(connection, _LOCK_SECONDS)
            connection.execute(f"PRAGMA synchronous={synchronous}")

    url = URL.create("sqlite", database=str(path))
    engine = create_engine(url, connect_args={"timeout": _LOCK_SECONDS})
    event.listen(engine, "connect", prepare)
    return engine


@contextmanager
def _or_closed(connection: Any) -> Iterator[None]:
    """Close a connection that cannot be prepared, because SQLAlchemy forgets it."""
    try:
        yield
    except BaseException:
        connection.close()
        raise


def _of_file(path: Path) -> Engine:
    # A paid id must be on disk.
    engine = engine_of_file(path, synchronous="FULL")
    event.listen(engine, "connect", _begin_nothing)
    event.listen(engine, "begin", _begin)
    return engine


def _begin_nothing(connection: Any, _: object) -> None:
    # Transactions are begun by ``_begin`` alone.
    connection.isolation_level = None


def _begin(connection: Connection) -> None:
    # Two transactions that read first and then write would be in each other's way.
    alone = connection.get_execution_options().get("alone")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if alone else "BEGIN")


def _of_url(url: URL) -> Engine:
    # libpq accepts both names.
    if url.get_backend_name() not in {"postgresql", "postgres"}:
        raise ConfigurationError(
            f"A batch cannot be kept in {url.get_backend_name()}. Name a PostgreSQL database, as "
            "in postgresql://USER@HOST/NAME, or leave --database out. Nothing was sent or spent."
        )
    own = {"connect_timeout": _CONNECT_SECONDS, **_KEEPALIVE}
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        # What the address says comes first.
        connect_args={name: value for name, value in own.items() if name not in url.query},
        pool_pre_ping=True,
    )
    event.listen(engine, "connect", _prepare_session)
    return engine


def _prepare_session(connection: Any, _: object) -> None:
    with _or_closed(connection):
        connection.execute(f"SET lock_timeout = '{_LOCK_SECONDS}s'")
        connection.execute(f"SET idle_in_transaction_session_timeout = '{_IDLE_SECONDS}s'")
        connection.commit()


def _place(url: URL) -> str:
    """Return a file's path, or an address without its password."""
    is_file = url.get_backend_name() == "sqlite"
    return str(url.database) if is_file else url.render_as_string(hide_password=True)


def _reason(error: DBAPIError | NoConnectionError) -> str:
    """Return the first line of a database's own message."""
    said = str(error.orig if isinstance(error, DBAPIError) else error)
    return (said.strip().splitlines() or ["no reason given"])[0].rstrip(".")
