"""What was paid, by the account's request log and by the ledger, side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from ._log import LoggedRequest

Difference = Literal[
    "only in the log",
    "only in the ledger",
    "charged, failed here",
    "charged, in doubt here",
    "failed, charged here",
    "refunded",
    "amounts differ",
    "",
]
# Amounts that differ by less are the same.
_CENT_OF_A_CENT = 0.0001


class PaidJob(Protocol):
    """A job of the ledger, as far as it is compared."""

    @property
    def client_request_id(self) -> str:
        """The id that it was sent with."""

    @property
    def generation_id(self) -> str | None:
        """The vendor's id."""

    @property
    def submitted(self) -> datetime:
        """When it was sent."""

    @property
    def usd(self) -> float | None:
        """What the API said that it cost."""

    @property
    def failed(self) -> bool:
        """Whether it ended without a video."""

    @property
    def outcome(self) -> str:
        """Whether the API accepted it, as far as is known."""

    @property
    def model(self) -> str:
        """The model."""

    @property
    def batch(self) -> str | None:
        """The folder or the address of its batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expense:
    """One paid request, as the log and the ledger have it.

    Attributes:
        when: When it was made; None if neither says.
        model: The model.
        inference_id: The vendor's id.
        client_request_id: The id that it was sent with.
        logged_usd: What it cost by the log; None if it is not there.
        recorded_usd: What it cost by the ledger; None if it is not there.
        difference: Where they do not agree; "" if they do.
        batch: The folder or the address of its batch, by the ledger; None if it is part of none.
    """

    when: datetime | None
    model: str
    inference_id: str | None
    client_request_id: str | None
    logged_usd: float | None
    recorded_usd: float | None
    difference: Difference = ""
    batch: str | None = None


def reconcile(rows: Iterable[LoggedRequest], jobs: Sequence[PaidJob]) -> list[Expense]:
    """Match the rows of the log with the jobs of the ledger, by either of their ids."""
    left = {id(job): job for job in jobs}
    by_generation = {job.generation_id: job for job in jobs if job.generation_id}
    by_request = {job.client_request_id: job for job in jobs}
    nameless = {job.client_request_id: job for job in jobs if not job.generation_id}
    expenses = []
    for row in rows:
        # A caller may give one request id to several submissions; a generation has one.
        others = nameless if row.inference_id else by_request
        job = by_generation.get(row.inference_id or "") or others.get(row.client_request_id or "")
        expenses.append(_matched(row, left.pop(id(job), None)))
    expenses += [
        Expense(
            when=job.submitted,
            model=job.model,
            inference_id=job.generation_id,
            client_request_id=job.client_request_id,
            logged_usd=None,
            recorded_usd=job.usd,
            difference="only in the ledger",
            batch=job.batch,
        )
        for job in left.values()
    ]
    return expenses


def total(expenses: Iterable[Expense], of: Callable[[Expense], float | None]) -> float:
    """Return the sum of what is known."""
    return sum(of(each) or 0.0 for each in expenses)


def _difference(row: LoggedRequest, job: PaidJob) -> Difference:
    logged, recorded = row.usd or 0.0, job.usd or 0.0
    charged = logged > _CENT_OF_A_CENT
    if job.failed and charged:
        return "charged, failed here"
    if job.outcome == "in doubt" and charged:
        return "charged, in doubt here"
    if row.failed and not job.failed:
        return "failed, charged here"
    if row.failed and recorded > _CENT_OF_A_CENT:
        return "refunded"
    if row.usd is not None and job.usd is not None and abs(logged - recorded) > _CENT_OF_A_CENT:
        return "amounts differ"
    return ""


def _matched(row: LoggedRequest, job: PaidJob | None) -> Expense:
    return Expense(
        when=row.created,
        model=row.model,
        inference_id=row.inference_id,
        client_request_id=job.client_request_id if job else row.client_request_id,
        logged_usd=row.usd,
        recorded_usd=job.usd if job else None,
        difference=_difference(row, job) if job else "only in the log",
        batch=job.batch if job else None,
    )
