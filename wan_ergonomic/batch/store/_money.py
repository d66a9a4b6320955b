"""The money of a batch: each submission is recorded before it is sent, and only once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, case, delete, func, select, update

from wan_ergonomic._generation import CREDITS_PER_USD, Generation, Usage, meaning_of
from wan_ergonomic.ledger import seen_in

from ._database import Database, read_about
from ._rows import IN_THE_MAKING, BatchRow, batched, change, get
from ._tables import ROWS, SUBMISSIONS


class AlreadySentError(Exception):
    """The row may have been sent before, and must not be sent again."""


class HeldError(Exception):
    """The row must not be sent now; the text says why."""


class LimitReachedError(HeldError):
    """Nor can any other row be sent."""


class CrowdedError(Exception):
    """So many rows are in the making already, with all workers, that another one has to wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One paid submission of a row.

    Attributes:
        n: The row's number.
        send: How often the row was sent before.
        worker: Who sent it.
        client_request_id: The ``X-Client-Request-Id`` that it was sent with.
        base_url: The API that it was sent to.
        outcome: Whether it was accepted: ``submitting``, ``accepted``, ``rejected`` (which is not
            charged), ``in doubt``, or ``given up`` (a doubt that a person has ended).
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


# Nobody knows yet whether it was accepted.
_OPEN = ("submitting", "in doubt")


