"""Records the calls of one row: in the batch's database and in the user's own ledger."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from wan_ergonomic._errors import (
    LedgerError,
    SpendLimitError,
    SubmissionInDoubtError,
    WanError,
)
from wan_ergonomic._generation import Generation
from wan_ergonomic.ledger import Recorder

from ..store import BatchRow, HeldError, Money

# What a response has told is not given up because the database is away for a while.
_INSIST_SECONDS = 600.0
_PAUSE_SECONDS = 1.0

_log = logging.getLogger("wan_ergonomic")


class RowRecords:
    """Where one row's submission, status and file are recorded. Every method may block."""

    def __init__(
        self, money: Money, row: BatchRow, *, worker: str, base_url: str, also: Recorder | None
    ) -> None:
        self._money = money
        self._row = row
        self._worker = worker
        self._base_url = base_url
        self._also = also

    def begin(
        self, client_request_id: str, body: Mapping[str, Any], usd: float | None
    ) -> int | None:
        """Record that the row is about to be sent.

        Raises:
            AlreadySentError: It was begun before.
            CrowdedError: Too many rows are in the making.
            HeldError: It must not be sent now.
            LedgerError: The database failed; nothing was sent.
        """
        n, send = self._row.n, self._row.sends
        try:
            self._money.begin(
                n,
                send,
                worker=self._worker,
                client_request_id=client_request_id,
                base_url=self._base_url,
                usd=self._row.price_usd if usd is None else usd,
            )
        except LedgerError:
            # Whether it was recorded is not known; nothing was sent.
            self._insist(lambda: self._money.withdraw(n, send, client_request_id))
            raise
        if self._also is None:
            return None
        try:
            return self._also.begin(client_request_id, body, usd)
        except SpendLimitError as error:
            self._money.withdraw(n, send, client_request_id)
            raise HeldError(str(error)) from error

    def accepted(self, generation: Generation, entry: int | None) -> None:
        """Record what the response to a submission says."""
        if self._also:
            self._also.accepted(generation, entry)
        self._insist(lambda: self._money.accepted(self._row.n, self._row.sends, generation))

    def ended(self, client_request_id: str, error: WanError, entry: int | None) -> None:
        """Record a submission that was rejected or is in doubt."""
        if self._also:
            self._also.ended(client_request_id, error, entry)
        doubt = isinstance(error, SubmissionInDoubtError)
        end = self._money.in_doubt if doubt else self._money.rejected
        self._insist(lambda: end(self._row.n, self._row.sends, str(error)))

    def seen(self, generation: Generation) -> None:
        """Record a generation as it is now."""
        if self._also:
            self._also.seen(generation)
        self._insist(lambda: self._money.seen(self._row.n, self._row.sends, generation))

    def saved(self, generation: Generation, file: Path) -> None:
        """Do nothing: the row's file is recorded once it is in its place."""

    def in_place(self, generation: Generation, place: str, sha256: str) -> None:
        """Record where the row's video is, with its hash."""
        if self._also:
            self._also.in_place(generation, place, sha256)
        self._insist(lambda: self._money.saved(self._row.n, self._row.sends, sha256))

    def _insist(self, work: Callable[[], None]) -> None:
        began = time.monotonic()
        while True:
            try:
                return work()
            except LedgerError as error:
                if time.monotonic() - began > _INSIST_SECONDS:
                    _log.warning("Row %d goes on without its record. %s", self._row.n, error)
                    return None
            time.sleep(_PAUSE_SECONDS)
