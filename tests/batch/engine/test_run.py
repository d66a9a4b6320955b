"""Whole batches, run by the engine in this process."""

from __future__ import annotations

import asyncio
import json
import signal
import threading
import time
from contextlib import suppress
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from tests.batch.engine.conftest import POLLING
from tests.support.stand_in import stand_in
from tests.support.waiting import until
from wan_ergonomic import (
    AsyncWanClient,
    ConfigurationError,
    LedgerError,
    RetryPolicy,
    WanError,
)
from wan_ergonomic._files import lock
from wan_ergonomic.batch.engine import _engine, _maker, _settle, _worker
from wan_ergonomic.sandbox import ACCOUNT_SCENARIOS, AccountScenario


@pytest.fixture(autouse=True)
def hasty(monkeypatch):
    """What is tried again is tried soon."""
    monkeypatch.setattr(_engine, "_FIRST_DELAY", 0.05)
    monkeypatch.setattr(_engine, "_POLLING_SECONDS", 0.05)
    monkeypatch.setattr(_settle, "_PAUSE_SECONDS", 0.05)
    monkeypatch.setattr(_worker, "_ROUND_SECONDS", 0.1)
    monkeypatch.setattr(_worker, "_BEAT_SECONDS", 0.2)


@pytest.fixture
def no_news():
    """Called with what went wrong; nothing should."""
    told: list[str] = []
    yield told.append
    assert told == []


def test_every_row_ends_in_a_video_or_a_reason(bench, no_news):
    """One of them was refused at first; one is in doubt and is found in the account's log."""
    bench.sandbox.account.scenario = AccountScenario()
    bench.add("A", "B [scenario: failed]", "C [scenario: busy]", "D [scenario: lost-connection]")
    shown: list[Any] = []
    status = bench.batch.run(
        bench.client(retrying=RetryPolicy(attempts=1)),
        ledger=bench.ledger,
        on_status=shown.append,
        on_trouble=no_news,
    )
    assert status.counts == {"done": 3, "failed": 1}
    assert status.is_finished
    assert not status.is_successful
    assert shown[-1] == status
    posted = [each.body["prompt"][0] for each in bench.sandbox.received if each.method == "POST"]
    assert [posted.count(each) for each in ("A", "B", "D")] == [1, 1, 1]
    results = [json.loads(line) for line in (bench.path / "results.jsonl").read_text().splitlines()]
    assert [each["status"] for each in results] == ["done", "failed", "done", "done"]
    assert results[1]["reason"]


def test_a_run_reads_the_key_of_the_address_in_the_environment(bench, monkeypatch, no_news):
    """As a client does that is made without an address."""
    monkeypatch.setenv("WAN_BASE_URL", f"{bench.sandbox.url}/")
    monkeypatch.setenv("WAN_API_KEY", bench.sandbox.key)
    bench.add("A boat")
    assert bench.batch.run(on_trouble=no_news, ledger=None).counts == {"done": 1}


def test_a_run_reads_no_key_of_another_address(bench, monkeypatch):
    """The batch stays at the API that it was made for."""
    monkeypatch.setenv("WAN_BASE_URL", "https://other.example")
    monkeypatch.setenv("WAN_API_KEY", "a-key-of-the-other-one")
    bench.add("A boat")
    with pytest.raises(ConfigurationError, match="WAN_API_KEY is set, but"):
        bench.batch.run(ledger=None)
    assert bench.sent == 0


def test_a_batch_can_be_run_again_and_sends_only_what_is_left(bench, no_news):
    """Twice in one process; rows that failed are sent again on request alone."""
    bench.add("A", "B [scenario: failed]")
    assert bench.batch.run(bench.client(), on_trouble=no_news).counts == {"done": 1, "failed": 1}
    assert bench.batch.run(bench.client(), on_trouble=no_news).counts == {"done": 1, "failed": 1}
    assert bench.sent == 2
    assert bench.batch.retry() == 1
    assert bench.batch.run(bench.client(), on_trouble=no_news).counts == {"done": 1, "failed": 1}
    assert bench.sent == 3


