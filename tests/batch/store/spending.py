"""A process that begins, settles and gives up submissions of a batch as fast as it can.

Run as a module: ``python -m tests.batch.store.spending WHERE SEED``. It prints the rows and sends
that it began.
"""

from __future__ import annotations

import json
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from wan_ergonomic.batch.store import (
    AlreadySentError,
    Database,
    HeldError,
    Money,
    Rows,
    open_database,
)

from .made import begin, generation

THREADS = 4


def spend(database: Database, seed: int) -> list[tuple[int, int]]:
    """Try each row in a random order, in several threads; return what was begun, as (row, send)."""
    chance = random.Random(seed)
    rows, money = Rows(database), Money(database)
    numbers = [row.n for row in rows.pages()] * 2
    chance.shuffle(numbers)
    begun: list[tuple[int, int]] = []

    def one(n: int) -> None:
        send = rows.get(n).sends
        try:
            begin(money, n, send, worker=f"{seed}")
        except (AlreadySentError, HeldError):
            return
        begun.append((n, send))
        _settle(money, n, send, chance.choice(("accept", "dear", "reject", "lose", "die")))

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(one, numbers))
    return begun


def _settle(money: Money, n: int, send: int, outcome: str) -> None:
    if outcome == "accept":
        money.accepted(n, send, generation(usd=0.05))
    elif outcome == "dear":
        money.accepted(n, send, generation())
    elif outcome == "reject":
        money.rejected(n, send, "busy")
    elif outcome == "lose":
        money.in_doubt(n, send, "lost")


def main(where: str, seed: str) -> None:
    """Spend, and print what was begun."""
    database = open_database(where if "://" in where else Path(where))
    print(json.dumps(spend(database, int(seed))))  # noqa: T201 - read by the test
    database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
