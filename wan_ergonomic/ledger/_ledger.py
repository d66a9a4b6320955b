"""The ledger: one row for each paid submission, written before and after each step of it."""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wan_ergonomic._errors import ConfigurationError
from wan_ergonomic._generation import Generation

from ._job import Job, Outcome, from_row

if TYPE_CHECKING:
    import sqlite3

LEDGER_VARIABLE = "WAN_LEDGER"
# A submission is not held up longer than this by another process that writes.
LOCK_SECONDS = 1.0

# What is learnt of a job after it was begun.
_KNOWN = ("outcome", "generation_id", "status", "credits", "usd", "error", "file", "sha256")
_NEWEST = "SELECT * FROM jobs ORDER BY submitted DESC, rowid DESC"
_FIND = "SELECT * FROM jobs WHERE generation_id = ? OR client_request_id = ? ORDER BY rowid DESC"
_FORGET = "DELETE FROM jobs WHERE client_request_id = :client_request_id"
_PUT = """
INSERT INTO jobs (client_request_id, submitted, updated, base_url, body, target,
                  outcome, generation_id, status, credits, usd, error)
VALUES (:client_request_id, :now, :now, :base_url, :body, :target,
        :outcome, :generation_id, :status, :credits, :usd, :error)
ON CONFLICT (client_request_id) DO UPDATE SET
    updated = :now, outcome = :outcome, generation_id = :generation_id, status = :status,
    credits = :credits, usd = :usd, error = :error
"""
_UPDATE = """
UPDATE jobs SET
    updated = :now,
    outcome = COALESCE(:outcome, outcome),
    generation_id = COALESCE(:generation_id, generation_id),
    status = COALESCE(:status, status),
    credits = COALESCE(:credits, credits),
    usd = COALESCE(:usd, usd),
    error = COALESCE(:error, error),
    file = COALESCE(:file, file),
    sha256 = COALESCE(:sha256, sha256)
WHERE client_request_id = :of_request OR generation_id = :of_generation
"""

_log = logging.getLogger("wan_ergonomic")


def find_ledger(
    *,
    target: str | os.PathLike[str] | None = None,
    on_trouble: Callable[[str], object] | None = None,
) -> Ledger | None:
    """Return the ledger that ``WAN_LEDGER`` names, or the user's own; None if it is ``off``.

    Takes the arguments of ``Ledger``.
    """
    named = os.environ.get(LEDGER_VARIABLE, "").strip()
    if named == "off":
        return None
    return Ledger(named or None, target=target, on_trouble=on_trouble)


def _default_path() -> Path:
    if sys.platform == "win32":
        folder = os.environ.get("LOCALAPPDATA") or "~/AppData/Local"
    else:
        folder = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    return Path(folder) / "wan" / "ledger.sqlite3"


