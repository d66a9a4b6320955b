"""Threads, tasks and processes that spend at once, with faults, keep one cap."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.options import small
from wan_ergonomic import SpendLimitError
from wan_ergonomic.ledger import Ledger
from wan_ergonomic.sandbox import Sandbox

from .spending import PRICE, check, spend

PROCESSES, EACH = 4, 10
# A third of what the submissions would cost.
USD = PROCESSES * EACH * PRICE / 3
AT_ONCE = 8


def test_processes_that_share_a_ledger_keep_its_cap(tmp_path):
    """By the server's own books and by the ledger, at every instant; tests/soak has more of it."""
    ledger = Ledger(tmp_path / "ledger")
    with Sandbox(speed=100.0) as sandbox:
        spree = spend(sandbox, ledger, each=EACH, processes=PROCESSES, usd=USD)
        check(sandbox, ledger, spree, count=PROCESSES * EACH, usd=USD)


def test_threads_and_tasks_of_a_client_without_a_ledger_keep_its_cap(client_kind):
    """Of forty submissions, as many are sent as the cap allows."""
    with (
        Sandbox(speed=100.0) as sandbox,
        client_kind.client(sandbox.key, base_url=sandbox.url, max_usd=10.5 * PRICE) as wan,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):

        def submit(_: int) -> bool:
            try:
                return bool(wan.submit("A boat", **small()).id)
            except SpendLimitError:
                return False

        assert sum(pool.map(submit, range(40))) == 10
        assert sandbox.account.highest_charged_usd == pytest.approx(10 * PRICE)
        assert sum(request.method == "POST" for request in sandbox.received) == 10
