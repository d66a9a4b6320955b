"""Looks for the submissions in doubt in the account's log, patiently, a few at a time."""

from __future__ import annotations

import asyncio

from wan_ergonomic._errors import (
    GenerationFailedError,
    SubmissionNotFoundError,
    WanError,
)

from ..store import Money, Rows, Submission
from ._client import BatchClient
from ._threads import in_thread

# A log row appears when its job has ended.
_SECONDS = 3600.0
_AT_ONCE = 4
_PAUSE_SECONDS = 5.0


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
        self._looking: dict[tuple[int, int], asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Look for each submission in doubt, until this is cancelled."""
        try:
            while True:
                await self.look()
                await asyncio.sleep(_PAUSE_SECONDS)
        finally:
            for task in self._looking.values():
                task.cancel()

    async def look(self) -> bool:
        """Begin to look for what nobody looks for yet; return whether something is looked for."""
        if self._client is None:
            return False
        doubtful = await in_thread(self._money.doubtful)
        self._looking = {key: task for key, task in self._looking.items() if not task.done()}
        for each in doubtful:
            key = each.n, each.send
            free = len(self._looking) < _AT_ONCE
            if free and key not in self._looking and key not in self.not_found:
                self._looking[key] = asyncio.create_task(self._settle(each, self._client))
        return any((each.n, each.send) not in self.not_found for each in doubtful)

    async def _settle(self, submission: Submission, client: BatchClient) -> None:
        n, send = submission.n, submission.send
        row = await in_thread(self._rows.get, n)
        try:
            found = await client.look_for(submission, row.body, _SECONDS)
        except GenerationFailedError as error:
            await in_thread(self._money.give_up, n, send, str(error), charged=False)
        except SubmissionNotFoundError as error:
            self.not_found.add((n, send))
            await in_thread(self._money.note, n, send, str(error))
        except WanError:
            # The log is away; the next round asks again.
            await asyncio.sleep(_PAUSE_SECONDS)
        else:
            await in_thread(self._money.accepted, n, send, found)
