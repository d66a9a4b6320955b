"""The ledger: one row for each paid submission, written before and after each step of it."""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wan_ergonomic._errors import ConfigurationError, LedgerError
from wan_ergonomic._generation import CREDITS_PER_USD, Generation

if TYPE_CHECKING:
    import sqlite3

    from ._cap import Cap
    from ._job import Job, Outcome

LEDGER_VARIABLE = "WAN_LEDGER"
# A submission is not held up longer than this by another process that writes.
LOCK_SECONDS = 1.0

# A cap needs to know what others have reserved, and what came of a submission is told only once.
# These wait longer.
PAID_LOCK_SECONDS = 30.0

# What is learnt of a job after it was begun.
_KNOWN = (
    *("outcome", "generation_id", "status", "reserved_usd", "credits", "usd", "error"),
    *("file", "sha256"),
)
_NEWEST = "SELECT * FROM jobs ORDER BY submitted DESC, entry DESC"
_FIND = "SELECT * FROM jobs WHERE generation_id = ? OR client_request_id = ? ORDER BY entry DESC"
_OF_API = "SELECT * FROM jobs WHERE base_url = ? ORDER BY submitted DESC, entry DESC"
_SINCE = """
SELECT * FROM jobs WHERE base_url = ? AND submitted >= ? AND outcome != 'rejected'
ORDER BY submitted DESC, entry DESC
"""
_FORGET = "DELETE FROM jobs WHERE entry = :entry"
_INSERT = """
INSERT INTO jobs (client_request_id, submitted, updated, base_url, body, target, reserved_usd,
                  batch, outcome, generation_id, status, credits, usd, error)
VALUES (:client_request_id, :now, :now, :base_url, :body, :target, :reserved_usd, :batch,
        :outcome, :generation_id, :status, :credits, :usd, :error)
"""
# Several submissions can carry one id of the caller's: the newest that may have been accepted.
_LOST = """
SELECT entry FROM jobs WHERE client_request_id = :of_request AND generation_id IS NULL
ORDER BY outcome = 'rejected', entry DESC LIMIT 1
"""
# The names in this statement are our own.
_UPDATE = f"""
UPDATE jobs SET
    updated = :now,
    ended = COALESCE(ended, CASE WHEN :has_ended THEN :now END),
    {", ".join(f"{name} = COALESCE(:{name}, {name})" for name in _KNOWN)}
WHERE (entry = :entry AND COALESCE(:of_request, '') IN ('', client_request_id))
   OR (:entry IS NULL AND generation_id = :of_generation)
   OR (:entry IS NULL AND entry = ({_LOST})
       AND NOT EXISTS (SELECT 1 FROM jobs WHERE generation_id = :of_generation))
"""  # noqa: S608  # nosec B608
# A job whose cost is not known, or is said to be nothing, counts with what was reserved for it, or
# with the price that is asked for now.
_SPENT = f"""
SELECT COALESCE(SUM(COALESCE(
    CASE WHEN usd > 0 THEN usd WHEN credits > 0 THEN credits / {CREDITS_PER_USD}.0 END,
    reserved_usd, :price)), 0)
FROM jobs WHERE base_url = :base_url AND submitted >= :since AND outcome != 'rejected'
"""  # noqa: S608  # nosec B608
_KEPT = "SELECT text FROM kept WHERE name = ?"
_KEEP = "INSERT INTO kept VALUES (:name, :text) ON CONFLICT (name) DO UPDATE SET text = :text"
# So many of the last jobs are read for what they cost and how long they took.
_RECENT = 500

_log = logging.getLogger("wan_ergonomic")


