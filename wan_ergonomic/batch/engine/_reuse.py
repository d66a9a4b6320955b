"""Finds the video of the same request with the same seed, so that it is not paid for again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wan_ergonomic._files import sha256_of
from wan_ergonomic.ledger import Ledger


class Reuse:
    """The videos on this machine that a ledger knows, by their requests."""

    def __init__(self, ledger: Ledger) -> None:
        """Read a ledger.

        Raises:
            LedgerError: It cannot be read.
        """
        self._known: dict[str, tuple[Path, str | None]] = {}
        for job in reversed(ledger.jobs()):
            if job.file and job.body.get("seed") is not None:
                self._known[_text(job.body)] = job.file, job.sha256

    def find(self, body: Mapping[str, Any]) -> Path | None:
        """Return the video of a request, if it is there and unchanged."""
        file, sha256 = self._known.get(_text(body), (None, None))
        if file is None or not file.is_file():
            return None
        return file if sha256_of(file) == sha256 else None

    def remember(self, body: Mapping[str, Any], file: Path, sha256: str) -> None:
        """Add a video."""
        self._known[_text(body)] = file, sha256


def _text(body: Mapping[str, Any]) -> str:
    return json.dumps(body, sort_keys=True)
