"""The books: what was put on the account, charged and refunded, and when.

A charge is made when a submission is accepted, whether or not its response arrives, and is
refunded when the job fails. So the books are a pure function of the jobs and the time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from wan_ergonomic._generation import CREDITS_PER_USD, dollars

from .._jobs import Job, Jobs, fails
from ._in_play import InPlay


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """One change of the account's balance.

    Attributes:
        id: Its own id.
        type: ``TOP_UP``, ``MODEL_USAGE`` or ``REFUND``.
        created: When it was made, in seconds since 1970: a charge with the acceptance of its
            submission, a refund with the end of its job.
        recorded: When the API begins to list it: with the end of the job, and the scenario's
            delay of rows; infinite for a job that never ends.
        credits: By how much it changes the balance: below zero for a charge.
        reference_id: The id of the generation; None for a top-up.
    """

    id: str
    type: Literal["TOP_UP", "MODEL_USAGE", "REFUND"]
    created: float
    recorded: float
    credits: int
    reference_id: str | None

    @property
    def usd(self) -> float:
        """The same change in US dollars."""
        return dollars(self.credits)


class Books:
    """Returns the transactions, and what they add up to."""

    def __init__(self, *, jobs: Jobs, in_play: InPlay, clock: Callable[[], float]) -> None:
        self._jobs = jobs
        self._in_play = in_play
        self._opened = clock()

    def transactions(self) -> list[Transaction]:
        """Return the transactions so far, in the order in which they were made."""
        used = [each for job in self._jobs.all() for each in self.of(job)]
        # Of two at the same moment, the charge is the first: the total is then never too low.
        used.sort(key=lambda one: (one.created, one.credits))
        return [self.opening(), *used]

    def recorded(self) -> list[Transaction]:
        """Return the transactions that the API lists, in the order in which it recorded them."""
        delay = self._in_play.scenario.row_delay
        ended = (job for job in self._jobs.all() if self._jobs.has_ended(job, delay))
        listed = [self.opening(), *(each for job in ended for each in self.of(job))]
        listed.sort(key=lambda one: one.recorded)
        return listed

    def charged(self) -> list[int]:
        """Return the credits charged and not refunded: 0, then after each charge and refund."""
        used = (one for one in self.transactions() if one.type != "TOP_UP")
        return [*accumulate((-one.credits for one in used), initial=0)]

    def opening(self) -> Transaction:
        """Return the top-up that the account began with."""
        return Transaction(
            id="top-up-1",
            type="TOP_UP",
            created=self._opened,
            recorded=self._opened,
            credits=round(self._in_play.scenario.opening_usd * CREDITS_PER_USD),
            reference_id=None,
        )

    def of(self, job: Job) -> Iterator[Transaction]:
        """Yield the charge for a job and, once it has failed, its refund."""
        recorded = self._jobs.end_of(job, self._in_play.scenario.row_delay)
        yield Transaction(
            id=f"usage-{job.name}",
            type="MODEL_USAGE",
            created=job.accepted_at,
            recorded=recorded,
            credits=-job.credits,
            reference_id=job.id,
        )
        if fails(job) and self._jobs.has_ended(job):
            yield Transaction(
                id=f"refund-{job.name}",
                type="REFUND",
                created=self._jobs.end_of(job),
                recorded=recorded,
                credits=job.credits,
                reference_id=job.id,
            )
