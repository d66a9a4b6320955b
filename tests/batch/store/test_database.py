"""A batch's database: where it is, what it holds, and what happens when it is away."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.files import largest_file
from wan_ergonomic import ConfigurationError, LedgerError
from wan_ergonomic.batch.store import Money, Rows, _database, open_database

from .made import begin, generation, row, spent, state, with_rows

READ_ONLY = Path("/sys")


def test_a_database_without_a_batch_says_so(empty):
    """Reading it writes nothing into it."""
    assert empty.about() is None
    with empty.transaction() as connection:
        assert not empty.engine.dialect.has_table(connection, "wan_batch")


def test_a_batch_is_described_once(empty, where):
    """Whoever comes later finds what is there, from another connection too."""
    empty.create("videos", {"max_usd": 1.5, "ä": None})
    empty.create("others", {})
    assert empty.about() == ("videos", {"max_usd": 1.5, "ä": None})
    other = open_database(where)
    assert other.about() == empty.about()
    other.change({"max_usd": 2, "new": [1]})
    assert empty.about() == ("videos", {"max_usd": 2, "ä": None, "new": [1]})
    other.close()


def test_tables_that_a_crash_left_empty_are_no_batch(empty):
    """Nor is anything lost by beginning it again."""
    empty.create("videos", {})
    with empty.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM wan_batch")
    assert empty.about() is None
    empty.create("again", {})
    assert empty.about() == ("again", {})


def test_a_newer_form_is_left_alone(database):
    """It may hold what this version does not know."""
    with database.transaction() as connection:
        connection.exec_driver_sql("UPDATE wan_batch SET form = form + 1")
    with pytest.raises(LedgerError, match=r"'videos' was written by a newer version .* Upgrade"):
        database.about()


def test_a_transaction_that_fails_leaves_nothing(database):
    """Whatever the error is; it is raised as it is."""
    rows, _ = with_rows(database, 1)

    def fail() -> None:
        with database.transaction(alone=True) as connection:
            connection.exec_driver_sql("DELETE FROM wan_rows")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert state(rows) == ("waiting", 0)


def test_times_come_from_one_clock(database):
    """That of the database, if several machines share it."""
    with database.transaction() as connection:
        assert database.now(connection) == pytest.approx(time.time(), abs=60)


@pytest.mark.parametrize(
    "address", ["", "nonsense", "postgresql://me:secret@host:port/x", "://me:secret@host"]
)
def test_what_is_no_address_is_refused(address):
    """Without repeating it: it may hold a password."""
    with pytest.raises(ConfigurationError, match="no address of a database") as caught:
        open_database(address)
    assert "secret" not in str(caught.value)


def test_other_databases_are_refused():
    """A batch relies on what these two do."""
    with pytest.raises(ConfigurationError, match="cannot be kept in mysql"):
        open_database("mysql://me@host/wan")


def test_a_password_is_never_shown():
    """Neither by str nor by repr, nor in an error."""
    database = open_database("postgresql://me:secret@127.0.0.1:1/wan")
    with pytest.raises(LedgerError, match="failed: ") as caught:
        database.about()
    assert "postgresql+psycopg://me:***@127.0.0.1:1/wan" in str(caught.value)
    assert "secret" not in f"{database} {database!r} {caught.value}"


def test_a_short_name_of_postgresql_is_accepted(postgres):
    """Some services hand out addresses that begin with postgres://."""
    address = postgres.new_database().replace("postgresql://", "postgres://")
    database = open_database(address + "?connect_timeout=3")
    database.create("videos", {})
    assert database.about() == ("videos", {})
    with database.transaction() as connection:
        raw: Any = connection.connection.dbapi_connection
        parameters = raw.info.get_parameters()
    assert parameters["connect_timeout"] == "3"
    assert (parameters["keepalives_idle"], parameters["tcp_user_timeout"]) == ("15", "30000")
    database.close()


def test_a_file_that_is_no_database(tmp_path):
    """It is not overwritten."""
    path = tmp_path / "batch.sqlite3"
    path.write_text("my diary" * 100)
    with pytest.raises(LedgerError, match=f"{path}, failed: file is not a database"):
        open_database(path).about()
    assert path.read_text() == "my diary" * 100


@pytest.mark.skipif(not READ_ONLY.is_dir(), reason="there is no such folder here")
def test_a_folder_that_cannot_be_written(tmp_path):
    """Neither a new database there, nor one that is there already."""
    with pytest.raises(LedgerError, match="unable to open database file"):
        open_database(READ_ONLY / "batch.sqlite3").create("videos", {})
    with pytest.raises(LedgerError, match="unable to open database file"):
        open_database(tmp_path / "none" / "batch.sqlite3").about()


def test_a_full_disk_loses_nothing_that_was_recorded(tmp_path):
    """A submission that cannot be recorded is not sent; a response is recorded later."""
    pytest.importorskip("resource")
    database = open_database(tmp_path / "batch.sqlite3")
    database.create("videos", {})
    rows, money = with_rows(database, 30)
    begin(money, 1)
    size = (tmp_path / "batch.sqlite3-wal").stat().st_size
    with largest_file(size):
        with pytest.raises(LedgerError, match=r"failed: (disk I/O error|database or disk is full)"):
            begin(money, 2)
        with pytest.raises(LedgerError):
            money.accepted(1, 0, generation(usd=0.3))
        with pytest.raises(LedgerError):
            rows.add([row("more")], after=30)
        assert (state(rows, 1), state(rows, 2)) == (("submitting", 0), ("waiting", 0))
    money.accepted(1, 0, generation(usd=0.3))
    begin(money, 2)
    assert [each.generation_id for each in money.of_row(1)] == ["g"]
    assert (spent(money), rows.last()) == ((0.4, 2), 30)
    database.close()


