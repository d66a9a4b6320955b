"""The ledger's file: private, migrated, set aside if it is broken, and never in the way."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.support.forks import in_child
from tests.support.stand_in import stand_in
from wan_ergonomic import ConfigurationError, LedgerError
from wan_ergonomic._files import lock

# Not in the door: what is migrated from has to be made.
from wan_ergonomic.ledger import Ledger, _store, find_ledger, use_wal

ROOT = Path(__file__).parents[2]
URL = "https://api.example"
BODY = {"prompt": "A boat"}


@pytest.fixture
def path(tmp_path) -> Path:
    """A file in a folder that does not exist yet."""
    return Path(tmp_path, "state", "wan", "ledger.sqlite3")


def write_at_once(ledger: Ledger, writers: int) -> None:
    """Write five jobs in each of many threads."""

    def write(number: int) -> None:
        for each in range(5):
            ledger.begin(f"{number}-{each}", BODY, URL)

    threads = [threading.Thread(target=write, args=[number]) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def requests(ledger: Ledger) -> list[str]:
    """Return the request ids in a ledger, the newest first."""
    return [job.client_request_id for job in ledger.jobs()]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_only_the_owner_can_read_a_ledger(path):
    """Whatever the umask: prompts are private."""
    before = os.umask(0)
    try:
        Ledger(path).begin("r", BODY, URL)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_naming_and_reading_a_ledger_creates_nothing(path):
    """Only a submission does."""
    ledger = Ledger(path)
    assert (ledger.jobs(), ledger.find("r"), path.exists()) == ([], None, False)
    assert repr(ledger) == f"Ledger({str(path)!r})"


def test_reading_a_ledger_leaves_its_file_as_it_is(path):
    """It may be one of an earlier machine, or somebody else's."""
    Ledger(path).begin("r", BODY, URL)
    before = path.read_bytes(), path.stat().st_mtime_ns
    assert requests(Ledger(path)) == ["r"]
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


@pytest.fixture
def unwritable(monkeypatch) -> None:
    """A disk that cannot be written, where SQLite finds no place for what it puts beside a file."""

    def connect(url: str, **options: Any) -> sqlite3.Connection:
        if "immutable" in url:
            opened: sqlite3.Connection = sqlite3.connect(url, **options)
            return opened
        error = sqlite3.OperationalError("unable to open database file")
        error.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
        raise error

    stand_in(monkeypatch, _store, "sqlite3", connect=connect)


def test_a_ledger_on_a_disk_that_cannot_be_written_is_read(path, request):
    """Writing it is an error, which says so."""
    Ledger(path).begin("r", BODY, URL)
    request.getfixturevalue("unwritable")
    assert requests(Ledger(path)) == ["r"]
    with pytest.raises(LedgerError, match="cannot be used: unable to open database file"):
        Ledger(path).begin("r-2", BODY, URL)


def test_a_ledger_that_somebody_keeps_for_himself_is_an_error(path):
    """A program that opens it exclusively, as some browsers of databases do."""
    Ledger(path).begin("r", BODY, URL)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LedgerError, match="cannot be used: database is locked"):
            Ledger(path, patience=0.05).jobs()


def test_a_ledger_that_others_write_is_not_read_as_if_it_were_alone(path, request):
    """What they have written last is in another file."""
    Ledger(path).begin("r", BODY, URL)
    path.with_name(f"{path.name}-wal").touch()
    request.getfixturevalue("unwritable")
    with pytest.raises(LedgerError, match="cannot be used: unable to open database file"):
        Ledger(path).jobs()


def test_the_default_ledger_is_in_the_users_state_folder(monkeypatch, tmp_path):
    """XDG_STATE_HOME where it is set, or the home folder."""
    monkeypatch.delenv("WAN_LEDGER")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert Ledger().path == tmp_path / "wan" / "ledger.sqlite3"
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Ledger().path == tmp_path / ".local" / "state" / "wan" / "ledger.sqlite3"


def test_a_ledger_without_a_home_folder_is_an_error():
    """It says how to do without."""
    with pytest.raises(ConfigurationError, match="set it to off"):
        Ledger("~no-such-user/ledger")


@pytest.mark.parametrize(("value", "expected"), [("off", None), (" off ", None), ("/x/l", "/x/l")])
def test_the_environment_names_a_ledger_or_turns_it_off(monkeypatch, value, expected):
    """WAN_LEDGER=off|PATH."""
    monkeypatch.setenv("WAN_LEDGER", value)
    ledger = find_ledger()
    assert (ledger and str(ledger.path)) == expected


def test_a_ledger_of_an_older_form_is_migrated(path, monkeypatch):
    """Its rows stay; the new column is there."""
    old = Ledger(path)
    old.begin("before", BODY, URL)
    added = ("ALTER TABLE jobs ADD COLUMN note TEXT",)
    monkeypatch.setattr(_store, "MIGRATIONS", (*_store.MIGRATIONS, added))
    Ledger(path).begin("after", BODY, URL)
    assert requests(Ledger(path)) == ["after", "before"]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT note FROM jobs").fetchall() == [(None,), (None,)]


