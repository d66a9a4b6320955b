"""Several workers at one batch, in a real PostgreSQL: some die, some sleep, some join."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from itertools import accumulate

import pytest

from tests.batch.engine.conftest import POLLING
from tests.batch.killing import ROOT, check_books, command, environment, run_to_its_end, write_list
from tests.support.postgres import postgres
from tests.support.waiting import until
from wan_ergonomic.batch import BatchClient, open_batch
from wan_ergonomic.batch.engine import _engine, _maker, _worker
from wan_ergonomic.batch.store import Workers, open_database
from wan_ergonomic.sandbox import Sandbox

__all__ = ["postgres"]

# A hundred rows and ten kills take about five minutes.
ROWS = int(os.environ.get("WAN_BATCH_ROWS", "12"))
KILLS = int(os.environ.get("WAN_BATCH_KILLS", "2"))
WORKERS, AT_ONCE, PER_SECOND = 4, 3, 20.0

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
    def begin(sandbox, rows, concurrency, *options):
        write_list(tmp_path / "list.jsonl", rows)
        url, out = postgres.new_database(), tmp_path / "videos"
        env = environment(sandbox, tmp_path)
        place = ["--out", str(out), "--database", url]
        first = command(sandbox.url, "run", str(tmp_path / "list.jsonl"), *place)
        first += ["--concurrency", str(concurrency), *options]
        with running(first, env, tmp_path / "log") as process:
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


def test_limits_hold_over_workers_of_which_some_die(begun):
    """As the sandbox sees it: how many jobs in all, how many at once, how many requests."""
    allowed = ROWS - 2
    limits = ("--max-videos", str(allowed), "--per-second", str(PER_SECOND), "--no-recover")
    began = time.monotonic()
    with (
        Sandbox(speed=150.0) as sandbox,
        begun(sandbox, ROWS, AT_ONCE, *limits) as (url, out, _, env),
        ExitStack() as stack,
    ):
        words = command(sandbox.url, "worker", "--database", url, "--out", str(out), "--no-recover")
        words.remove("-y")

        def join() -> subprocess.Popen[bytes]:
            return stack.enter_context(running(words, env, out.parent / "log2"))

        workers = [join() for _ in range(WORKERS - 1)]
        for number in range(1, KILLS + 1):
            some = number * allowed // (KILLS + 1)
            until(partial(has_jobs, sandbox, some), seconds=120)
            workers.pop(0).kill()
            workers.append(join())
        for worker in workers:
            worker.wait(300)
        with open_batch(out, database=url) as batch:
            states = check_books(sandbox, batch)
            doubtful = {row.prompt for row in batch.rows("in doubt")}
        assert states.total() == ROWS
        assert states["held"] >= 2
        known = [job for job in jobs(sandbox) if job.request["prompt"] not in doubtful]
        assert len(jobs(sandbox)) <= allowed
        assert len(jobs(sandbox)) + states["in doubt"] >= allowed
        assert most_at_once(sandbox, known) <= AT_ONCE
        asked = [each for each in sandbox.received if each.path.startswith("/v2/")]
        assert 0 < len(asked) <= (time.monotonic() - began) * PER_SECOND


def has_jobs(sandbox, number):
    """Whether a sandbox has accepted so many jobs."""
    return len(jobs(sandbox)) >= number


def jobs(sandbox):
    """Return the jobs that a sandbox has accepted."""
    return sandbox._vendor.jobs.all()


def most_at_once(sandbox, chosen):
    """Return how many jobs have run at the same time."""
    changes = [(job.accepted_at, 1) for job in chosen]
    changes += [(sandbox._vendor.jobs.end_of(job), -1) for job in chosen]
    return max(accumulate(change for _, change in sorted(changes)))


def test_a_batch_goes_on_with_another_version_of_the_package(tmp_path):
    """What one version has sent, the next one finishes."""
    other = tmp_path / "other"
    for name in ("wan_ergonomic", "generated_client", "openapi"):
        shutil.copytree(ROOT / name, other / name, ignore=shutil.ignore_patterns("__pycache__"))
    (other / "wan_ergonomic" / "_version.py").write_text('__version__ = "99.0.0"\n')
    write_list(tmp_path / "list.jsonl", 4)
    with Sandbox(speed=100.0) as sandbox:
        env = environment(sandbox, tmp_path)
        out = tmp_path / "videos"
        words = command(sandbox.url, "run", str(tmp_path / "list.jsonl"), "--out", str(out))
        with running([*words, "--concurrency", "2"], env, tmp_path / "log") as process:
            until(lambda: len(jobs(sandbox)) >= 3)
            process.kill()
        # Without the current folder, which holds this version.
        later = {**env, "PYTHONPATH": str(other), "PYTHONSAFEPATH": "1"}
        version = [sys.executable, "-m", "wan_ergonomic", "--version"]
        assert (
            b"99.0.0" in subprocess.run(version, env=later, check=True, capture_output=True).stdout
        )
        # What never reached the sandbox would be looked for until its job must have ended.
        assert run_to_its_end([*words, "--no-recover"], later) in {0, 5}
        with open_batch(out) as batch:
            states = check_books(sandbox, batch)
        assert states["done"] >= 2
        assert states["done"] + states["in doubt"] == 4