def test_a_broken_file_of_the_engine_is_named_and_can_be_deleted(bench, no_news, capfd):
    """What is paid for is in the batch's own database."""
    bench.add("A")
    assert bench.batch.run(bench.client(), on_trouble=no_news).is_successful
    bench.add("B", extend=True)
    file = bench.folder.hidden / "engine.sqlite3"
    for beside in file.parent.glob("engine.sqlite3-*"):
        beside.unlink()
    file.write_bytes(b"not a database " * 300)
    with pytest.raises(LedgerError, match="The engine cannot start: ") as caught:
        bench.batch.run(bench.client(), on_trouble=no_news)
    assert f"{file} can be deleted" in str(caught.value)
    assert capfd.readouterr().err == ""
    assert bench.batch.status().workers == 0
    file.unlink()
    assert bench.batch.run(bench.client(), on_trouble=no_news).is_successful
    assert bench.sent == 2


def test_the_engine_has_the_time_in_any_version_of_sqlite(monkeypatch, tmp_path):
    """In an old one its own way of asking returns nothing, and it cannot start."""
    stand_in(monkeypatch, _engine, "sqlite3", sqlite_version_info=(3, 40, 1))
    engine = _engine._engine_of(tmp_path / "engine.sqlite3")
    with engine.connect() as connection:
        milliseconds = connection.exec_driver_sql("SELECT unixepoch('subsec') * 1000").scalar_one()
    engine.dispose()
    assert milliseconds == pytest.approx(time.time() * 1000, abs=60_000)


def test_ctrl_c_ends_a_run_and_the_next_one_finishes_it(bench, no_news):
    """In a program of one's own; nothing is sent twice."""
    bench.add("A", "B")
    bench.batch.change(concurrency=1)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)

    def interrupt() -> None:
        until(lambda: bench.rows.get(1).state == "accepted")
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            bench.batch.run(bench.client(), on_trouble=no_news)
    finally:
        signal.signal(signal.SIGINT, before)
        thread.join()
    assert bench.batch.status().counts == {"accepted": 1, "waiting": 1}
    assert bench.batch.run(bench.client(), on_trouble=no_news).is_successful
    assert bench.sent == 2


def test_a_newer_sqlite_has_its_own(monkeypatch, tmp_path):
    """It is not replaced."""
    stand_in(monkeypatch, _engine, "sqlite3", sqlite_version_info=(3, 42, 0))
    engine = _engine._engine_of(tmp_path / "engine.sqlite3")
    assert not event.contains(engine, "connect", _engine._add_unix_epoch)


def test_a_server_that_the_engine_cannot_use_has_no_file_to_delete(bench, monkeypatch):
    """Why it cannot is said alone."""

    async def launch(_: object) -> None:
        raise DBAPIError("CREATE SCHEMA", None, Exception("permission denied"))

    monkeypatch.setattr(_engine.RowEngine, "_launch", launch)
    database = SimpleNamespace(shared=True)
    engine = _engine.RowEngine(database, None, bench.path, 1, "w")  # type: ignore[arg-type]
    with pytest.raises(LedgerError, match=r"cannot start: .*permission denied") as caught:
        asyncio.run(engine.start(print))
    assert "deleted" not in str(caught.value)


def test_a_sample_makes_the_first_rows_only(bench, no_news):
    """The others wait for the next run."""
    bench.add("A", "B", "C")
    status = bench.batch.run(bench.client(), sample=2, on_trouble=no_news)
    assert status.counts == {"done": 2, "waiting": 1}


def test_a_batch_that_is_stopped_finishes_what_was_sent(bench, no_news):
    """And nothing more is sent."""
    bench.add(*[f"Boat {number} [scenario: stuck]" for number in range(3)])
    bench.batch.change(concurrency=1)
    bench.batch.stop()
    status = bench.batch.run(bench.client(), on_trouble=no_news)
    assert status.counts == {"waiting": 3}
    assert bench.sent == 0


