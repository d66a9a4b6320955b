"""Several workers at one batch, in a real PostgreSQL: some die, some sleep, some join."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import closing, contextmanager

import pytest

from tests.batch.engine.conftest import POLLING
from tests.batch.killing import check_books, command, environment, write_list
from tests.support.postgres import postgres
from tests.support.waiting import until
from wan_ergonomic.batch import BatchClient, open_batch
from wan_ergonomic.batch.engine import _engine, _maker, _worker
from wan_ergonomic.batch.store import Workers, open_database
from wan_ergonomic.sandbox import Sandbox

__all__ = ["postgres"]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot pause a process.")


@contextmanager
def running(words, env, log):
    """Run a command until the end of the context."""
    with log.open("ab") as file, subprocess.Popen(words, env=env, stdout=file, stderr=file) as made:
        try:
            yield made
        finally:
            made.kill()


@pytest.fixture
def begun(postgres, tmp_path):
    """Return a function that begins a batch in PostgreSQL, in a process of its own."""

    @contextmanager
    def begin(sandbox, rows, concurrency):
        write_list(tmp_path / "list.jsonl", rows)
        url, out = postgres.new_database(), tmp_path / "videos"
        env = environment(sandbox, tmp_path)
        place = ["--out", str(out), "--database", url]
        first = command(sandbox.url, "run", str(tmp_path / "list.jsonl"), *place)
        with running([*first, "--concurrency", str(concurrency)], env, tmp_path / "log") as process:
            with closing(open_database(url)) as database:
                until(lambda: database.about() is not None, pause=0.1)
            yield url, out, process, env

    return begin


@pytest.fixture(autouse=True)
def hasty(monkeypatch):
    """A worker is taken for dead soon, by this process."""
    monkeypatch.setattr(_worker, "SILENT_SECONDS", 8.0)
    monkeypatch.setattr(_maker, "SILENT_SECONDS", 8.0)
    monkeypatch.setattr(_worker, "_BEAT_SECONDS", 0.5)
    monkeypatch.setattr(_engine, "_FIRST_DELAY", 0.1)


def join(out, url, sandbox, told):
    """Work at a batch in this process, until it has ended."""
    with open_batch(out, database=url) as batch:
        client = BatchClient(sandbox.key, base_url=sandbox.url, polling=POLLING)
        status = batch.run(client, on_trouble=told.append, recover=False)
        return status, check_books(sandbox, batch)


def test_the_rows_of_a_dead_worker_go_on_elsewhere(begun):
    """What it had sent is finished; nothing is sent again."""
    told: list[str] = []
    with Sandbox(speed=50.0) as sandbox, begun(sandbox, 6, 3) as (url, out, process, _):
        until(lambda: sum(each.method == "POST" for each in sandbox.received) >= 2)
        process.kill()
        process.wait()
        status, states = join(out, url, sandbox, told)
        assert states["done"] + states["in doubt"] == 6
        assert states["done"] >= 3
        assert status.counts == dict(states)


def test_a_worker_that_was_only_slow_pays_for_nothing_twice(begun):
    """It is taken for dead, and wakes up while another one has its rows."""
    told: list[str] = []
    with Sandbox(speed=50.0) as sandbox, begun(sandbox, 6, 3) as (url, out, process, _):
        until(lambda: sum(each.method == "POST" for each in sandbox.received) >= 2)
        os.kill(process.pid, signal.SIGSTOP)
        _, states = join(out, url, sandbox, told)
        os.kill(process.pid, signal.SIGCONT)
        process.wait(60)
        assert states["done"] + states["in doubt"] == 6
        with open_batch(out, database=url) as batch:
            check_books(sandbox, batch)


def test_a_batch_goes_on_when_its_database_is_back(begun, postgres):
    """It says at once that the database is away."""
    told: list[str] = []
    with Sandbox(speed=50.0) as sandbox, begun(sandbox, 3, 1) as (url, out, process, env):
        until(lambda: any(each.method == "POST" for each in sandbox.received))
        postgres.stop()
        postgres.start()
        assert process.wait(120) in {0, 5}
        _, states = join(out, url, sandbox, told)
        assert states.total() == 3
        del env


def test_workers_show_themselves_and_are_forgotten_when_they_leave(begun):
    """Each has an id that no other one has."""
    with (
        Sandbox(speed=50.0) as sandbox,
        begun(sandbox, 4, 2) as (url, out, process, env),
        closing(open_database(url)) as database,
    ):
        workers = Workers(database)
        words = command(sandbox.url, "worker", "--database", url, "--out", str(out))
        with running([word for word in words if word != "-y"], env, out.parent / "log2") as other:
            until(lambda: len(workers.alive(60.0)) == 2)
            assert process.wait(120) == other.wait(120) == 0
        assert workers.alive(60.0) == []
