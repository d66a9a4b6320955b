"""The money of a batch: each submission is recorded before it is sent, and only once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, select, update

from wan_ergonomic._generation import CREDITS_PER_USD, Generation, Usage

from ._database import Database
from ._rows import change, get
from ._tables import BATCH, ROWS, SUBMISSIONS


class AlreadySentError(Exception):
    """The row may have been sent before, and must not be sent again."""


class HeldError(Exception):
    """The row must not be sent now; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One paid submission of a row.

    Attributes:
        n: The row's number.
        send: How often the row was sent before.
        worker: Who sent it.
        client_request_id: The ``X-Client-Request-Id`` that it was sent with.
        base_url: The API that it was sent to.
        outcome: Whether it was accepted: ``submitting``, ``accepted``, ``rejected``, ``in doubt``.
        reserved_usd: What it was expected to cost.
        generation_id: The vendor's id.
        status: The vendor's own word, as last seen.
        usage: What the API reports that it cost.
        error: Why it was rejected, is in doubt or has failed.
        submitted: When it was begun, in seconds since 1970.
        ended: When its end was seen, likewise.
        sha256: That of the video's file.
    """

    n: int
    send: int
    worker: str
    client_request_id: str
    base_url: str
    outcome: str
    reserved_usd: float | None
    generation_id: str | None
    status: str | None
    usage: Usage | None
    error: str | None
    submitted: float
    ended: float | None
    sha256: str | None


@dataclass(frozen=True, slots=True)
class Limits:
    """What a batch may spend.

    Attributes:
        usd: US dollars, charged and reserved; None is no limit.
        videos: Submissions that were or may have been accepted; None is no limit.
    """

    usd: float | None = None
    videos: int | None = None


class Money:
    """Fences and records the submissions of a batch. Every method may block.

    Each method raises ``LedgerError`` if the database fails.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(
        self,
        n: int,
        *,
        worker: str,
        client_request_id: str,
        base_url: str,
        usd: float | None,
    ) -> None:
        """Record that a row is about to be sent, and reserve what it costs.

        Raises:
            AlreadySentError: It was begun before.
            HeldError: It would exceed a limit, or a person has stopped it.
        """
        with self._database.transaction(alone=True) as connection:
            row = get(connection, n)
            if row.state not in {"waiting", "submitting"}:
                raise HeldError(f"the row is {row.state}")
            if find(connection, n, row.sends):
                raise AlreadySentError
            _check(connection, usd)
            values = {
                "n": n,
                "send": row.sends,
                "worker": worker,
                "client_request_id": client_request_id,
                "base_url": base_url,
                "outcome": "submitting",
                "reserved_usd": usd,
                "submitted": self._database.now(connection),
            }
            # The transactions exclude each other; should they not, this fails.
            connection.execute(SUBMISSIONS.insert().values(values))
            change(connection, {"state": "submitting", "reason": None}, ROWS.c.n == n)

    def withdraw(self, n: int, send: int) -> None:
        """Take back what ``begin`` recorded: nothing was sent."""
        with self._database.transaction(alone=True) as connection:
            wanted = SUBMISSIONS.c.n == n, SUBMISSIONS.c.send == send
            connection.execute(delete(SUBMISSIONS).where(*wanted))
            change(connection, {"state": "waiting"}, ROWS.c.n == n, ROWS.c.state == "submitting")

    def accepted(self, n: int, send: int, generation: Generation) -> None:
        """Record what the response to a submission says, or what was found of it later."""
        with self._database.transaction(alone=True) as connection:
            self._settle(connection, n, send, {"outcome": "accepted", **_seen(generation)})
            row = get(connection, n)
            if row.sends == send and row.state in {"submitting", "in doubt", "waiting"}:
                change(connection, {"state": "accepted", "reason": None}, ROWS.c.n == n)

    def rejected(self, n: int, send: int, error: str) -> None:
        """Record that nothing was accepted or charged; the row may be sent again."""
        with self._database.transaction(alone=True) as connection:
            self._settle(connection, n, send, {"outcome": "rejected", "error": error})
            again = {"state": "waiting", "reason": error, "sends": send + 1}
            change(connection, again, ROWS.c.n == n, ROWS.c.sends == send)

    def in_doubt(self, n: int, send: int, error: str) -> None:
        """Record that a submission may have been accepted, and keep what is reserved for it."""
        with self._database.transaction(alone=True) as connection:
            known = find(connection, n, send)
            if known is None or known.outcome != "submitting":
                # Its worker has told meanwhile.
                return
            self._settle(connection, n, send, {"outcome": "in doubt", "error": error})
            doubt = {"state": "in doubt", "reason": error}
            change(connection, doubt, ROWS.c.n == n, ROWS.c.state == "submitting")

    def seen(self, n: int, send: int, generation: Generation) -> None:
        """Record a generation as it is now."""
        with self._database.transaction() as connection:
            self._settle(connection, n, send, _seen(generation))

    def saved(self, n: int, send: int, sha256: str) -> None:
        """Record the hash of the video's file."""
        with self._database.transaction() as connection:
            self._settle(connection, n, send, {"sha256": sha256})

    def find(self, n: int, send: int) -> Submission | None:
        """Return a submission of a row, or None."""
        with self._database.transaction() as connection:
            return find(connection, n, send)

    def of_row(self, n: int) -> list[Submission]:
        """Return all submissions of a row, the oldest first."""
        query = select(SUBMISSIONS).where(SUBMISSIONS.c.n == n).order_by(SUBMISSIONS.c.send)
        with self._database.transaction() as connection:
            return [_submission(row) for row in connection.execute(query)]

    def doubtful(self) -> list[Submission]:
        """Return the submissions in doubt, the oldest first."""
        query = select(SUBMISSIONS).where(SUBMISSIONS.c.outcome == "in doubt")
        with self._database.transaction() as connection:
            found = connection.execute(query.order_by(SUBMISSIONS.c.submitted))
            return [_submission(row) for row in found]

    def give_up(
        self, n: int, send: int, reason: str, *, charged: bool = True, again: bool = False
    ) -> None:
        """End a doubt by a person's word, or because the job is known to have failed.

        Args:
            n: The row's number.
            send: How often it was sent before.
            reason: What is known.
            charged: Whether it may have been charged, so that its price stays reserved.
            again: Whether the row may be sent again; otherwise it has failed.
        """
        outcome = "given up" if charged else "rejected"
        with self._database.transaction(alone=True) as connection:
            # What a person allows to be sent again may have been charged: it stays counted.
            self._settle(connection, n, send, {"outcome": outcome, "error": reason})
            state = {"state": "waiting", "sends": send + 1} if again else {"state": "failed"}
            wanted = ROWS.c.n == n, ROWS.c.state == "in doubt", ROWS.c.sends == send
            change(connection, {"reason": reason, **state}, *wanted)

    def note(self, n: int, send: int, reason: str) -> None:
        """Record what is known of a submission in doubt."""
        with self._database.transaction(alone=True) as connection:
            self._settle(connection, n, send, {"error": reason})
            change(connection, {"reason": reason}, ROWS.c.n == n, ROWS.c.state == "in doubt")

    def spent(self) -> tuple[float, int]:
        """Return the US dollars charged and reserved, and how many videos that is for."""
        with self._database.transaction() as connection:
            return spent(connection)

    def _settle(self, connection: Connection, n: int, send: int, values: Mapping[str, Any]) -> None:
        wanted = SUBMISSIONS.c.n == n, SUBMISSIONS.c.send == send
        ended = dict(values)
        if ended.pop("has_ended", False):
            ended["ended"] = func.coalesce(SUBMISSIONS.c.ended, self._database.now(connection))
        connection.execute(update(SUBMISSIONS).where(*wanted).values(ended))


