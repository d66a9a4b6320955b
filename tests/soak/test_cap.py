"""Eight processes with 200 submissions, and a fault in half of them, keep one cap."""

from __future__ import annotations

from tests.ledger.spending import PRICE, check, spend
from wan_ergonomic.ledger import Ledger
from wan_ergonomic.sandbox import Sandbox

PROCESSES, EACH = 8, 25
USD = PROCESSES * EACH * PRICE / 3


def test_many_processes_that_share_a_ledger_keep_its_cap(tmp_path):
    """By the server's own books and by the ledger, at every instant."""
    ledger = Ledger(tmp_path / "ledger")
    with Sandbox(speed=100.0) as sandbox:
        spree = spend(sandbox, ledger, each=EACH, processes=PROCESSES, usd=USD)
        check(sandbox, ledger, spree, count=PROCESSES * EACH, usd=USD)
