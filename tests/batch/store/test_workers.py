"""Which workers are alive, which one may take over, and when the next request may be made."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from wan_ergonomic.batch.store import Workers, open_database


@pytest.fixture
def workers(database) -> Workers:
    """The workers of a batch."""
    return Workers(database)


@pytest.fixture
def shared(postgres):
    """A batch on PostgreSQL."""
    database = open_database(postgres.new_database())
    database.create("videos", {})
    yield database
    database.close()


def grow_old(database, worker: str) -> None:
    """Let a worker's last sign of life be a minute ago."""
    with database.transaction() as connection:
        old = f"UPDATE wan_workers SET beat = beat - 60 WHERE worker = '{worker}'"  # noqa: S608
        connection.exec_driver_sql(old)


def test_a_worker_is_alive_as_long_as_it_shows_itself(workers, database):
    """And after it has woken up."""
    workers.beat("a", "here")
    workers.beat("b", "there")
    grow_old(database, "a")
    assert workers.alive(30) == ["b"]
    assert sorted(workers.alive(90)) == ["a", "b"]
    workers.beat("a", "here")
    assert sorted(workers.alive(30)) == ["a", "b"]
    workers.leave("a")
    workers.leave("nobody")
    assert workers.alive(90) == ["b"]
    workers.clear()
    assert workers.alive(90) == []


def test_a_worker_that_has_left_is_given_to_a_watcher_at_once(shared):
    """It may have left runs unfinished, which nobody else would go on with."""
    workers = Workers(shared)
    for name in ("alive", "left"):
        workers.beat(name, "here")
    workers.leave("left")
    with workers.silent(30) as dead:
        assert dead == ["left"]


def test_silent_workers_are_given_to_one_watcher(shared):
    """And forgotten once it has dealt with them."""
    workers = Workers(shared)
    for name in ("alive", "dead"):
        workers.beat(name, "here")
    grow_old(shared, "dead")
    with workers.silent(30) as dead:
        assert dead == ["dead"]
        with workers.silent(30) as of_another:
            assert of_another == []
    with workers.silent(30) as dead:
        assert dead == []
    assert workers.alive(1000) == ["alive"]


def test_silent_workers_are_kept_if_their_watcher_fails(shared):
    """The next one deals with them."""
    workers = Workers(shared)
    workers.beat("dead", "here")
    grow_old(shared, "dead")
    with pytest.raises(ZeroDivisionError), workers.silent(30):
        raise ZeroDivisionError
    with workers.silent(30) as dead:
        assert dead == ["dead"]


def test_a_worker_that_wakes_meanwhile_is_not_forgotten(shared):
    """It has shown itself while another one took its rows."""
    workers = Workers(shared)
    workers.beat("asleep", "here")
    grow_old(shared, "asleep")
    with workers.silent(30) as dead:
        assert dead == ["asleep"]
        Workers(shared).beat("asleep", "here")
    assert workers.alive(30) == ["asleep"]


def test_requests_are_so_far_apart(workers):
    """The first one may be made at once, each other one after the one before it."""
    waits = [workers.turn(10.0) for _ in range(4)]
    assert waits[0] == 0.0
    assert waits[1:] == pytest.approx([10.0, 20.0, 30.0], abs=2.0)


def test_time_that_nobody_used_is_not_saved_up(workers):
    """After a pause, requests are as far apart as before."""
    workers.turn(0.2)
    time.sleep(0.5)
    assert workers.turn(0.2) == 0.0
    assert 0.0 < workers.turn(0.2) <= 0.2


def test_threads_together_keep_the_pace(workers):
    """No two have the same turn."""
    with ThreadPoolExecutor(8) as pool:
        waits = sorted(pool.map(lambda _: workers.turn(100.0), range(16)))
    steps = [later - before for before, later in pairwise(waits)]
    assert waits[0] == 0.0
    assert all(90.0 < step < 110.0 for step in steps)
