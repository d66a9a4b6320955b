"""DBOS, which queues the rows, times what is tried again, and recovers what a crash interrupted.

One engine can run in a process. What it knows can be lost: the batch's database has the rows.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any

from dbos import DBOS, SetWorkflowID
from dbos import error as dbos_error
from sqlalchemy import Engine, event
from sqlalchemy.exc import SQLAlchemyError

from wan_ergonomic._errors import LedgerError

from ..store import Database, engine_of_file
from ._maker import Maker, Next

NAME = "wan-batch"
QUEUE = "rows"
# A batch that was begun with one version of this package goes on with the next one.
_VERSION = "1"
_POLLING_SECONDS = 0.2
_FIRST_DELAY = 2.0
_LONGEST_DELAY = 60.0
_LIVE = ["PENDING", "ENQUEUED", "DELAYED"]
# What the engine raises without its database.
ENGINE_ERRORS = (SQLAlchemyError, dbos_error.DBOSException)
# The first with unixepoch('subsec').
_SUBSEC = (3, 42)

# The engine's functions are of the module, so that a workflow is found again by its name.
_running: dict[str, Any] = {}


class RowEngine:
    """Runs rows through a maker's steps, at most so many at once."""

    def __init__(
        self, database: Database, maker: Maker, folder: Path, concurrency: int, worker: str
    ) -> None:
        # With SQLite there is one process, which continues what the last one left.
        self._executor = worker if database.shared else "only"
        self._database = database
        self._maker = maker
        self._file = folder / "engine.sqlite3"
        self._concurrency = concurrency
        self._own: Engine | None = None

    async def start(self, on_end: Callable[[int], object]) -> None:
        """Start the engine; what was interrupted goes on at once.

        Raises:
            LedgerError: Its database cannot be used.
        """
        _running.update(maker=self._maker, on_end=on_end)
        try:
            await self._launch()
        except ENGINE_ERRORS as error:
            raise LedgerError(f"The engine cannot start: {error}{self._advice()}") from error
        _log_from(logging.ERROR)

    async def _launch(self) -> None:
        _log_from(logging.ERROR)
        self._own = None if self._database.shared else _engine_of(self._file)
        url = (self._own or self._database.engine).url
        DBOS(
            config={
                "name": NAME,
                "system_database_url": _text(url),
                "system_database_engine": self._own,
                "application_version": _VERSION,
                "executor_id": self._executor,
                "log_level": "ERROR",
                "enable_otlp": False,
            }
        )
        DBOS.listen_queues([QUEUE])
        # Why it cannot start is said by the error alone.
        _log_from(logging.CRITICAL)
        DBOS.launch()
        await DBOS.register_queue_async(
            QUEUE,
            worker_concurrency=self._concurrency,
            global_concurrency=self._concurrency if self._database.shared else None,
            polling_interval_sec=_POLLING_SECONDS,
            on_conflict="always_update",
        )

    def _advice(self) -> str:
        if self._database.shared:
            return ""
        return f". {self._file} can be deleted: what is paid for is in the batch's own database."

    async def enqueue(self, rows: Iterable[tuple[int, int]]) -> None:
        """Queue rows; a row's run that is queued already stays as it is."""
        for n, run in rows:
            with SetWorkflowID(f"{n}.{run}"):
                await DBOS.enqueue_workflow_async(QUEUE, make, n, run)

    async def live(self) -> set[tuple[int, int]]:
        """Return the runs of rows that are queued or running, anywhere."""
        found = await DBOS.list_workflows_async(status=_LIVE, load_input=False, load_output=False)
        ids = (each.workflow_id.split(".") for each in found)
        return {(int(n), int(run)) for n, run in ids}

    def cancel_all_of(self, worker: str) -> None:
        """Take a dead worker's rows from it."""
        found = DBOS.list_workflows(
            status=["PENDING"], executor_id=worker, load_input=False, load_output=False
        )
        for each in found:
            DBOS.cancel_workflow(each.workflow_id)

    def resume_cancelled(self) -> None:
        """Queue again what a watcher cancelled; nothing else cancels here."""
        found = DBOS.list_workflows(status=["CANCELLED"], load_input=False, load_output=False)
        for each in found:
            DBOS.resume_workflow(each.workflow_id, queue_name=QUEUE)

    def stop(self) -> None:
        """Stop at once; what runs goes on with the next start."""
        # It calls an error what is only cut off.
        _log_from(logging.CRITICAL)
        DBOS.destroy(workflow_completion_timeout_sec=0)
        if self._own:
            # Connections that threads still use are closed when they are returned.
            event.listen(self._own, "checkin", lambda _, record: record.invalidate())
            self._own.dispose()
        _running.clear()


@DBOS.step()
async def submit(n: int) -> Next:
    """Send a row, unless it was sent before."""
    return await _maker().submit(n)


@DBOS.step()
async def wait(n: int) -> Next:
    """Wait until a row's video is made."""
    return await _maker().wait(n)


@DBOS.step()
async def save(n: int) -> Next:
    """Save a row's video."""
    return await _maker().save(n)


@DBOS.step()
async def leave(n: int, run: int) -> None:
    """Record that a run of a row has ended."""
    await _maker().leave(n, run)


_STEPS: tuple[Callable[[int], Awaitable[Next]], ...] = (submit, wait, save)


@DBOS.workflow()
async def make(n: int, run: int) -> None:
    """Make the video of a row, as far as it goes."""
    maker = _maker()
    try:
        for step in _STEPS:
            delay = _FIRST_DELAY
            while (verdict := await step(n)) == "later":
                await DBOS.sleep_async(delay)
                delay = min(2 * delay, _LONGEST_DELAY)
            if verdict == "end":
                break
        # Before the row is left: a batch without rows at work ends.
        _running["on_end"](n)
        await leave(n, run)
    finally:
        maker.active.discard(n)


def _maker() -> Maker:
    maker: Maker = _running["maker"]
    return maker


def _engine_of(path: Path) -> Engine:
    # FULL takes fifteen times as long; what is lost at a crash, the batch's database has.
    engine = engine_of_file(path, synchronous="NORMAL")
    if sqlite3.sqlite_version_info < _SUBSEC:
        event.listen(engine, "connect", _add_unix_epoch)
    return engine


def _add_unix_epoch(connection: Any, _: object) -> None:
    # With Python 3.12 and later, DBOS relies on it; Debian 12 has an older SQLite.
    connection.create_function("unixepoch", 1, _unix_epoch)


def _unix_epoch(_: str) -> float:
    """Do as ``unixepoch('subsec')``: DBOS uses no other."""
    return round(time.time(), 3)


def _log_from(level: int) -> None:
    logging.getLogger("dbos").setLevel(level)


def _text(url: Any) -> str:
    return str(url.render_as_string(hide_password=False))
