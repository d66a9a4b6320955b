"""What was paid, by the account's log and by the ledger, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from wan_ergonomic.account import LoggedRequest, reconcile, total
from wan_ergonomic.ledger import Ledger

from .conftest import PRICE

NOW = datetime(2026, 11, 3, 14, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Job:
    """A job of a ledger."""

    client_request_id: str = "mine"
    generation_id: str | None = "gen-1"
    submitted: datetime = NOW
    usd: float | None = 0.1
    failed: bool = False
    outcome: str = "accepted"
    model: str = "m"
    batch: str | None = None


def row(**changes: Any) -> LoggedRequest:
    """Return a row of the log, of the same job unless told otherwise."""
    values = {
        "created": NOW,
        "status": "succeeded",
        "model": "m",
        "usd": 0.1,
        "inference_id": "gen-1",
        "client_request_id": "mine",
        "request_id": "r-1",
        "origin": "api",
    }
    return LoggedRequest(**{**values, **changes})


def test_the_log_and_the_ledger_of_one_client_agree(bank, tmp_path):
    """Also about a job that failed; what another machine paid is only in the log."""
    ledger = Ledger(tmp_path / "ledger.sqlite3")
    with bank.client(ledger=ledger) as wan:
        bank.pay(wan)
        failed = bank.pay(wan, prompt="It fails [scenario: fails]")
        wan.status(failed)
        rows, jobs = wan.usage(), ledger.jobs()
        with bank.client() as other:
            bank.pay(other)
        later = wan.usage()
    assert [each.difference for each in reconcile(rows, jobs)] == ["refunded", ""]
    expenses = reconcile(later, jobs)
    assert [each.difference for each in expenses] == ["only in the log", "refunded", ""]
    assert total(expenses, lambda each: each.logged_usd) == pytest.approx(2 * PRICE)
    assert bank.sandbox.account.charged_usd == pytest.approx(2 * PRICE)


@pytest.mark.parametrize(
    ("logged", "job", "difference"),
    [
        ({}, Job(), ""),
        ({"inference_id": None}, Job(), ""),
        ({"client_request_id": None}, Job(), ""),
        ({}, Job(generation_id=None), ""),
        ({"inference_id": "x", "client_request_id": None}, None, "only in the log"),
        ({"inference_id": None, "client_request_id": None}, None, "only in the log"),
        ({}, Job(failed=True), "charged, failed here"),
        ({}, Job(outcome="in doubt", usd=None), "charged, in doubt here"),
        ({"status": "failed", "usd": 0.0}, Job(failed=True), "refunded"),
        ({"usd": 0.2}, Job(), "amounts differ"),
        ({"usd": None}, Job(), ""),
        ({}, Job(usd=None), ""),
        ({"usd": None}, Job(failed=True), ""),
        ({"usd": 0.0, "status": "failed"}, Job(), "failed, charged here"),
    ],
)
def test_a_row_belongs_to_the_job_with_one_of_its_ids(logged, job, difference):
    """And says what only one of them knows."""
    (expense,) = reconcile([row(**logged)], [job] if job else [])
    assert expense.difference == difference
    assert expense.logged_usd == logged.get("usd", 0.1)
    assert expense.recorded_usd == (job and job.usd)
    assert (expense.when, expense.model) == (NOW, "m")


def test_an_expense_belongs_to_the_batch_of_its_job():
    """Only the ledger knows it, whether the log has the job or not."""
    jobs = [Job(batch="boats"), Job(generation_id="gen-2", batch="foxes")]
    rows = [row(), row(inference_id="x", client_request_id=None)]
    assert [each.batch for each in reconcile(rows, jobs)] == ["boats", None, "foxes"]


def test_a_job_that_the_log_does_not_have_is_only_in_the_ledger():
    """As one that is running still."""
    (expense,) = reconcile([], [Job(submitted=NOW - timedelta(days=1), usd=None)])
    assert (expense.difference, expense.logged_usd) == ("only in the ledger", None)
    assert (expense.when, expense.inference_id) == (NOW - timedelta(days=1), "gen-1")


@pytest.mark.parametrize("reverse", [False, True])
def test_a_row_of_another_job_with_the_same_request_id_is_only_in_the_log(reverse):
    """What the ledger recorded counts once."""
    rows = [row(), row(inference_id="gen-2")]
    expenses = reconcile(rows[::-1] if reverse else rows, [Job()])
    assert sorted(each.difference for each in expenses) == ["", "only in the log"]
    assert total(expenses, lambda each: each.recorded_usd) == 0.1


def test_two_jobs_with_the_same_request_id_are_both_counted():
    """The caller may set it."""
    jobs = [Job(), Job(generation_id="gen-2")]
    expenses = reconcile([row()], jobs)
    assert [each.difference for each in expenses] == ["", "only in the ledger"]
    assert total(expenses, lambda each: each.recorded_usd) == pytest.approx(0.2)


def test_an_amount_that_is_not_known_adds_nothing():
    """The total is of what is known."""
    expenses = reconcile([row(usd=None), row(inference_id="x", client_request_id=None)], [])
    assert total(expenses, lambda each: each.logged_usd) == 0.1
    assert total([], lambda each: each.logged_usd) == 0