class Ledger:
    """One record for each paid submission, in a SQLite file that only its owner can read.

    It holds no API key and no signed link. Any number of threads and processes may
    use one file. It should be on a disk of this machine: SQLite cannot protect it on
    a network file system.

    Attributes:
        path: The file.
    """

    def __init__(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        target: str | os.PathLike[str] | None = None,
        on_trouble: Callable[[str], object] | None = None,
    ) -> None:
        """Name a ledger; nothing is opened or created yet.

        Args:
            path: The file; by default ``wan/ledger.sqlite3`` in the user's state folder.
            target: The file or folder that the videos of new submissions are meant for.
            on_trouble: Called with a sentence if the ledger cannot be written, which stops no
                submission; by default it is logged.

        Raises:
            ConfigurationError: There is no home folder.
        """
        try:
            self.path = Path(path or _default_path()).expanduser().absolute()
        except (OSError, RuntimeError) as error:
            raise ConfigurationError(
                f"The ledger has no folder: {error}. Name a file in {LEDGER_VARIABLE}, or set it "
                "to off. Nothing was sent."
            ) from error
        self.target = None if target is None else Path(target).absolute()
        self.on_trouble = on_trouble or _log.warning
        # SQLite is imported only by a program that has a ledger.
        from ._store import Store

        self._store = Store(self.path, seconds=LOCK_SECONDS, on_trouble=self.on_trouble)

    def __repr__(self) -> str:
        return f"Ledger({str(self.path)!r})"

    def begin(self, client_request_id: str, body: Mapping[str, Any], base_url: str) -> None:
        """Record that a submission is about to be sent.

        Raises:
            LedgerError: It cannot be written.
        """
        self._put(client_request_id, body, base_url, {"outcome": "submitting"})

    def accepted(self, generation: Generation, base_url: str) -> None:
        """Record what the response to a submission says, whether its beginning was recorded or not.

        Raises:
            LedgerError: It cannot be written.
        """
        seen = {"outcome": "accepted", **_seen(generation)}
        self._put(generation.client_request_id or "", generation.request, base_url, seen)

    def ended(
        self, client_request_id: str, outcome: Outcome, error: str, generation_id: str | None = None
    ) -> None:
        """Record that a submission was rejected or is in doubt.

        Raises:
            LedgerError: It cannot be written.
        """
        ended = {"outcome": outcome, "error": error, "generation_id": generation_id}
        self._update(ended, of_request=client_request_id)

    def seen(self, generation: Generation) -> None:
        """Record the status of a generation, if it is in this ledger.

        Raises:
            LedgerError: It cannot be written.
        """
        seen = {"outcome": "accepted", **_seen(generation)}
        self._update(seen, of_generation=generation.id)

    def saved(self, generation: Generation, file: Path, sha256: str) -> None:
        """Record the file of a video, if its generation is in this ledger.

        Raises:
            LedgerError: It cannot be written.
        """
        self._update({"file": str(file), "sha256": sha256}, of_generation=generation.id)

    def jobs(self, *, unfinished: bool = False, limit: int | None = None) -> list[Job]:
        """Return the jobs, the newest first.

        Args:
            unfinished: Only those that were accepted and may still give a video to be saved.
            limit: The most that are returned.

        Raises:
            LedgerError: The ledger cannot be read.
        """
        found = [job for job in self._rows(_NEWEST) if job.unfinished or not unfinished]
        return found[:limit]

    def find(self, known_as: str) -> Job | None:
        """Return the newest job with an id: the vendor's, or the ``X-Client-Request-Id``.

        Raises:
            LedgerError: The ledger cannot be read.
        """
        return next(iter(self._rows(_FIND, known_as, known_as)), None)

    def forget(self, job: Job) -> None:
        """Remove a job from the ledger; its video and the vendor's job stay.

        Raises:
            LedgerError: It cannot be written.
        """
        self._execute(_FORGET, {"client_request_id": job.client_request_id})

    def _rows(self, query: str, *values: object) -> list[Job]:
        now = datetime.now(UTC)

        def select(connection: sqlite3.Connection) -> list[Job]:
            return [from_row(row, now) for row in connection.execute(query, values)]

        none: list[Job] = []
        return self._store.read(select, otherwise=none)

    def _put(
        self,
        client_request_id: str,
        body: Mapping[str, Any],
        base_url: str,
        values: Mapping[str, object],
    ) -> None:
        """Write a job, whether it is there already or not."""
        row = {
            **dict.fromkeys(_KNOWN),
            "client_request_id": client_request_id,
            "now": time.time(),
            "base_url": base_url,
            "body": json.dumps(dict(body)),
            "target": self.target and str(self.target),
            **values,
        }
        self._execute(_PUT, row)

    def _update(
        self,
        values: Mapping[str, object],
        *,
        of_request: str | None = None,
        of_generation: str | None = None,
    ) -> None:
        """Write what is known of a job that is there; what is None leaves its value."""
        whose = {"of_request": of_request, "of_generation": of_generation}
        self._execute(_UPDATE, {**dict.fromkeys(_KNOWN), "now": time.time(), **whose, **values})

    def _execute(self, statement: str, values: Mapping[str, object]) -> None:
        def execute(connection: sqlite3.Connection) -> None:
            connection.execute(statement, values)

        self._store.write(execute)


def _seen(generation: Generation) -> dict[str, object]:
    """Return what a response says of a generation, as columns."""
    usage = generation.usage
    return {
        "generation_id": generation.id,
        "status": generation.status,
        "credits": usage and usage.credits,
        "usd": usage and usage.usd,
        "error": generation.error and str(generation.error),
    }
