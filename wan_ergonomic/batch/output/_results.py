"""The list of all rows with what became of them."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ..store import Database, Money, Rows, batched
from ._output import Output
from ._sidecar import describe

RESULTS = "results.jsonl"


def write_results(batch: str, database: Database, output: Output) -> None:
    """Write one line for each row, in the order of the rows.

    Raises:
        OSError: The file cannot be written.
        LedgerError: The database fails.
    """
    output.write(RESULTS, _lines(batch, database))


def _lines(batch: str, database: Database) -> Iterator[str]:
    money = Money(database)
    for rows in batched(Rows(database).pages()):
        last = money.last_of([row.n for row in rows])
        for row in rows:
            yield json.dumps(describe(batch, row, last.get(row.n)), ensure_ascii=False) + "\n"