def test_a_database_where_nothing_listens():
    """The message is of one line."""
    with pytest.raises(LedgerError, match=r"failed: connection failed: .*refused") as caught:
        Money(open_database("postgresql://me@127.0.0.1:1/wan")).spent()
    assert "\n" not in str(caught.value)


def test_a_database_that_does_not_exist(postgres):
    """The server's own words are passed on."""
    address = postgres.new_database() + "_gone"
    with pytest.raises(LedgerError, match=r'database "test_.*_gone" does not exist'):
        open_database(address).about()


def test_a_server_that_goes_away_and_comes_back(postgres):
    """What was recorded is there; what could not be recorded was not begun."""
    database = open_database(postgres.new_database())
    database.create("videos", {})
    rows, money = with_rows(database, 2)
    begin(money, 1)
    postgres.stop()
    try:
        with pytest.raises(LedgerError):
            begin(money, 2)
        with pytest.raises(LedgerError):
            money.accepted(1, 0, generation())
    finally:
        postgres.start()
    money.accepted(1, 0, generation())
    begin(money, 2)
    assert (state(rows, 1), state(rows, 2)) == (("accepted", 0), ("submitting", 0))
    database.close()


def test_a_server_that_goes_away_inside_a_transaction(postgres):
    """Nothing of it is left."""
    database = open_database(postgres.new_database())
    database.create("videos", {})
    rows, _ = with_rows(database, 1)

    def lose_the_server() -> None:
        with database.transaction(alone=True) as connection:
            connection.exec_driver_sql("DELETE FROM wan_rows")
            postgres.stop()

    try:
        with pytest.raises(LedgerError):
            lose_the_server()
    finally:
        postgres.start()
    assert state(rows) == ("waiting", 0)
    database.close()


def test_a_worker_that_sleeps_inside_a_transaction_holds_nobody_up_for_long(where, monkeypatch):
    """Others fail after a while, and can go on later."""
    monkeypatch.setattr(_database, "_LOCK_SECONDS", 1)
    database, asleep = open_database(where), open_database(where)
    database.create("videos", {})
    _, money = with_rows(database, 1)
    with asleep.transaction(alone=True), pytest.raises(LedgerError, match=r"lock"):
        begin(money)
    begin(money)
    database.close()
    asleep.close()


def test_a_transaction_of_a_worker_that_sleeps_too_long_is_ended(postgres, monkeypatch):
    """By the server, so that the others go on."""
    monkeypatch.setattr(_database, "_IDLE_SECONDS", 1)
    address = postgres.new_database()
    database, asleep = open_database(address), open_database(address)
    database.create("videos", {})
    _, money = with_rows(database, 1)

    def sleep_inside() -> None:
        with asleep.transaction(alone=True) as connection:
            waiting = threading.Thread(target=begin, args=[money])
            waiting.start()
            waiting.join()
            connection.exec_driver_sql("SELECT 1")

    with pytest.raises(LedgerError):
        sleep_inside()
    assert money.spent() == (0.1, 1)
    database.close()
    asleep.close()


def test_more_threads_than_connections_take_turns(database):
    """One that gets none within the time is told so."""
    rows, _ = with_rows(database, 1)
    database.engine.pool._timeout = 0.2
    held = [database.engine.connect() for _ in range(15)]
    with pytest.raises(LedgerError, match="QueuePool limit"):
        rows.get(1)
    for connection in held:
        connection.close()
    assert state(rows) == ("waiting", 0)


def test_what_is_recorded_is_on_disk_at_once(tmp_path):
    """A machine that fails loses no id: SQLite waits for the disk at each commit."""
    database = open_database(tmp_path / "batch.sqlite3")
    with database.transaction() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    database.close()


KILLED = """
import os, signal, sys
from pathlib import Path
from tests.batch.store.made import begin, with_rows
from wan_ergonomic.batch.store import open_database
database = open_database(sys.argv[1] if "://" in sys.argv[1] else Path(sys.argv[1]))
rows, money = with_rows(database, 2)
begin(money, 1)
with database.transaction(alone=True) as connection:
    connection.exec_driver_sql("UPDATE wan_rows SET state = 'done'")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_a_process_that_is_killed_inside_a_transaction(database, where):
    """What it had committed is there, and nothing else."""
    root = Path(__file__).parents[3]
    ended = subprocess.run([sys.executable, "-c", KILLED, str(where)], cwd=root, check=False)
    assert ended.returncode == -9
    rows = Rows(database)
    assert [each.state for each in rows.pages()] == ["submitting", "waiting"]
    begin(Money(database), 2)


def test_an_error_without_words_has_a_reason():
    """Some drivers raise such."""
    from sqlalchemy.exc import OperationalError

    error = OperationalError("SELECT 1", {}, sqlite3.OperationalError())
    assert _database._reason(error) == "no reason given"