def test_a_job_that_is_stopped_in_the_middle_goes_on_in_the_next_run(bench, no_news):
    """The engine is stopped as by a crash: its workflow is recovered."""
    bench.add("A [scenario: stuck]")

    async def stop_in_the_middle():
        running = asyncio.create_task(bench.batch.arun(bench.client(), on_trouble=no_news))
        while bench.rows.get(1).state != "accepted":
            await asyncio.sleep(0.05)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    asyncio.run(stop_in_the_middle())
    assert (bench.rows.get(1).state, bench.sent) == ("accepted", 1)
    polled = len(bench.sandbox.received)

    async def stop_when_it_is_polled():
        running = asyncio.create_task(bench.batch.arun(bench.client(), on_trouble=no_news))
        while len(bench.sandbox.received) == polled:
            await asyncio.sleep(0.05)
        bench.batch.stop()
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(running, timeout=2.0)

    asyncio.run(stop_when_it_is_polled())
    assert bench.sent == 1


def test_rows_that_the_engine_has_lost_are_given_to_it_again(bench, no_news):
    """Its own file can be deleted at any time."""
    bench.add("A", "B")
    bench.rows.queued([(1, 0), (2, 0)])
    assert bench.batch.run(bench.client(), on_trouble=no_news).counts == {"done": 2}


def test_a_step_that_could_not_reach_the_database_is_run_again(bench, monkeypatch, no_news):
    """The engine takes it for failed; the batch's own database knows better."""
    bench.add("A")
    real, tries = _maker.Maker.submit, []

    async def submit(self, n):
        tries.append(n)
        if len(tries) == 1:
            raise LedgerError("The database of the batch failed: gone.")
        return await real(self, n)

    monkeypatch.setattr(_maker.Maker, "submit", submit)
    assert bench.batch.run(bench.client(), on_trouble=no_news).counts == {"done": 1}
    assert len(tries) == 2


def test_a_folder_is_run_by_one_process_at_a_time(bench):
    """The others are told how several share a batch."""
    bench.add("A")
    with (bench.folder.hidden / "lock").open("ab") as file:
        assert lock(file)
        with pytest.raises(ConfigurationError, match="--database"):
            bench.batch.run(bench.client())
    assert bench.sent == 0


def test_requests_are_paced_over_all_workers(bench, no_news):
    """Each request to the API takes a turn."""
    bench.add("A", "B")
    bench.batch.change(per_second=2.0)
    before = len(bench.sandbox.received)
    began = time.monotonic()
    bench.batch.run(bench.client(), on_trouble=no_news)
    took = time.monotonic() - began
    received = bench.sandbox.received[before:]
    requests = sum(not each.path.endswith(".mp4") for each in received)
    assert requests >= 4
    assert took >= (requests - 1) / 2


def test_a_database_that_is_away_for_a_while_is_told_once(bench, monkeypatch):
    """The batch goes on when it is back."""
    bench.add("A")
    told: list[str] = []
    tries: list[int] = []
    real = _worker.Worker._feed

    async def feed(self):
        tries.append(1)
        if len(tries) in {1, 2}:
            raise LedgerError("The database of the batch failed: gone.")
        return await real(self)

    monkeypatch.setattr(_worker.Worker, "_feed", feed)
    assert bench.batch.run(bench.client(), on_trouble=told.append).counts == {"done": 1}
    assert told == [
        "The database of the batch failed: gone. The batch goes on when the database is back."
    ]


def test_a_log_that_is_away_leaves_a_row_in_doubt(bench, no_news):
    """It is looked for as long as the batch runs."""
    bench.sandbox.account.scenario = ACCOUNT_SCENARIOS["log-away"]
    bench.add("A [scenario: lost-connection]")
    threading.Timer(2.0, bench.batch.stop).start()
    status = bench.batch.run(bench.client(), on_trouble=no_news)
    assert status.counts == {"in doubt": 1}
    bench.sandbox.account.scenario = AccountScenario()