def find(connection: Connection, n: int, send: int) -> Submission | None:
    """Return a submission of a row, or None."""
    wanted = SUBMISSIONS.c.n == n, SUBMISSIONS.c.send == send
    found = connection.execute(select(SUBMISSIONS).where(*wanted)).first()
    return _submission(found) if found else None


def spent(connection: Connection) -> tuple[float, int]:
    """Return the US dollars charged and reserved, and how many videos that is for."""
    row = connection.execute(_SPENT).one()
    return float(row[0]), int(row[1])


def _check(connection: Connection, usd: float | None) -> None:
    """Allow one more submission.

    Raises:
        HeldError: It would exceed a limit of the batch.
    """
    about = connection.execute(select(BATCH.c.about)).scalar_one()
    limits = Limits(usd=about.get("max_usd"), videos=about.get("max_videos"))
    if limits.usd is None and limits.videos is None:
        return
    so_far, videos = spent(connection)
    if limits.videos is not None and videos >= limits.videos:
        raise HeldError(f"all {limits.videos} videos of the limit are made or in the making")
    if limits.usd is None:
        return
    if usd is None:
        raise HeldError("what it costs is not known, so a limit on spending cannot be kept")
    # Sums of floating-point numbers are not exact.
    if so_far + usd > limits.usd + 1e-9:
        raise HeldError(
            f"it costs ${usd:.2f}, but of ${limits.usd:.2f} allowed ${so_far:.2f} are charged or "
            "reserved"
        )


def _cost() -> Select[Any, *tuple[Any, ...]]:
    column = SUBMISSIONS.c
    each = func.coalesce(column.usd, column.credits / float(CREDITS_PER_USD), column.reserved_usd)
    counted = select(func.coalesce(func.sum(each), 0.0), func.count())
    return counted.where(column.outcome != "rejected")


_SPENT = _cost()


def _seen(generation: Generation) -> dict[str, Any]:
    """Return what a response says of a generation, as columns."""
    usage = generation.usage
    known = {
        "generation_id": generation.id,
        "status": generation.status,
        "credits": usage and usage.credits,
        "usd": usage and usage.usd,
        "error": generation.error and str(generation.error),
        "has_ended": generation.completed or generation.failed,
    }
    return {name: value for name, value in known.items() if value is not None}


def _submission(row: Row[Any]) -> Submission:
    known = row.credits is not None or row.usd is not None
    return Submission(
        n=row.n,
        send=row.send,
        worker=row.worker,
        client_request_id=row.client_request_id,
        base_url=row.base_url,
        outcome=row.outcome,
        reserved_usd=row.reserved_usd,
        generation_id=row.generation_id,
        status=row.status,
        usage=Usage(credits=row.credits, usd=row.usd) if known else None,
        error=row.error,
        submitted=row.submitted,
        ended=row.ended,
        sha256=row.sha256,
    )
