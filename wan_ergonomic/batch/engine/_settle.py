"""Looks for the submissions in doubt in the account's log, patiently, all of them at once."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from wan_ergonomic._errors import (
    GenerationFailedError,
    LedgerError,
    SubmissionNotFoundError,
    WanError,
)
from wan_ergonomic.account import LONGEST_JOB

from ..store import Money, Rows, Submission
from ._client import BatchClient
from ._threads import in_thread

# The log is read so often; a video appears in it once its job has ended.
_PAUSE_SECONDS = 10.0
# What the log has is confirmed by a poll; what it cannot have any more is looked for once.
_LOOK_SECONDS = 60.0
_AT_ONCE = 4
# A batch with nothing else to do waits so long for a log that is away.
_MOST_AWAY_SECONDS = 600.0
# A clock may be ahead of the log's.
_CLOCKS_APART = timedelta(minutes=10)


class Settler:
    """Settles what is in doubt while a batch runs.

    Attributes:
        not_found: Submissions that the log does not have, by (row, send): only a person can say
            what is to become of them.
    """

    def __init__(self, rows: Rows, money: Money, client: BatchClient | None) -> None:
        self.not_found: set[tuple[int, int]] = set()
        self._rows = rows
        self._money = money
        self._client = client
        self._trouble: WanError | None = None
        self._away_since: float | None = None

    async def run(self) -> None:
        """Look for each submission in doubt, until this is cancelled."""
        while self._client:
            # Without the database nothing is known to be in doubt.
            with suppress(LedgerError):
                if doubtful := await self._doubtful():
                    await self._look(doubtful, self._client)
            await asyncio.sleep(_PAUSE_SECONDS)

    async def is_looking(self) -> bool:
        """Return whether a submission is in doubt that may be found."""
        doubtful = await self._doubtful() if self._client else []
        since = self._away_since
        if since is None or time.monotonic() - since < _MOST_AWAY_SECONDS:
            return bool(doubtful)
        for each in doubtful:
            self.not_found.add((each.n, each.send))
            reason = f"the account's log cannot be read: {self._trouble}"
            await in_thread(self._money.note, each.n, each.send, reason)
        return False

    async def _doubtful(self) -> list[Submission]:
        found = await in_thread(self._money.doubtful)
        return [each for each in found if (each.n, each.send) not in self.not_found]

    async def _look(self, doubtful: list[Submission], client: BatchClient) -> None:
        """Read the log once, and settle what it has and what it cannot have any more."""
        oldest = datetime.fromtimestamp(min(each.submitted for each in doubtful), UTC)
        try:
            logged = await client.usage(since=oldest - _CLOCKS_APART)
        except WanError as error:
            # The log is away; the next round asks again.
            self._trouble = error
            self._away_since = self._away_since or time.monotonic()
            return
        self._away_since = None
        known = {row.client_request_id for row in logged}
        ended = datetime.now(UTC).timestamp() - LONGEST_JOB.total_seconds()
        slots = asyncio.Semaphore(_AT_ONCE)
        due = (
            each for each in doubtful if each.client_request_id in known or each.submitted < ended
        )
        await asyncio.gather(*(self._settle(each, client, slots) for each in due))

    async def _settle(
        self, submission: Submission, client: BatchClient, slots: asyncio.Semaphore
    ) -> None:
        n, send = submission.n, submission.send
        row = await in_thread(self._rows.get, n)
        try:
            async with slots:
                found = await client.look_for(submission, row.body, _LOOK_SECONDS)
        except GenerationFailedError as error:
            await in_thread(self._money.give_up, n, send, str(error), charged=False)
        except SubmissionNotFoundError as error:
            self.not_found.add((n, send))
            await in_thread(self._money.note, n, send, str(error))
        except WanError:
            # The next round asks again.
            return
        else:
            await in_thread(self._money.accepted, n, send, found)