def test_without_recovery_a_row_stays_in_doubt(bench, no_news):
    """And the batch ends."""
    bench.add("A [scenario: lost-connection]")
    status = bench.batch.run(bench.client(), recover=False, on_trouble=no_news)
    assert status.counts == {"in doubt": 1}


def lose(bench, prompt):
    """Submit a row as a process does that ends before the response."""
    bench.add(prompt)
    row, request_id = bench.rows.get(1), uuid4().hex
    url = bench.sandbox.url
    bench.money.begin(1, worker="gone", client_request_id=request_id, base_url=url, usd=0.1)

    async def send():
        async with AsyncWanClient(bench.sandbox.key, base_url=url, polling=POLLING) as wan:
            headers = {"X-Client-Request-Id": request_id}
            options = {name: row.body[name] for name in row.body if name not in {"model", "prompt"}}
            with suppress(WanError):
                await wan.generate(prompt, extra_headers=headers, **options)

    asyncio.run(send())


def test_a_lost_job_is_found_and_its_video_is_saved(bench, no_news):
    """By the log; it is not sent again."""
    lose(bench, "A")
    assert bench.batch.run(bench.client(), on_trouble=no_news).counts == {"done": 1}
    assert bench.sent == 1


def test_a_lost_job_that_failed_has_cost_nothing(bench, no_news):
    """The log says so, and its reservation is released."""
    lose(bench, "A [scenario: failed]")
    status = bench.batch.run(bench.client(), on_trouble=no_news)
    assert (status.counts, status.usd) == ({"failed": 1}, 0.0)


def test_a_row_that_the_log_does_not_have_waits_for_a_persons_word(bench, no_news):
    """Its job must have ended; only then it may be sent again, and may be charged twice."""
    bench.add("A")
    bench.money.begin(1, worker="gone", client_request_id="none", base_url="b", usd=0.1)
    with bench.database.transaction() as connection:
        connection.exec_driver_sql("UPDATE wan_submissions SET submitted = submitted - 3600")
    status = bench.batch.run(bench.client(), on_trouble=no_news)
    assert status.counts == {"in doubt": 1}
    assert "as far as the log shows" in bench.rows.get(1).reason
    bench.batch.resolve(1, "send again")
    status = bench.batch.run(bench.client(), on_trouble=no_news)
    assert (status.counts, bench.sent, status.videos) == ({"done": 1}, 1, 2)


def test_a_video_that_cannot_be_written_stops_a_run_and_is_saved_by_the_next_one(bench, no_news):
    """Nothing more is sent, the reason is told, and nothing is paid for again."""
    bench.batch.change(concurrency=1)
    bench.add("A", "B")
    (bench.path / "1.mp4").mkdir()
    told: list[str] = []
    status = bench.batch.run(bench.client(), on_trouble=told.append)
    assert status.counts == {"accepted": 1, "waiting": 1}
    assert [text.partition("paid for again. ")[2] for text in told] == [
        "It is tried again.",
        "Correct that, and run the batch again to save it.",
    ]
    assert bench.rows.get(1).reason == told[1]
    (bench.path / "1.mp4").rmdir()
    assert bench.batch.run(bench.client(), on_trouble=no_news).counts == {"done": 2}
    assert bench.sent == 2


def test_results_that_cannot_be_written_are_reported(bench):
    """The run has ended all the same."""
    bench.add("A")
    (bench.path / "results.jsonl").mkdir()
    told: list[str] = []
    assert bench.batch.run(bench.client(), on_trouble=told.append).is_successful
    assert told == [
        f"{bench.path}/results.jsonl could not be written: Is a directory. Nothing is lost; run "
        "the batch again to write it."
    ]