class Money:
    """Fences and records the submissions of a batch. Every method may block.

    Each method raises ``LedgerError`` if the database fails, and can then be called again: what
    it did before, if anything, is not done twice. What is known for certain replaces a doubt,
    whoever reports it and however late; a doubt never replaces what is known.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(
        self,
        n: int,
        send: int = 0,
        *,
        worker: str,
        client_request_id: str,
        base_url: str,
        usd: float | None,
    ) -> None:
        """Record that a row is about to be sent, and reserve what it costs.

        Args:
            n: The row's number.
            send: How often it was sent before, as far as the caller knows.
            worker: Who sends it.
            client_request_id: The ``X-Client-Request-Id`` that it is sent with.
            base_url: The API that it is sent to.
            usd: What it costs, in US dollars; None if that is not known.

        Raises:
            AlreadySentError: It was begun before, or is to be sent for another time by now.
            CrowdedError: As many rows are in the making as the batch allows at once.
            HeldError: It would exceed a limit, or the row is in no state to be sent.
        """
        with self._database.transaction(alone=True) as connection:
            row = get(connection, n)
            if row.sends != send or find(connection, n, send):
                raise AlreadySentError
            if row.state != "waiting":
                raise HeldError(f"the row is {row.state}")
            about = read_about(connection)
            _check_concurrency(connection, about.get("concurrency"))
            _check_limits(connection, about, usd)
            values = {
                "n": n,
                "send": send,
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

    def withdraw(self, n: int, send: int, client_request_id: str) -> None:
        """Take back what ``begin`` may have recorded with this id: nothing was sent."""
        own = SUBMISSIONS.c.client_request_id == client_request_id
        with self._database.transaction(alone=True) as connection:
            wanted = (*_one(n, send), own, SUBMISSIONS.c.outcome.in_(_OPEN))
            if connection.execute(delete(SUBMISSIONS).where(*wanted)).rowcount:
                change(connection, {"state": "waiting", "reason": None}, *_sent(n, send))

    def accepted(self, n: int, send: int, generation: Generation) -> None:
        """Record what the response to a submission says, or what was found of it later."""
        with self._database.transaction(alone=True) as connection:
            before = find(connection, n, send)
            self._settle(connection, n, send, {"outcome": "accepted", **_seen(generation)})
            # Where a person has given a row up, the row stays so; what is known of it is kept.
            if before and before.outcome in {*_OPEN, "accepted"}:
                ended = ("done",) if before.outcome in _OPEN else ("done", "failed")
                accepted = {"state": "accepted", "reason": None}
                wanted = ROWS.c.n == n, ROWS.c.sends == send, ROWS.c.state.not_in(ended)
                change(connection, accepted, *wanted)

    def rejected(self, n: int, send: int, error: str) -> None:
        """Record that nothing was accepted or charged; the row may be sent again."""
        with self._database.transaction(alone=True) as connection:
            before = find(connection, n, send)
            if before is None or before.outcome not in {*_OPEN, "given up"}:
                return
            self._settle(connection, n, send, {"outcome": "rejected", "error": error})
            again = {"state": "waiting", "reason": error, "sends": send + 1}
            change(connection, again, *_sent(n, send))

    def in_doubt(self, n: int, send: int, error: str) -> None:
        """Record that a submission may have been accepted, and keep what is reserved for it."""
        with self._database.transaction(alone=True) as connection:
            before = find(connection, n, send)
            if before is None or before.outcome != "submitting":
                # Its worker has reported meanwhile.
                return
            self._settle(connection, n, send, {"outcome": "in doubt", "error": error})
            change(connection, {"state": "in doubt", "reason": error}, *_sent(n, send))

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

    def row_and_last(self, n: int) -> tuple[BatchRow, Submission | None]:
        """Return a row as it is, and the submission that its state is about, or None.

        Raises:
            KeyError: There is no such row.
        """
        with self._database.transaction() as connection:
            row = get(connection, n)
            return row, find(connection, n, row.sends)

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
    ) -> bool:
        """End a doubt by a person's word, or because the job is known to have failed.

        Args:
            n: The row's number.
            send: How often it was sent before.
            reason: What is known.
            charged: Whether it may have been charged, so that its price stays reserved.
            again: Whether the row may be sent again; otherwise it has failed.

        Returns:
            Whether it was in doubt; if not, nothing has changed.
        """
        outcome = "given up" if charged else "rejected"
        with self._database.transaction(alone=True) as connection:
            if not _is_doubtful(connection, n, send):
                return False
            # What a person allows to be sent again may have been charged: it stays counted.
            self._settle(connection, n, send, {"outcome": outcome, "error": reason})
            state = {"state": "waiting", "sends": send + 1} if again else {"state": "failed"}
            change(connection, {"reason": reason, **state}, *_sent(n, send))
            return True

    def forget_unsaved(self) -> int:
        """Let what was sent and has no video be sent again: the API that it was sent to is gone.

        Only for an API that bills nothing. Return how many rows that is.
        """
        lost = ROWS.c.state.in_(("submitting", "accepted", "in doubt"))
        with self._database.transaction(alone=True) as connection:
            sent = select(ROWS.c.n).where(lost)
            gone = {"outcome": "rejected", "error": "the API that it was sent to is gone"}
            connection.execute(update(SUBMISSIONS).where(SUBMISSIONS.c.n.in_(sent)).values(gone))
            again = {"state": "waiting", "reason": None, "sends": ROWS.c.sends + 1}
            return change(connection, again, lost)

    def note(self, n: int, send: int, reason: str) -> None:
        """Record what is known of a submission, if it is in doubt."""
        with self._database.transaction(alone=True) as connection:
            if _is_doubtful(connection, n, send):
                self._settle(connection, n, send, {"error": reason})
                change(connection, {"reason": reason}, *_sent(n, send))

    def retry(self, *, anew: bool = False) -> int:
        """Let the rows that failed run again; return how many.

        A video that was made, but not saved, is saved at no cost. Other rows are sent again.

        Args:
            anew: Whether the rows of such videos are sent again, too.
        """
        failed = ROWS.c.state == "failed"
        of_row = (SUBMISSIONS.c.n == ROWS.c.n) & (SUBMISSIONS.c.send == ROWS.c.sends)
        query = select(ROWS.c.n, SUBMISSIONS.c.status).join(SUBMISSIONS, of_row).where(failed)
        with self._database.transaction(alone=True) as connection:
            seen = [] if anew else connection.execute(query).all()
            made = [n for n, status in seen if status and meaning_of(status) == "completed"]
            for some in batched(made):
                change(connection, {"state": "accepted", "reason": None}, ROWS.c.n.in_(some))
            again = {"state": "waiting", "reason": None, "sends": ROWS.c.sends + 1}
            return len(made) + change(connection, again, failed)

    def retry_row(self, n: int, send: int) -> bool:
        """Let a row that has failed be sent again, whatever became of its video.

        Returns:
            Whether it had failed; if not, nothing has changed.
        """
        failed = ROWS.c.n == n, ROWS.c.sends == send, ROWS.c.state == "failed"
        again = {"state": "waiting", "reason": None, "sends": send + 1}
        with self._database.transaction(alone=True) as connection:
            return change(connection, again, *failed) > 0

    def last_of(self, rows: Collection[int]) -> dict[int, Submission]:
        """Return the last submission of each of these rows that has one, by the row's number."""
        query = select(SUBMISSIONS).where(SUBMISSIONS.c.n.in_(rows)).order_by(SUBMISSIONS.c.send)
        with self._database.transaction() as connection:
            return {row.n: _submission(row) for row in connection.execute(query)}

    def spent(self) -> tuple[float, int]:
        """Return the US dollars charged and reserved, and how many submissions that is for.

        One whose cost is not known yet counts as a submission, and with no dollars.
        """
        with self._database.transaction() as connection:
            usd, videos, _ = _spent(connection)
        return usd, videos

    def _settle(self, connection: Connection, n: int, send: int, values: Mapping[str, Any]) -> None:
        changed = dict(values)
        if changed.pop("has_ended", False):
            changed["ended"] = func.coalesce(SUBMISSIONS.c.ended, self._database.now(connection))
        connection.execute(update(SUBMISSIONS).where(*_one(n, send)).values(changed))


