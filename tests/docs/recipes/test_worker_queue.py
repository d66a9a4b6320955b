"""The recipe with a queue: web process and worker are real processes, and one is killed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.support.waiting import until
from wan_ergonomic import SubmissionInDoubtError, WanClient
from wan_ergonomic.ledger import Ledger

pytest.importorskip("huey", reason="huey is not installed")
PAGE = "worker-queue.md"


@pytest.fixture
def worker(tmp_path, environ) -> Callable[[], Any]:
    """A function that runs the worker during a ``with`` block, and kills it at the end."""

    @contextmanager
    def run() -> Iterator[subprocess.Popen[bytes]]:
        command = [sys.executable, "worker.py"]
        with (
            (tmp_path / "worker.log").open("ab") as log,
            subprocess.Popen(command, cwd=tmp_path, env=environ(), stderr=log) as process,
        ):
            try:
                yield process
            finally:
                process.kill()

    return run


@pytest.fixture
def order(python) -> Callable[[str], str]:
    """A function that runs the web process once, and returns the id that it prints."""
    return lambda prompt: str(python("web.py", prompt)).strip()


@pytest.fixture
def ledger(write, tmp_path) -> Ledger:
    """The ledger of the recipe, whose files are written."""
    write(PAGE, "tasks.py", "web.py", "worker.py")
    return Ledger(tmp_path / "data" / "ledger.sqlite3")


def polls(sandbox: Any, known_as: str) -> int:
    """Return how many polls of a job a sandbox has received."""
    asked = [one for one in sandbox.received if one.method == "GET"]
    return sum(known_as in one.path or known_as in one.query.values() for one in asked)


def test_the_web_process_submits_and_the_worker_saves(sandbox, ledger, order, worker):
    """Each in a process of its own; one submission."""
    with worker():
        known_as = order("A boat")
        until(lambda: (job := ledger.find(known_as)) and job.file)
    assert ledger.find(known_as).file.read_bytes()[4:8] == b"ftyp"
    assert sandbox.billed == 1


def test_a_killed_worker_loses_no_video(sandbox, ledger, order, worker):
    """Its task is gone; the next worker takes the job up, and nothing is submitted again."""
    known_as = order("[scenario: stuck] A boat")
    with worker():
        until(lambda: polls(sandbox, known_as))
    assert ledger.find(known_as).unfinished
    before = polls(sandbox, known_as)
    with worker():
        until(lambda: polls(sandbox, known_as) > before)
    assert sandbox.billed == 1


def test_a_job_that_was_not_queued_is_taken_up(sandbox, ledger, worker):
    """As when the web process is killed between the two lines."""
    ledger.path.parent.mkdir()
    with WanClient(ledger=ledger) as wan:
        known_as = wan.submit("A boat").id
    with worker():
        until(lambda: ledger.find(known_as).file)
    assert sandbox.billed == 1


@pytest.fixture
def tasks(module) -> Iterator[Any]:
    """The module of the recipe, in this process; huey leaves its database open until it ends."""
    made = module(PAGE, "tasks.py")
    yield made
    made.huey.storage.close()


def test_the_task_may_run_again_and_again(sandbox, tasks):
    """A second run saves nothing and asks nothing; a job that failed ends it, too."""
    save = tasks.save.call_local
    with WanClient(ledger=tasks.ledger) as wan:
        good, bad = wan.submit("A boat").id, wan.submit("[scenario: fails] A boat").id
    assert save(good).endswith(".mp4")
    asked = len(sandbox.received)
    assert save(good) is None
    assert len(sandbox.received) == asked
    assert save(bad) is None
    assert (tasks.ledger.jobs(unfinished=True), sandbox.billed) == ([], 2)


def test_a_submission_in_doubt_is_taken_up_once_it_is_found(sandbox, tasks):
    """Until then there is nothing to save."""
    with WanClient(ledger=tasks.ledger) as wan:
        with pytest.raises(SubmissionInDoubtError) as caught:
            tasks.order(wan, "[scenario: lost-502] A boat")
        assert tasks.take_up() == 0
        wan.recover(caught.value)
    assert (tasks.take_up(), sandbox.billed) == (1, 1)
