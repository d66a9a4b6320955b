"""Many threads and processes at once: nothing is begun twice, and limits hold at every instant."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from wan_ergonomic.batch.store import AlreadySentError, HeldError, Money, open_database

from .made import begin, row, spent, with_rows

ROOT = Path(__file__).parents[3]
ROWS = 60
PROCESSES = 3
THREADS = 16


def test_of_many_threads_one_begins_a_row(database):
    """All of them start at the same moment."""
    _, money = with_rows(database, 5)
    start = threading.Barrier(THREADS)

    def race(number: int) -> int:
        start.wait()
        won = 0
        for n in range(1, 6):
            try:
                begin(money, n, worker=f"{number}")
            except AlreadySentError:
                continue
            won += 1
        return won

    with ThreadPoolExecutor(THREADS) as pool:
        assert sum(pool.map(race, range(THREADS))) == 5
    assert spent(money) == (0.5, 5)


@pytest.mark.parametrize("limit", [{"max_usd": 0.7}, {"max_videos": 7}])
def test_threads_together_keep_a_limit(database, limit):
    """Each has rows of its own, so only the limit can hold them."""
    _, money = with_rows(database, 40)
    database.change(limit)

    def race(n: int) -> bool:
        try:
            begin(money, n)
        except HeldError:
            return False
        return True

    with ThreadPoolExecutor(THREADS) as pool:
        assert sum(pool.map(race, range(1, 41))) == 7
    assert spent(money) == (0.7, 7)


def test_processes_that_share_a_batch(database, where):
    """By the records of each process, nothing was begun twice, and the limit held throughout."""
    rows, money = with_rows(database, ROWS)
    most_usd = 2.5
    database.change({"max_usd": most_usd})
    command = [sys.executable, "-m", "tests.batch.store.spending", str(where)]
    running = [
        subprocess.Popen([*command, str(seed)], cwd=ROOT, stdout=subprocess.PIPE)
        for seed in range(PROCESSES)
    ]
    most = 0.0
    try:
        while any(process.poll() is None for process in running):
            most = max(most, money.spent()[0])
        told = [process.communicate()[0] for process in running]
    finally:
        for process in running:
            process.kill()
            process.wait()
    assert {process.returncode for process in running} == {0}
    begun = Counter(tuple(each) for out in told for each in json.loads(out))
    assert max(begun.values()) == 1
    assert 0 < most <= most_usd + 1e-9
    usd, videos = money.spent()
    submissions = [each for n in range(1, ROWS + 1) for each in money.of_row(n)]
    assert {(each.n, each.send) for each in submissions} == set(begun)
    counted = [each for each in submissions if each.outcome != "rejected"]
    assert len(counted) == videos
    costs = [(each.usage and each.usage.usd) or each.reserved_usd or 0.0 for each in counted]
    assert usd == pytest.approx(sum(costs))
    for each in rows.pages():
        last = money.find(each.n, each.sends)
        expected = {"submitting": "submitting", "accepted": "accepted", "in doubt": "in doubt"}
        assert each.state == (expected[last.outcome] if last else "waiting")


def test_two_that_begin_a_batch_at_once_begin_one(where):
    """Both get the same."""
    databases = [open_database(where) for _ in range(8)]
    start = threading.Barrier(8)

    def create(number: int) -> None:
        start.wait()
        databases[number].create(f"batch {number}", {"of": number})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(create, range(8)))
    assert len({str(each.about()) for each in databases}) == 1
    with_rows(databases[0], 1)
    begin(Money(databases[1]))
    for each in databases:
        each.close()


def test_changes_at_once_are_all_kept(database):
    """Each changes a value of its own."""
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda n: database.change({f"v{n}": n}), range(THREADS)))
    about = database.about()[1]
    assert {name: about[name] for name in about if name[0] == "v"} == {
        f"v{n}": n for n in range(THREADS)
    }


def test_one_of_many_adds_a_list(database):
    """All have read the batch while it had no rows."""
    from wan_ergonomic.batch.store import OvertakenError, Rows

    def add(number: int) -> bool:
        try:
            Rows(database).add([row(f"{number} {n}") for n in range(700)], after=0, mark="m")
        except OvertakenError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(add, range(4))) == 1
    assert (Rows(database).last(), Rows(database).lists()) == (700, ["m"])
