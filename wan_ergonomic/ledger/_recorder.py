"""Writes the jobs of one client into a ledger; trouble stops nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from wan_ergonomic._errors import LedgerError, SpendLimitError, SubmissionInDoubtError, WanError
from wan_ergonomic._files import sha256_of
from wan_ergonomic._generation import Generation

from ._cap import Cap
from ._job import Job, Outcome
from ._ledger import Ledger

T = TypeVar("T")


class Recorder:
    """What a client's calls report to its ledger. Every method may block."""

    def __init__(
        self, ledger: Ledger, base_url: str, cap: Cap | None = None, batch: str | None = None
    ) -> None:
        self._ledger = ledger
        self._batch = batch
        self._base_url = base_url
        self._cap = cap

    def begin(
        self, client_request_id: str, body: Mapping[str, Any], usd: float | None
    ) -> int | None:
        """Record a submission that is about to be sent, and reserve what it costs.

        Raises:
            SpendLimitError: It would cost more than the cap leaves, or that cannot be told.
        """

        def begin() -> int:
            return self._ledger.begin(
                client_request_id,
                body,
                self._base_url,
                reserved_usd=usd,
                cap=self._cap,
                batch=self._batch,
            )

        if self._cap is None:
            return self._try(begin, otherwise=None)
        try:
            return begin()
        except (LedgerError, OSError) as error:
            raise SpendLimitError(
                f"A cap on spending cannot be kept without the ledger. {error}",
                max_usd=self._cap.usd,
                price_usd=usd,
            ) from error

    def accepted(self, generation: Generation, entry: int | None) -> None:
        """Record a submission that was accepted."""

        def accept() -> None:
            self._ledger.accepted(generation, self._base_url, entry, self._batch)

        self._try(accept, otherwise=None)

    def ended(self, client_request_id: str, error: WanError, entry: int | None) -> None:
        """Record a submission that was rejected or is in doubt."""
        doubt = isinstance(error, SubmissionInDoubtError)
        outcome: Outcome = "in doubt" if doubt else "rejected"
        # An error of a rejected submission may name the request, which is no generation.
        named = error.generation_id if doubt else None
        self._try(
            lambda: self._ledger.ended(client_request_id, outcome, str(error), named, entry),
            otherwise=None,
        )

    def find(self, known_as: str) -> Job | None:
        """Return the newest job with an id: the vendor's, or the ``X-Client-Request-Id``."""
        return self._try(lambda: self._ledger.find(known_as), otherwise=None)

    def charges(self) -> list[Job]:
        """Return the last jobs of this API, the newest first."""
        none: list[Job] = []
        return self._try(lambda: self._ledger.recent(self._base_url), otherwise=none)

    def kept(self, name: str) -> str | None:
        """Return the text that is kept under a name."""
        return self._try(lambda: self._ledger.kept(name), otherwise=None)

    def keep(self, name: str, text: str) -> None:
        """Keep a text under a name."""
        self._try(lambda: self._ledger.keep(name, text), otherwise=None)

    def seen(self, generation: Generation) -> None:
        """Record a generation as it is now."""
        self._try(lambda: self._ledger.seen(generation), otherwise=None)

    def saved(self, generation: Generation, file: Path) -> None:
        """Record the file of a video, with its hash."""
        self._try(lambda: self._ledger.saved(generation, file, sha256_of(file)), otherwise=None)

    def in_place(self, generation: Generation, place: str, sha256: str) -> None:
        """Record the path or the address of a video whose hash is known."""
        self._try(lambda: self._ledger.saved(generation, place, sha256), otherwise=None)

    def _try(self, work: Callable[[], T], *, otherwise: T) -> T:
        try:
            return work()
        except (LedgerError, OSError) as error:
            self._ledger.report_once(f"{error} This goes on without it.")
            return otherwise
