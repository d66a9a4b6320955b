"""One worker of a batch: feeds the engine, shows that it is alive, and ends when all is done."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from wan_ergonomic._errors import LedgerError

from ..store import SILENT_SECONDS, Database, Rows, Workers
from ._engine import ENGINE_ERRORS, RowEngine
from ._maker import Maker
from ._settle import Settler
from ._threads import in_thread

# More rows than can run are with the engine, so that it never waits for this worker.
_AHEAD = 20
_ROUND_SECONDS = 1.0
# Between two rounds at least: rows that end meanwhile share one.
_PAUSE_SECONDS = 0.2
_BEAT_SECONDS = 3.0
# The batch's own database, and what the engine raises without it.
_AWAY = (LedgerError, *ENGINE_ERRORS)


class Worker:
    """Runs a batch until nothing is left that it can do.

    Attributes:
        id: What the database knows this process by.
    """

    def __init__(
        self,
        database: Database,
        maker: Maker,
        settler: Settler,
        folder: Path,
        *,
        worker: str,
        concurrency: int,
        on_trouble: Callable[[str], object],
        on_end: Callable[[int], object],
        first: int | None = None,
    ) -> None:
        self.id = worker
        self._database = database
        self._rows, self._workers = Rows(database), Workers(database)
        self._maker = maker
        self._settler = settler
        self._engine = RowEngine(database, maker, folder, concurrency, worker)
        self._away: set[str] = set()
        self._ahead = concurrency + _AHEAD
        self._first = first
        self._on_trouble = on_trouble
        self._on_end = on_end
        self._changed = asyncio.Event()

    def stop(self, reason: str) -> None:
        """Send nothing more; what was sent is finished."""
        self._maker.stopping = self._maker.stopping or reason
        self._changed.set()

    async def run(self, on_round: Callable[[], object]) -> None:
        """Make the videos of all rows that can be made.

        Args:
            on_round: Called about once a second.

        Raises:
            LedgerError: The database is away, or the engine's own cannot be used.
        """
        if not self._database.shared:
            # Whoever had the folder before has ended.
            await in_thread(self._workers.clear)
        await in_thread(self._workers.beat, self.id, _place())
        tasks: list[asyncio.Task[None]] = []
        try:
            await self._engine.start(self._ended)
            tasks += [asyncio.create_task(run()) for run in (self._beat, self._settler.run)]
            while await self._goes_on():
                on_round()
                await asyncio.sleep(_PAUSE_SECONDS)
                # Not wait_for, which can lose a cancellation in Python 3.11.
                with suppress(TimeoutError):
                    async with asyncio.timeout(_ROUND_SECONDS):
                        await self._changed.wait()
                self._changed.clear()
        finally:
            for task in tasks:
                task.cancel()
            self._engine.stop()
            with suppress(LedgerError):
                await in_thread(self._workers.leave, self.id)
        on_round()

    def _ended(self, n: int) -> None:
        self._on_end(n)
        self._changed.set()

    async def _goes_on(self) -> bool:
        """Give the engine what it has room for; return whether there is something left to do."""
        try:
            goes_on = await self._feed()
        except _AWAY as error:
            self._tell("feeding", error)
            return True
        self._away.discard("feeding")
        return goes_on

    def _tell(self, who: str, error: Exception) -> None:
        """Report that the database is away for somebody, once until it is back for all."""
        if not self._away:
            reason = str(error) if isinstance(error, LedgerError) else f"The engine failed: {error}"
            self._on_trouble(f"{reason} The batch goes on when the database is back.")
        self._away.add(who)

    async def _feed(self) -> bool:
        if self._maker.stopping:
            return bool(self._maker.active)
        room = self._ahead - len(await self._engine.live())
        given = await in_thread(self._rows.to_queue, max(room, 0), first=self._first)
        await self._engine.enqueue(given)
        await in_thread(self._rows.queued, given)
        # Looking for one in doubt may bring a row back, also between these two questions.
        return (
            await self._are_at_work()
            or await self._settler.is_looking()
            or await self._are_at_work()
        )

    async def _are_at_work(self) -> bool:
        return await in_thread(self._rows.are_at_work, first=self._first)

    async def _beat(self) -> None:
        """Show that this worker is alive, and take over from those that are not."""
        while True:
            try:
                await in_thread(self._workers.beat, self.id, _place())
                await in_thread(self._take_over)
                await self._mend()
                self._away.discard("beating")
            except _AWAY as error:
                self._tell("beating", error)
            await asyncio.sleep(_BEAT_SECONDS)

    def _take_over(self) -> None:
        if self._database.shared:
            with self._workers.silent(SILENT_SECONDS) as dead:
                for worker in dead:
                    self._engine.cancel_all_of(worker)
            self._engine.resume_cancelled()

    async def _mend(self) -> None:
        """Give rows back whose run the engine has lost."""
        # In this order: a run that is queued meanwhile is not taken for lost.
        given = await in_thread(self._rows.with_engine)
        live = await self._engine.live()
        for n, run in given:
            if (n, run) not in live:
                await in_thread(self._rows.left, n, run)


def _place() -> str:
    return f"{socket.gethostname()}, process {os.getpid()}"
