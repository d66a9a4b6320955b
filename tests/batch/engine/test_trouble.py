"""Trouble that ends nothing: the log is away, a wait cannot go on, results cannot be written."""

from __future__ import annotations

import asyncio

import pytest

from wan_ergonomic import ConfigurationError, ConnectionFailedError, LedgerError
from wan_ergonomic._generation import Generation
from wan_ergonomic.batch import _runner
from wan_ergonomic.batch.engine import BatchClient, _settle, _worker, build_worker
from wan_ergonomic.batch.engine._engine import RowEngine
from wan_ergonomic.batch.engine._reuse import Reuse
from wan_ergonomic.batch.engine._settle import Settler
from wan_ergonomic.batch.output import OutputError
from wan_ergonomic.batch.store import Rows, Workers


def failing(error):
    """Return a method that fails."""

    async def fail(*_: object, **__: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize("method", ["usage", "look_for"])
def test_a_log_that_is_away_settles_nothing(bench, monkeypatch, method):
    """The next round asks again."""
    bench.add("A")
    bench.money.begin(1, worker="w", client_request_id="x", base_url="b", usd=0.1)
    bench.money.in_doubt(1, 0, "lost")
    with bench.database.transaction() as connection:
        connection.exec_driver_sql("UPDATE wan_submissions SET submitted = submitted - 3600")

    async def look():
        async with bench.client() as client:
            monkeypatch.setattr(BatchClient, method, failing(ConnectionFailedError("away")))
            settler = Settler(bench.rows, bench.money, client)
            await settler._look(bench.money.doubtful(), client)
            return settler.not_found

    assert asyncio.run(look()) == set()
    assert bench.rows.get(1).state == "in doubt"


def test_a_log_that_stays_away_does_not_keep_a_batch_from_ending(bench, monkeypatch):
    """Its row stays in doubt, and says why; a log that is back in time is read again."""
    bench.add("A")
    bench.money.begin(1, worker="w", client_request_id="x", base_url="b", usd=0.1)
    bench.money.in_doubt(1, 0, "lost")

    async def look(most: float) -> tuple[bool, bool]:
        monkeypatch.setattr(_settle, "_MOST_AWAY_SECONDS", most)
        async with bench.client() as client:
            settler = Settler(bench.rows, bench.money, client)
            with monkeypatch.context() as patch:
                patch.setattr(BatchClient, "usage", failing(ConnectionFailedError("Away.")))
                await settler._look(bench.money.doubtful(), client)
                during = await settler.is_looking()
            await settler._look(bench.money.doubtful(), client)
            return during, await settler.is_looking()

    assert asyncio.run(look(600.0)) == (True, True)
    assert bench.rows.get(1).reason == "lost"
    assert asyncio.run(look(0.0)) == (False, False)
    assert bench.rows.get(1).state == "in doubt"
    assert bench.rows.get(1).reason == "the account's log cannot be read: Away."


def test_a_wait_that_no_time_can_end_fails_the_row(bench, monkeypatch):
    """With the reason."""
    bench.add("A")
    bench.money.begin(1, worker="w", client_request_id="x", base_url="b", usd=0.1)
    bench.money.accepted(1, 0, Generation(id="g", status="queued"))
    monkeypatch.setattr(BatchClient, "finish", failing(ConfigurationError("never")))
    assert bench.make(1) == ["end"]
    assert bench.rows.get(1).reason == "never"


def test_a_job_without_a_file_is_not_reused(bench):
    """Its video was never saved."""
    bench.ledger.begin("x", {"seed": 1}, "b")
    assert Reuse(bench.ledger).find({"seed": 1}) is None


def test_results_that_cannot_be_written_are_told(bench, monkeypatch):
    """Nothing is lost by it."""
    told: list[str] = []

    def fail(*_: object) -> None:
        raise OutputError("The bucket is away.", lasting=False)

    monkeypatch.setattr(_runner, "write_results", fail)
    bench.batch._runner._write_results(told.append)
    assert told == ["The bucket is away."]


def test_a_beat_that_fails_is_told_once_and_tried_again(bench, monkeypatch):
    """The batch goes on."""
    bench.add("A")
    told: list[str] = []
    real, beats = Workers.beat, []

    def beat(self, *arguments):
        beats.append(1)
        if len(beats) in {2, 3}:
            raise LedgerError("Away.")
        real(self, *arguments)

    monkeypatch.setattr(Workers, "beat", beat)
    monkeypatch.setattr(_worker, "_BEAT_SECONDS", 0.05)
    assert bench.batch.run(bench.client(), on_trouble=told.append).counts == {"done": 1}
    assert told == ["Away. The batch goes on when the database is back."]


def test_a_row_that_is_found_between_two_questions_is_finished(bench, monkeypatch):
    """It is in doubt when the rows are counted, and found when the doubts are."""
    answers = iter([False, True])
    monkeypatch.setattr(Rows, "are_at_work", lambda *_, **__: next(answers))
    monkeypatch.setattr(RowEngine, "live", coroutine(set()))
    monkeypatch.setattr(RowEngine, "enqueue", coroutine(None))

    async def feed():
        async with bench.client() as client:
            worker = await build_worker(
                "videos",
                bench.batch.settings,
                bench.database,
                bench.folder,
                client,
                ledger=None,
                daily_usd=None,
                reuse=False,
                first=None,
                recover=True,
                on_trouble=print,
                on_end=print,
            )
            return await worker._feed()

    assert asyncio.run(feed()) is True


def coroutine(result):
    """Return a method that can be awaited."""

    async def method(*_: object) -> object:
        return result

    return method
