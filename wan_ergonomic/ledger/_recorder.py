"""Writes the jobs of one client into a ledger; trouble is reported once and stops nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from wan_ergonomic._errors import LedgerError, SubmissionInDoubtError, WanError
from wan_ergonomic._generation import Generation

from ._job import Outcome
from ._ledger import Ledger


class Recorder:
    """What a client's calls report to its ledger. Every method may block."""

    def __init__(self, ledger: Ledger, base_url: str) -> None:
        self._ledger = ledger
        self._base_url = base_url
        self._reported = False

    def begin(self, client_request_id: str, body: Mapping[str, Any]) -> None:
        """Record a submission that is about to be sent."""
        self._try(lambda: self._ledger.begin(client_request_id, body, self._base_url))

    def accepted(self, generation: Generation) -> None:
        """Record a submission that was accepted."""
        self._try(lambda: self._ledger.accepted(generation, self._base_url))

    def ended(self, client_request_id: str, error: WanError) -> None:
        """Record a submission that was rejected or is in doubt."""
        doubt = isinstance(error, SubmissionInDoubtError)
        outcome: Outcome = "in doubt" if doubt else "rejected"
        # An error of a rejected submission may name the request, which is no generation.
        named = error.generation_id if doubt else None
        self._try(lambda: self._ledger.ended(client_request_id, outcome, str(error), named))

    def seen(self, generation: Generation) -> None:
        """Record a generation as it is now."""
        self._try(lambda: self._ledger.seen(generation))

    def saved(self, generation: Generation, file: Path) -> None:
        """Record the file of a video, with its hash."""
        self._try(lambda: self._ledger.saved(generation, file, _digest(file)))

    def _try(self, work: Callable[[], None]) -> None:
        try:
            work()
        except (LedgerError, OSError) as error:
            if not self._reported:
                self._reported = True
                self._ledger.on_trouble(f"{error} The job goes on without its record.")


def _digest(file: Path) -> str:
    # Slow to import.
    import hashlib

    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