def test_a_migration_that_fails_changes_nothing(path, monkeypatch):
    """All of a step happens, or none of it."""
    Ledger(path).begin("before", BODY, URL)
    first = _store.MIGRATIONS
    bad = ("ALTER TABLE jobs ADD COLUMN note TEXT", "ALTER TABLE absent ADD COLUMN note TEXT")
    monkeypatch.setattr(_store, "MIGRATIONS", (*first, bad))
    with pytest.raises(LedgerError, match="no such table"):
        Ledger(path).jobs()
    monkeypatch.setattr(_store, "MIGRATIONS", first)
    assert requests(Ledger(path)) == ["before"]


def test_two_processes_may_migrate_at_once(path, monkeypatch):
    """The second finds that there is nothing left to do."""
    Ledger(path).begin("before", BODY, URL)
    forms = iter([0, 0, len(_store.MIGRATIONS)])
    monkeypatch.setattr(_store.Store, "_form", lambda *_: next(forms))
    assert requests(Ledger(path)) == ["before"]


def test_a_ledger_of_a_newer_form_is_left_alone(path):
    """An older version of this package must not write it."""
    Ledger(path).begin("before", BODY, URL)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(LedgerError, match="newer version of this package"):
        Ledger(path).begin("after", BODY, URL)


def test_a_broken_ledger_is_set_aside_and_said_so(path):
    """Nothing is deleted, and a new one begins."""
    path.parent.mkdir(parents=True)
    path.write_bytes(b"This is no database." * 100)
    said: list[str] = []
    Ledger(path, on_trouble=said.append).begin("r", BODY, URL)
    (aside,) = path.parent.glob("*.broken-*")
    assert aside.read_bytes().startswith(b"This is no database.")
    assert said == [
        f"The ledger {path} was broken. It is kept as {aside.name}, and a new one begins."
    ]
    assert requests(Ledger(path)) == ["r"]


@pytest.mark.parametrize("content", [b"my diary" * 1000, b"\0\0\0\x18ftypmp42" * 500])
def test_a_file_of_something_else_stays_as_it_is(tmp_path, content):
    """A wrong name in WAN_LEDGER must not move a person's file."""
    path = tmp_path / "boat.mp4"
    path.write_bytes(content)
    for use in (Ledger(path).jobs, partial(Ledger(path).begin, "r-1", {}, "https://api.example")):
        with pytest.raises(LedgerError, match=r"boat.mp4 holds something else than a ledger"):
            use()
    assert path.read_bytes() == content
    assert [each.name for each in tmp_path.iterdir()] == ["boat.mp4"]


def test_a_broken_file_that_others_have_set_aside_is_no_error(tmp_path):
    """They knew it for a ledger; a new one begins."""
    ledger = Ledger(tmp_path / "money")
    assert ledger._store._looks_like_ledger()