def find(connection: Connection, n: int, send: int) -> Submission | None:
    """Return a submission of a row, or None."""
    found = connection.execute(select(SUBMISSIONS).where(*_one(n, send))).first()
    return _submission(found) if found else None


def _one(n: int, send: int) -> tuple[ColumnElement[bool], ...]:
    return SUBMISSIONS.c.n == n, SUBMISSIONS.c.send == send


def _sent(n: int, send: int) -> tuple[ColumnElement[bool], ...]:
    """Select a row whose submission has no outcome yet, if it was sent so often before."""
    return ROWS.c.n == n, ROWS.c.sends == send, ROWS.c.state.in_(("submitting", "in doubt"))


def _is_doubtful(connection: Connection, n: int, send: int) -> bool:
    known = find(connection, n, send)
    return known is not None and known.outcome == "in doubt"


def _spent(connection: Connection) -> tuple[float, int, int]:
    """Return the US dollars, the submissions, and of how many of these the cost is not known."""
    usd, videos, priced = connection.execute(_SPENT).one()
    return float(usd), videos, videos - priced


def _check_concurrency(connection: Connection, most: int | None) -> None:
    # The engine counts too, but not the rows of a worker that died, nor by a setting that is new.
    query = select(func.count()).where(ROWS.c.state.in_(IN_THE_MAKING))
    if most is not None and connection.execute(query).scalar_one() >= most:
        raise CrowdedError


def _check_limits(connection: Connection, about: Mapping[str, Any], usd: float | None) -> None:
    """Allow one more submission.

    Raises:
        HeldError: It would exceed a limit of the batch.
    """
    most_usd, most_videos = about.get("max_usd"), about.get("max_videos")
    if most_usd is None and most_videos is None:
        return
    so_far, videos, unknown = _spent(connection)
    if most_videos is not None and videos >= most_videos:
        are = "video, which is" if most_videos == 1 else "videos, which are"
        raise LimitReachedError(f"the limit is {most_videos:,} {are} made or in the making")
    if most_usd is None:
        return
    if usd is None:
        raise HeldError("what it costs is not known, so a limit on spending cannot be kept")
    if unknown:
        raise HeldError(
            f"what {unknown} of the videos cost that were sent before is not known, so a limit on "
            "spending cannot be kept"
        )
    # Sums of floating-point numbers are not exact.
    left = most_usd - so_far + 1e-9
    if usd > left:
        used = f"${so_far:.2f} of the limit of ${most_usd:.2f} is charged or reserved"
        if _has_cheaper(connection, usd, left):
            raise HeldError(f"it costs ${usd:.2f}, but {used}")
        raise LimitReachedError(f"{used}; what is left is too little for any row")


def _has_cheaper(connection: Connection, usd: float, left: float) -> bool:
    """Whether a waiting row may be within what is left; one of unknown price costs ``usd`` too."""
    price = func.coalesce(ROWS.c.price_usd, usd)
    query = select(ROWS.c.n).where(ROWS.c.state == "waiting", price <= left).limit(1)
    return connection.execute(query).first() is not None


def _cost() -> Select[Any, *tuple[Any, ...]]:
    column = SUBMISSIONS.c
    # A cost that is not known, or is said to be nothing, is what was reserved.
    each = case(
        (column.usd > 0, column.usd),
        (column.credits > 0, column.credits / float(CREDITS_PER_USD)),
        else_=column.reserved_usd,
    )
    counted = select(func.coalesce(func.sum(each), 0.0), func.count(), func.count(each))
    return counted.where(column.outcome != "rejected")


_SPENT = _cost()


def _seen(generation: Generation) -> dict[str, Any]:
    """Return what a response says of a generation, as columns; what it does not say stays."""
    return {name: value for name, value in seen_in(generation).items() if value is not None}


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
