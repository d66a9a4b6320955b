"""How many jobs run and have ended, and the account's bill, without counting all jobs each time.

A job that has ended never changes again, so only those that run are looked at.
"""

from __future__ import annotations

from .._jobs import Job, Jobs, fails
from ..account import Books, Transaction


class Totals:
    """Counts jobs and money.

    Attributes:
        completed: How many jobs have completed.
        failed: How many have failed.
        entries: The charges and refunds so far, in the order in which they were made.
        charged: The credits of all charges.
        refunded: The credits of all refunds.
    """

    def __init__(self, jobs: Jobs, books: Books) -> None:
        self.completed = self.failed = 0
        self.entries: list[Transaction] = []
        self.charged = self.refunded = 0
        self._jobs = jobs
        self._books = books
        self._known = 0
        self._running: list[Job] = []

    @property
    def running(self) -> int:
        """How many jobs run."""
        return len(self._running)

    def update(self) -> None:
        """Count what has happened since the last call."""
        accepted = self._jobs.all()[self._known :]
        self._known += len(accepted)
        for job in accepted:
            # The first is the charge, whether or not there is a refund.
            self.entries.append(next(self._books.of(job)))
            self.charged += job.credits
        running, self._running = [*self._running, *accepted], []
        for job in running:
            if self._jobs.has_ended(job):
                self._end(job)
            else:
                self._running.append(job)
        self.entries.sort(key=lambda one: (one.created, one.credits))

    def _end(self, job: Job) -> None:
        if not fails(job):
            self.completed += 1
            return
        self.failed += 1
        self.refunded += job.credits
        self.entries += list(self._books.of(job))[1:]