@pytest.mark.parametrize("form", [0, 3, 99])
def test_a_database_of_something_else_stays_as_it_is(path, form):
    """Whatever its own number of a version says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
        connection.execute(f"PRAGMA user_version = {form}")
    before = path.read_bytes()
    for use in (Ledger(path).jobs, partial(Ledger(path).begin, "r-1", {}, "https://api.example")):
        with pytest.raises(LedgerError, match="holds something else than a ledger"):
            use()
    assert path.read_bytes() == before


def test_a_broken_ledger_is_set_aside_once_by_all_who_find_it(path):
    """The new one, in which others write already, stays."""
    path.parent.mkdir(parents=True)
    path.write_bytes(b"This is no database." * 100)
    ledger = Ledger(path, on_trouble=lambda _: None)
    write_at_once(ledger, writers=8)
    assert len(list(path.parent.glob("*.broken-*"))) == 1
    assert len(ledger.jobs()) == 8 * 5


def test_who_finds_a_broken_ledger_late_uses_the_new_one(path):
    """It waits for whoever sets the broken one aside."""
    path.parent.mkdir(parents=True)
    path.write_bytes(b"This is no database." * 100)
    writer = threading.Thread(target=Ledger(path).begin, args=["r", BODY, URL])
    with path.with_name(f"{path.name}.lock").open("wb") as file:
        assert lock(file)
        writer.start()
        time.sleep(0.2)
        path.unlink()
        Ledger(path).begin("before", BODY, URL)
    writer.join()
    assert sorted(requests(Ledger(path))) == ["before", "r"]
    assert not list(path.parent.glob("*.broken-*"))


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other connections from writing."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield


def test_a_ledger_that_another_process_locks_is_given_up_after_a_second(path):
    """A submission is not held up by it."""
    Ledger(path).begin("r", BODY, URL)
    with locked(path):
        began = time.monotonic()
        with pytest.raises(LedgerError, match="locked"):
            Ledger(path).begin("s", BODY, URL)
        assert 0.9 < time.monotonic() - began < 10
        assert requests(Ledger(path)) == ["r"]


def test_a_folder_in_place_of_a_ledger_is_an_error(path):
    """The message names the file and the reason."""
    path.mkdir(parents=True)
    for use in (partial(Ledger(path).begin, "r", BODY, URL), Ledger(path).jobs):
        with pytest.raises(LedgerError, match="cannot be used: Is a directory"):
            use()


def test_a_ledger_whose_path_is_invalid_is_an_error(tmp_path):
    """Whether it is read or written."""
    ledger = Ledger(tmp_path / ("x" * 300))
    with pytest.raises(LedgerError, match="cannot be used: File name too long"):
        ledger.jobs()
    with pytest.raises(LedgerError, match="cannot be used: File name too long"):
        ledger.begin("r", BODY, URL)


def test_many_threads_may_write_one_ledger(path):
    """No row is lost."""
    ledger = Ledger(path)
    write_at_once(ledger, writers=6)
    assert sorted(requests(ledger)) == sorted(f"{n}-{e}" for n in range(6) for e in range(5))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
def test_a_child_that_is_forked_while_a_thread_writes_can_write(path):
    """The fork waits for the thread: SQLite must have no file open in a new child."""
    ledger = Ledger(path)
    ledger.begin("r", BODY, URL)
    writing = threading.Event()

    def write(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE jobs SET error = 'x'")
        writing.set()
        time.sleep(0.5)

    thread = threading.Thread(target=ledger._store.write, args=[write])
    thread.start()
    assert writing.wait(60)
    in_child(lambda: ledger.begin("s", BODY, URL))
    thread.join()
    assert requests(ledger) == ["s", "r"]


def test_a_thread_that_writes_for_long_holds_another_up_for_a_second(path):
    """As another process would."""
    ledger = Ledger(path)
    ledger.begin("r", BODY, URL)
    writing, done = threading.Event(), threading.Event()

    def write(_: sqlite3.Connection) -> None:
        writing.set()
        done.wait()

    thread = threading.Thread(target=ledger._store.write, args=[write])
    thread.start()
    assert writing.wait(60)
    try:
        with pytest.raises(LedgerError, match="locked"):
            Ledger(path).begin("s", BODY, URL)
    finally:
        done.set()
        thread.join()


WRITING = """
import sys, threading
from wan_ergonomic.ledger import Ledger

def write(number):
    for each in range(10):
        ledger = Ledger(sys.argv[1], patience=60.0)
        ledger.begin(f"{number}-{each}", {}, "https://api.example")

threads = [threading.Thread(target=write, args=[number]) for number in range(3)]
sys.stdin.read()
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def test_processes_with_threads_may_create_and_write_one_ledger(path):
    """No row is lost, and none takes the ledger for broken."""
    command = [sys.executable, "-c", WRITING, str(path)]
    processes = [subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE) for _ in range(4)]
    time.sleep(1.0)
    for process in processes:
        assert process.stdin
        process.stdin.close()
    assert [process.wait(60) for process in processes] == [0] * 4
    assert len(requests(Ledger(path))) == 4 * 3 * 10
    assert not list(path.parent.glob("*.broken-*"))


LEAVING_WAL = """
import sqlite3, sys
print(sqlite3.connect(sys.argv[1], timeout=0.1).execute("PRAGMA journal_mode = DELETE").fetchone())
"""


def test_the_locks_of_a_callers_own_connection_stay(path):
    """Another process still finds the file in use; closing a descriptor of it would drop them."""
    ledger = Ledger(path)
    ledger.begin("r", BODY, URL)
    with closing(sqlite3.connect(path)) as own:
        own.execute("SELECT * FROM jobs").fetchall()
        ledger.begin("s", BODY, URL)
        command = [sys.executable, "-c", LEAVING_WAL, str(path)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.stdout == ""
        assert "database is locked" in done.stderr
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "('delete',)\n"


class Busy:
    """A connection to a file that others turn into a ledger.

    Attributes:
        times: How often it fails.
    """

    def __init__(self, times: int) -> None:
        self.times = times

    def execute(self, statement: str) -> None:
        """Fail as SQLite does, or do nothing."""
        assert statement == "PRAGMA journal_mode = WAL"
        self.times -= 1
        if self.times >= 0:
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise error


def test_a_ledger_that_others_create_is_tried_again():
    """Where SQLite itself does not wait."""
    busy: Any = Busy(2)
    use_wal(busy, 60.0)
    assert busy.times == -1


def test_a_ledger_that_others_create_for_long_is_given_up():
    """A submission is not held up by it."""
    busy: Any = Busy(1000)
    began = time.monotonic()
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        use_wal(busy, 0.1)
    assert time.monotonic() - began >= 0.1
    assert busy.times > 900


def test_a_ledger_that_cannot_be_created_is_given_up_at_once(path):
    """Time would change nothing."""
    path.with_name(f"{path.name}-wal").mkdir(parents=True)
    began = time.monotonic()
    with pytest.raises(LedgerError, match="cannot be used: disk I/O error"):
        Ledger(path).begin("r", BODY, URL)
    assert time.monotonic() - began < 0.9
