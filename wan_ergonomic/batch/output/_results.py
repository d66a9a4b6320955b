"""The list of all rows with what became of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ..store import BatchRow, Database, Money, Rows
from ._folder import Output
from ._sidecar import describe

RESULTS = "results.jsonl"


def as_result(batch: str, row: BatchRow, money: Money) -> dict[str, Any]:
    """Return what became of a row, as JSON."""
    submissions = money.of_row(row.n)
    return describe(batch, row, submissions[-1] if submissions else None)


def write_results(batch: str, database: Database, output: Output) -> None:
    """Write one line for each row, in the order of the rows.

    Raises:
        OSError: The file cannot be written.
        LedgerError: The database fails.
    """
    output.write(RESULTS, _lines(batch, database))


def _lines(batch: str, database: Database) -> Iterator[str]:
    money = Money(database)
    for row in Rows(database).pages():
        yield json.dumps(as_result(batch, row, money), ensure_ascii=False) + "\n"
