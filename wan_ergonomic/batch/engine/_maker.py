"""What is done for one row: send it once, wait for it, save its video.

Each step may be run again at any time and by any worker: what was done before is in the
batch's database.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Literal
from uuid import uuid4

from wan_ergonomic._errors import (
    AuthenticationError,
    ConnectionFailedError,
    DownloadError,
    GenerationFailedError,
    LedgerError,
    MissingKeyError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    SubmissionInDoubtError,
    UnreadableResponseError,
    WaitTimeoutError,
    WanError,
)
from wan_ergonomic._generation import UNSEEN, Generation
from wan_ergonomic.ledger import Recorder

from ..output import OutputError
from ..store import (
    SILENT_SECONDS,
    UNFINISHED,
    AlreadySentError,
    BatchRow,
    CrowdedError,
    Database,
    HeldError,
    LimitReachedError,
    Money,
    Rows,
    Submission,
    Workers,
)
from ._client import SUBMIT_SECONDS, BatchClient
from ._records import RowRecords
from ._saver import Saver
from ._threads import in_thread

# What follows a step: the next step, the same one later, or nothing.
Next = Literal["on", "later", "end"]

# A row that was refused so often fails.
_MOST_REJECTIONS = 20
# So many times in a row a video cannot be saved.
_MOST_FAILED_SAVES = 20
_LOOK_SECONDS = 1.0
# Every other row would end in the same way.
_OF_ACCOUNT = (AuthenticationError, MissingKeyError, PermissionDeniedError)
_PASSING = (ConnectionFailedError, RateLimitError, ServerError, UnreadableResponseError)


class Maker:
    """Makes the videos of rows, in one worker.

    Attributes:
        stopping: Why no further row is to be sent; "" while it is.
        active: The rows that were sent and are being finished, and those that a step works on.
    """

    def __init__(
        self,
        database: Database,
        client: BatchClient,
        saver: Saver,
        *,
        worker: str,
        also: Recorder | None = None,
        on_trouble: Callable[[str], object] = lambda _: None,
    ) -> None:
        self.rows, self.money = Rows(database), Money(database)
        self.stopping = ""
        self.active: set[int] = set()
        self._workers = Workers(database)
        self._client = client
        self._saver = saver
        self._worker = worker
        self._also = also
        self._on_trouble = on_trouble
        self._output_away = False

    async def submit(self, n: int) -> Next:
        """Send a row, unless it was sent before."""
        return await self._active(n, self._submit)

    async def wait(self, n: int) -> Next:
        """Wait until a row's video is made."""
        return await self._active(n, self._with_generation(self._wait))

    async def save(self, n: int) -> Next:
        """Save a row's video, with all that belongs to it."""
        return await self._active(n, self._with_generation(self._save))

    async def leave(self, n: int, run: int) -> None:
        """Record that a run of a row has ended."""
        await in_thread(self.rows.left, n, run)

    async def _active(self, n: int, work: Callable[[int], Awaitable[Next]]) -> Next:
        self.active.add(n)
        verdict: Next = "end"
        try:
            verdict = await work(n)
            return verdict
        finally:
            # Between two steps, too, there is something to finish.
            if verdict != "on":
                self.active.discard(n)

    async def _submit(self, n: int) -> Next:
        row, known = await in_thread(self.money.row_and_last, n)
        if row.state not in UNFINISHED:
            return "end"
        if known:
            return await self._after_another(row, known)
        if self.stopping:
            return "end"
        try:
            if await self._saver.reuse(row):
                return "end"
        except OutputError as error:
            return await self._after_output(row, error)
        return await self._send(row)

    async def _send(self, row: BatchRow) -> Next:
        request_id = f"batch-{uuid4().hex}"
        try:
            await self._client.send(row.body, request_id, self._records(row))
        except (AlreadySentError, LedgerError):
            # Another worker has begun it, or the database is away: nothing was sent.
            return "later"
        except CrowdedError:
            # It makes room for those that are in the making, and is given to the engine again.
            await asyncio.sleep(_LOOK_SECONDS)
            return "end"
        except LimitReachedError as reached:
            # What is in the making goes on, here or with another worker.
            await in_thread(self.rows.hold_waiting, str(reached))
            return "end"
        except HeldError as held:
            await in_thread(self.rows.hold, row.n, str(held))
            return "end"
        except WanError as error:
            return await self._after_rejection(row, error)
        return "on"

    async def _after_rejection(self, row: BatchRow, error: WanError) -> Next:
        """Go on after a submission that was not accepted, or whose outcome is unknown."""
        if isinstance(error, SubmissionInDoubtError):
            return "end"
        if isinstance(error, _OF_ACCOUNT):
            self.stopping = self.stopping or str(error)
            await in_thread(self.rows.hold, row.n, str(error))
            return "end"
        if isinstance(error, _PASSING) and row.sends < _MOST_REJECTIONS:
            return "later"
        await in_thread(self.rows.fail, row.n, str(error))
        return "end"

    async def _after_another(self, row: BatchRow, known: Submission) -> Next:
        """Go on with a row that was sent before: never send it again."""
        if known.generation_id:
            if row.state != "accepted":
                accepted = _generation(row, known)
                await in_thread(self.money.accepted, row.n, row.sends, accepted)
            return "on"
        began = asyncio.get_running_loop().time()
        while known.outcome == "submitting" and await self._is_alive(known.worker):
            # It is still sending, or about to tell.
            if asyncio.get_running_loop().time() - began > SUBMIT_SECONDS:
                break
            await asyncio.sleep(_LOOK_SECONDS)
            found = await in_thread(self.money.find, row.n, row.sends)
            if found is None:
                return "later"
            known = found
        if known.outcome != "submitting":
            return "later"
        reason = "the process that sent it ended before the response"
        await in_thread(self.money.in_doubt, row.n, row.sends, reason)
        return "end"

    async def _is_alive(self, worker: str) -> bool:
        return worker in await in_thread(self._workers.alive, SILENT_SECONDS)

    def _with_generation(
        self, work: Callable[[BatchRow, Generation], Awaitable[Next]]
    ) -> Callable[[int], Awaitable[Next]]:
        async def with_generation(n: int) -> Next:
            row, known = await in_thread(self.money.row_and_last, n)
            if row.state != "accepted" or known is None or known.generation_id is None:
                return "end"
            return await work(row, _generation(row, known))

        return with_generation

    async def _wait(self, row: BatchRow, generation: Generation) -> Next:
        try:
            await self._client.finish(generation, self._records(row))
        except (GenerationFailedError, NotFoundError) as error:
            await in_thread(self.rows.fail, row.n, str(error))
            return "end"
        except _OF_ACCOUNT as error:
            self.stopping = self.stopping or str(error)
            return "end"
        except (*_PASSING, WaitTimeoutError):
            # It runs on at the vendor, and asking costs nothing.
            return "later"
        except WanError as error:
            await in_thread(self.rows.fail, row.n, str(error))
            return "end"
        return "on"

    async def _save(self, row: BatchRow, generation: Generation) -> Next:
        try:
            await self._saver.save(row, generation, self._client, self._records(row))
        except OutputError as error:
            return await self._after_output(row, error)
        except (DownloadError, *_PASSING) as error:
            if self._saver.failures(row.n) < _MOST_FAILED_SAVES:
                return "later"
            await in_thread(self.rows.fail, row.n, str(error))
            return "end"
        except WanError as error:
            await in_thread(self.rows.fail, row.n, str(error))
            return "end"
        self._output_away = False
        return "on"

    async def _after_output(self, row: BatchRow, error: OutputError) -> Next:
        """Go on after an output did not take a file: the row never fails, for it is paid for."""
        if not self._output_away or (error.lasting and not self.stopping):
            self._output_away = True
            self._on_trouble(str(error))
        if error.lasting:
            self.stopping = self.stopping or str(error)
        # If the disk is full, the database cannot be written either.
        with suppress(LedgerError):
            await in_thread(self.rows.note, row.n, str(error))
        return "end" if error.lasting else "later"

    def _records(self, row: BatchRow) -> RowRecords:
        return RowRecords(
            self.money,
            row,
            worker=self._worker,
            base_url=self._client.base_url,
            also=self._also,
        )


def _generation(row: BatchRow, known: Submission) -> Generation:
    """Return what is known of a row's generation."""
    assert known.generation_id
    return Generation(
        id=known.generation_id,
        status=known.status or UNSEEN,
        usage=known.usage,
        request=row.body,
        client_request_id=known.client_request_id,
    )