def find_ledger(
    *,
    target: str | os.PathLike[str] | None = None,
    on_trouble: Callable[[str], object] | None = None,
    patience: float = LOCK_SECONDS,
) -> Ledger | None:
    """Return the ledger that ``WAN_LEDGER`` names, or the user's own; None if it is ``off``.

    Takes the arguments of ``Ledger``.
    """
    named = os.environ.get(LEDGER_VARIABLE, "").strip()
    if named == "off":
        return None
    return Ledger(named or None, target=target, on_trouble=on_trouble, patience=patience)


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
        patience: float = LOCK_SECONDS,
    ) -> None:
        """Name a ledger; nothing is opened or created yet.

        Args:
            path: The file; by default ``wan/ledger.sqlite3`` in the user's state folder.
            target: The file or folder that the videos of new submissions are meant for.
            on_trouble: Called with a sentence if the ledger cannot be written, which stops no
                submission; by default it is logged.
            patience: Seconds that a submission may be held up by others that write.

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
        self._reported = False
        # SQLite is imported only by a program that has a ledger.
        from ._store import Store

        self._store = Store(self.path, seconds=patience, on_trouble=self.on_trouble)

    def __repr__(self) -> str:
        return f"Ledger({str(self.path)!r})"

    def begin(
        self,
        client_request_id: str,
        body: Mapping[str, Any],
        base_url: str,
        *,
        reserved_usd: float | None = None,
        cap: Cap | None = None,
        batch: str | None = None,
    ) -> int:
        """Record that a submission is about to be sent; return its entry.

        Args:
            client_request_id: The ``X-Client-Request-Id`` that it is sent with.
            body: The exact body.
            base_url: The API that it is sent to.
            reserved_usd: What it is going to cost, as far as that is known.
            cap: What all submissions to that API may cost, with this one.
            batch: The folder or the address of the batch that it is part of.

        Raises:
            LedgerError: It cannot be written, or under a cap was broken since the cap's time began.
            SpendLimitError: It would cost more than the cap leaves.
        """
        row = self._row(client_request_id, body, base_url, {"outcome": "submitting"})
        row |= {"reserved_usd": reserved_usd, "batch": batch}

        def begin(connection: sqlite3.Connection) -> int:
            if cap:
                self._check_whole(cap.seconds)
                cap.check(_spent(connection, base_url, cap.seconds, reserved_usd), reserved_usd)
            return connection.execute(_INSERT, row).lastrowid or 0

        return self._store.write(begin, seconds=PAID_LOCK_SECONDS if cap else None)

    def accepted(
        self,
        generation: Generation,
        base_url: str,
        entry: int | None = None,
        batch: str | None = None,
    ) -> None:
        """Record what the response to a submission says, whether its beginning was recorded or not.

        Raises:
            LedgerError: It cannot be written.
        """
        seen = {"outcome": "accepted", **seen_in(generation)}
        request_id = generation.client_request_id or ""
        update = self._changes(
            seen, entry=entry, of_request=request_id, of_generation=generation.id
        )
        insert = {**self._row(request_id, generation.request, base_url, seen), "batch": batch}

        def accept(connection: sqlite3.Connection) -> None:
            if not connection.execute(_UPDATE, update).rowcount:
                connection.execute(_INSERT, insert)

        self._store.write(accept, seconds=_longer_if(entry))

    def ended(
        self,
        client_request_id: str,
        outcome: Outcome,
        error: str,
        generation_id: str | None = None,
        entry: int | None = None,
    ) -> None:
        """Record that a submission was rejected or is in doubt.

        Raises:
            LedgerError: It cannot be written.
        """
        ended = {"outcome": outcome, "error": error, "generation_id": generation_id}
        changes = self._changes(ended, entry=entry, of_request=client_request_id)
        self._execute(_UPDATE, changes, seconds=_longer_if(entry))

    def seen(self, generation: Generation) -> None:
        """Record the status of a generation, if it is in this ledger.

        Raises:
            LedgerError: It cannot be written.
        """
        seen = {"outcome": "accepted", **seen_in(generation)}
        self._update(seen, of_generation=generation.id)

    def saved(self, generation: Generation, place: Path | str, sha256: str) -> None:
        """Record the file of a video, or its address, if its generation is in this ledger.

        Raises:
            LedgerError: It cannot be written.
        """
        self._update({"file": str(place), "sha256": sha256}, of_generation=generation.id)

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
        self._execute(_FORGET, {"entry": job.entry})

    def recent(self, base_url: str) -> list[Job]:
        """Return the last jobs of one API, the newest first.

        Raises:
            LedgerError: The ledger cannot be read.
        """
        return self._rows(f"{_OF_API} LIMIT {_RECENT}", base_url)

    def since(self, moment: datetime, base_url: str) -> list[Job]:
        """Return the jobs of one API that were not rejected, from a moment on, the newest first.

        Raises:
            LedgerError: The ledger cannot be read.
        """
        return self._rows(_SINCE, base_url, moment.timestamp())

    def spent(self, base_url: str, seconds: float) -> float:
        """Return the US dollars that were charged and reserved in the last ``seconds`` seconds.

        Raises:
            LedgerError: The ledger cannot be read.
        """
        return self._store.read(lambda each: _spent(each, base_url, seconds, None), otherwise=0.0)

    def kept(self, name: str) -> str | None:
        """Return the text that is kept under a name.

        Raises:
            LedgerError: The ledger cannot be read.
        """

        def select(connection: sqlite3.Connection) -> str | None:
            row = connection.execute(_KEPT, (name,)).fetchone()
            return str(row[0]) if row else None

        return self._store.read(select, otherwise=None)

    def keep(self, name: str, text: str) -> None:
        """Keep a text under a name.

        Raises:
            LedgerError: It cannot be written.
        """
        self._execute(_KEEP, {"name": name, "text": text})

    def report_once(self, trouble: str) -> None:
        """Report that the ledger cannot be used, unless that was reported before."""
        if not self._reported:
            self._reported = True
            self.on_trouble(trouble)

    def _check_whole(self, seconds: float) -> None:
        lost = self._store.set_aside_since(datetime.now(UTC) - timedelta(seconds=seconds))
        if lost:
            raise LedgerError(
                f"The ledger {self.path} was broken, so what was spent before is not known. It is "
                f"kept as {lost.name}. To count from nothing, move that file to another folder."
            )

    def _rows(self, query: str, *values: object) -> list[Job]:
        now = datetime.now(UTC)

        # Loaded by the first look into the ledger.
        from ._job import from_row

        def select(connection: sqlite3.Connection) -> list[Job]:
            return [from_row(row, now) for row in connection.execute(query, values)]

        none: list[Job] = []
        return self._store.read(select, otherwise=none)

    def _row(
        self,
        client_request_id: str,
        body: Mapping[str, Any],
        base_url: str,
        values: Mapping[str, object],
    ) -> dict[str, object]:
        """Return the values of a new row."""
        return {
            **dict.fromkeys(_KNOWN),
            "client_request_id": client_request_id,
            "now": time.time(),
            "base_url": base_url,
            "body": json.dumps(dict(body)),
            "target": self.target and str(self.target),
            "batch": None,
            **values,
        }

    def _changes(
        self,
        values: Mapping[str, object],
        *,
        entry: int | None = None,
        of_request: str | None = None,
        of_generation: str | None = None,
    ) -> dict[str, object]:
        """Return the values of a job that is there already; what is None leaves its value.

        A job without an entry is found by the id of its generation or, if no job has that
        yet, by the id of its request.
        """
        whose = {"entry": entry, "of_request": of_request, "of_generation": of_generation}
        return {**dict.fromkeys(_KNOWN), "now": time.time(), "has_ended": 0, **whose, **values}

    def _update(self, values: Mapping[str, object], **whose: Any) -> None:
        self._execute(_UPDATE, self._changes(values, **whose))

    def _execute(
        self, statement: str, values: Mapping[str, object], seconds: float | None = None
    ) -> None:
        def execute(connection: sqlite3.Connection) -> None:
            connection.execute(statement, values)

        self._store.write(execute, seconds=seconds)


def _longer_if(entry: int | None) -> float | None:
    """Return how long to wait for others; if the beginning could not be written, no longer."""
    return None if entry is None else PAID_LOCK_SECONDS


def _spent(
    connection: sqlite3.Connection, base_url: str, seconds: float, price: float | None
) -> float:
    values = {"base_url": base_url, "since": time.time() - seconds, "price": price}
    (spent,) = connection.execute(_SPENT, values).fetchone()
    return float(spent)


def seen_in(generation: Generation) -> dict[str, object]:
    """Return what a response says of a generation, as columns."""
    from ._cap import was_free

    usage = generation.usage
    return {
        "generation_id": generation.id,
        "status": generation.status,
        "credits": usage and usage.credits,
        "usd": usage and usage.usd,
        "reserved_usd": 0.0 if was_free(generation) else None,
        "error": generation.error and str(generation.error),
        "has_ended": int(generation.completed or generation.failed),
    }
