"""The cap of one client without a ledger: what it spends is known in memory only."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.forks import in_child
from tests.support.stand_in import stand_in
from wan_ergonomic import (
    Generation,
    RateLimitError,
    SpendLimitError,
    SubmissionInDoubtError,
    Usage,
)
from wan_ergonomic.ledger import Books, Cap

# Not in the door: its clock is replaced.
from wan_ergonomic.ledger import _books as module


def accepted(usd: float | None) -> Generation:
    """Return an accepted generation with a charge."""
    usage = None if usd is None else Usage(usd=usd)
    return Generation(id="gen-1", status="queued", usage=usage)


def left(books: Books) -> float:
    """Return what is left of a cap of one US dollar."""
    with pytest.raises(SpendLimitError) as caught:
        books.begin("r", {}, 100.0)
    return 1.0 - caught.value.spent_usd


def test_what_is_reserved_is_settled_with_what_was_charged():
    """A charge may be lower than the price; one that is not reported leaves the reservation."""
    books = Books(Cap(1.0))
    first = books.begin("r", {}, 0.5)
    assert left(books) == pytest.approx(0.5)
    for nothing in (None, 0.0, -1.0):
        books.accepted(accepted(nothing), first)
        assert left(books) == pytest.approx(0.5)
    books.accepted(accepted(0.1), first)
    assert left(books) == pytest.approx(0.9)


def test_a_failure_that_is_said_to_be_free_releases_its_reservation():
    """Once; and not what another generation has reserved."""
    books = Books(Cap(1.0))
    for name in ("gen-1", "gen-2"):
        books.accepted(replace(accepted(None), id=name), books.begin("r", {}, 0.25))
    failed = Generation(id="gen-1", status="error", usage=Usage(usd=0.0))
    books.seen(replace(failed, usage=None))
    assert left(books) == 0.5
    for _ in range(2):
        books.seen(failed)
        assert left(books) == 0.75


def test_a_submission_that_was_not_begun_here_is_not_settled():
    """As one that was found in the account's log."""
    books = Books(Cap(1.0))
    books.accepted(accepted(0.5), None)
    books.ended("r", RateLimitError("No."), None)
    books.seen(accepted(0.5))
    books.saved(accepted(0.5), Path("boat.mp4"))
    assert left(books) == 1.0


@pytest.mark.parametrize(
    ("error", "remaining"), [(RateLimitError("No."), 1.0), (SubmissionInDoubtError("Lost."), 0.5)]
)
def test_a_rejection_releases_what_doubt_keeps(error, remaining):
    """What is in doubt may have been charged."""
    books = Books(Cap(1.0))
    books.ended("r", error, books.begin("r", {}, 0.5))
    assert left(books) == pytest.approx(remaining)


def test_what_was_spent_a_day_ago_counts_no_more(monkeypatch):
    """Up to the last second it does; then it is forgotten."""
    now = 1000.0
    stand_in(monkeypatch, module, "time", monotonic=lambda: now)
    books = Books(Cap(1.0))
    entry = books.begin("r", {}, 1.0)
    now += 86399
    assert left(books) == 0.0
    now += 1
    assert left(books) == 1.0
    books.accepted(accepted(1.0), entry)
    assert left(books) == 1.0


class Slow(Cap):
    """A cap that takes its time, so that others get their turn."""

    def check(self, spent: float, price: float | None) -> None:
        """Check as any cap does, and wait."""
        super().check(spent, price)
        time.sleep(0.005)


def test_threads_cannot_reserve_the_same_dollar():
    """Of forty at once, as many get through as the cap allows."""
    books = Books(Slow(1.0))

    def begin(_: int) -> bool:
        try:
            return bool(books.begin("r", {}, 0.1))
        except SpendLimitError:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(begin, range(40))) == 10


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
def test_a_lock_that_a_thread_holds_at_a_fork_does_not_block_the_child():
    """The thread that would release it does not exist there; what was spent is known."""
    books = Books(Cap(1.0))
    books.begin("r", {}, 0.25)
    held, released = threading.Event(), threading.Event()

    def hold() -> None:
        with books._lock:
            held.set()
            released.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert held.wait(60)
        began = time.monotonic()
        assert in_child(lambda: left(books)) == 0.75
        assert time.monotonic() - began < 30
    finally:
        released.set()
        thread.join()
    assert left(books) == 0.75


def test_the_lock_of_books_is_replaced_in_a_child():
    """What a fork calls, called here."""
    books = Books(Cap(1.0))
    before = books._lock
    module._renew_all()
    assert books._lock is not before
