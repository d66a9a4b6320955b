"""Puts a worker together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import uuid4

from wan_ergonomic.ledger import Cap, Ledger, Recorder

from ..output import Output
from ..store import Database, Money, Rows, Workers
from ._client import BatchClient, Turn
from ._maker import Maker
from ._reuse import Reuse
from ._saver import Saver
from ._settle import Settler
from ._threads import in_thread
from ._worker import Worker

if TYPE_CHECKING:
    from ..store import Settings


async def build_worker(
    name: str,
    settings: Settings,
    database: Database,
    output: Output,
    client: BatchClient,
    *,
    ledger: Ledger | None,
    daily_usd: float | None,
    reuse: bool,
    first: int | None,
    recover: bool,
    on_trouble: Callable[[str], object],
    on_end: Callable[[int], object],
) -> Worker:
    """Return a worker of a batch.

    Raises:
        ConfigurationError: ``daily_usd`` is no sum.
        LedgerError: Videos are to be reused, and the ledger cannot be read.
    """
    worker = uuid4().hex
    rows, money = Rows(database), Money(database)
    if settings.per_second:
        await client.pace(_turns(Workers(database), 1 / settings.per_second))
    saver = Saver(
        name,
        output,
        rows,
        money,
        metadata=settings.metadata,
        stop_on_bad=settings.stop_on_bad,
        reuse=Reuse(ledger) if reuse and ledger else None,
    )
    cap = None if daily_usd is None else Cap(daily_usd)
    also = Recorder(ledger, client.base_url, cap, batch=str(output)) if ledger else None
    maker = Maker(database, client, saver, worker=worker, also=also, on_trouble=on_trouble)
    return Worker(
        database,
        maker,
        Settler(rows, money, client if recover else None),
        output.hidden,
        worker=worker,
        concurrency=settings.concurrency,
        on_trouble=on_trouble,
        on_end=on_end,
        first=first,
    )


def _turns(workers: Workers, interval: float) -> Turn:
    async def turn() -> None:
        await asyncio.sleep(await in_thread(workers.turn, interval))

    return turn
