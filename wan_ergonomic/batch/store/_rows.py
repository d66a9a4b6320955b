"""The rows of a batch: what is to be made of each prompt, and how far it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal, TypeVar

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, update

from ._database import Database, change_about, read_about
from ._tables import ROWS

T = TypeVar("T")

# waiting: not sent; held: not sent in this run, for a reason; bad: the list's row is wrong.
State = Literal["waiting", "held", "submitting", "accepted", "done", "failed", "in doubt", "bad"]
# What the engine works on.
# It was sent, and its video is not saved yet.
IN_THE_MAKING: tuple[State, ...] = ("submitting", "accepted")
UNFINISHED: tuple[State, ...] = ("waiting", *IN_THE_MAKING)
# How many rows are read or written at a time.
_PAGE = 500


class OvertakenError(Exception):
    """Somebody else has added rows meanwhile; nothing was added."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRow:
    """A row to add; see ``BatchRow``."""

    line: int
    stem: str
    prompt: str
    body: Mapping[str, Any]
    options: Mapping[str, Any]
    variables: Mapping[str, Any]
    name: str | None = None
    own_seed: bool = False
    price_usd: float | None = None
    state: State = "waiting"
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """What has not been sent yet.

    Attributes:
        rows: How many rows that is.
        usd: What those cost whose price is known, in US dollars.
        unpriced: How many have no known price.
    """

    rows: int
    usd: float
    unpriced: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRow:
    """One row of a batch.

    Attributes:
        n: Its number, from 1 on.
        line: Where it stands in the list that it came from.
        name: Its own name in the list.
        stem: The name of its files, without a suffix.
        prompt: The prompt, as in the list.
        options: The options, as in the list.
        variables: The axes of a matrix, or further columns of the list.
        body: The exact body to send.
        own_seed: Whether the list names the seed; otherwise it was drawn when the row was added.
        price_usd: What it was expected to cost, when it was added.
        state: How far it is.
        reason: Why it failed, is in doubt or is held.
        runs: How often it was given to the engine.
        sends: How often it may have been sent before, and may be sent again.
        file: The name of its video in the output.
        video: What was found out about the video.
    """

    n: int
    line: int
    name: str | None
    stem: str
    prompt: str
    options: Mapping[str, Any]
    variables: Mapping[str, Any]
    body: Mapping[str, Any]
    own_seed: bool
    price_usd: float | None
    state: State
    reason: str | None
    runs: int
    queued: bool
    sends: int
    file: str | None
    video: Mapping[str, Any] | None

    @property
    def seed(self) -> int | None:
        """The seed that is sent."""
        return self.body.get("seed")


class Rows:
    """Reads and changes the rows of a batch. Every method may block.

    Each method raises ``LedgerError`` if the database fails.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, rows: Iterable[NewRow], *, after: int = 0, mark: str | None = None) -> None:
        """Add the rows of a list in their order, all or none.

        Args:
            rows: The rows.
            after: The number of the last row that is there.
            mark: By what the list is known again.

        Raises:
            OvertakenError: It is another row's number by now.
        """
        with self._database.transaction(alone=True) as connection:
            if connection.execute(_LAST).scalar_one() != after:
                raise OvertakenError
            for page in batched(enumerate(rows, after + 1)):
                connection.execute(ROWS.insert(), [_values(row, n) for n, row in page])
            if mark is not None:
                lists = read_about(connection).get("lists", [])
                change_about(connection, {"lists": [*lists, mark]})

    def lists(self) -> list[str]:
        """Return the marks of the lists that were added."""
        with self._database.transaction() as connection:
            lists: list[str] = read_about(connection).get("lists", [])
            return lists

    def last(self) -> int:
        """Return the number of the last row; 0 if there is none."""
        with self._database.transaction() as connection:
            return int(connection.execute(_LAST).scalar_one())

    def get(self, n: int) -> BatchRow:
        """Return a row.

        Raises:
            KeyError: There is no such row.
        """
        with self._database.transaction() as connection:
            return get(connection, n)

    def counts(self) -> dict[State, int]:
        """Return how many rows there are in each state."""
        query = select(ROWS.c.state, func.count().label("many")).group_by(ROWS.c.state)
        with self._database.transaction() as connection:
            return {row.state: row.many for row in connection.execute(query)}

    def pages(self, *states: State) -> Iterator[BatchRow]:
        """Yield the rows in these states, or all of them, in their order; a page at a time."""
        last, chosen = 0, [ROWS.c.state.in_(states)] if states else []
        while True:
            query = select(ROWS).where(ROWS.c.n > last, *chosen).order_by(ROWS.c.n).limit(_PAGE)
            with self._database.transaction() as connection:
                page = [BatchRow(**row._mapping) for row in connection.execute(query)]
            if not page:
                return
            yield from page
            last = page[-1].n

    def to_queue(self, limit: int, *, first: int | None = None) -> list[tuple[int, int]]:
        """Return rows that the engine has yet to be given, as (row, run); first what was sent.

        Args:
            limit: The most that are returned.
            first: Of the rows that wait, only those up to this number.
        """
        rows = select(ROWS.c.n, ROWS.c.runs).where(~ROWS.c.queued).order_by(ROWS.c.n).limit(limit)
        # Two queries, so that each ends after a few rows of the index.
        kinds = ROWS.c.state.in_(IN_THE_MAKING), _waiting(first)
        with self._database.transaction() as connection:
            found = [row for kind in kinds for row in connection.execute(rows.where(kind))]
        return [(n, runs) for n, runs in found[:limit]]

    def queued(self, given: Iterable[tuple[int, int]]) -> None:
        """Record that the engine has been given rows."""
        numbers = [n for n, _ in given]
        self._change({"queued": True}, ROWS.c.n.in_(numbers))

    def are_at_work(self, *, first: int | None = None) -> bool:
        """Whether the engine has a row, one is in the making, or one waits, up to a number."""
        unfinished = or_(ROWS.c.state.in_(IN_THE_MAKING), _waiting(first))
        query = select(ROWS.c.n).where(or_(ROWS.c.queued, unfinished)).limit(1)
        with self._database.transaction() as connection:
            return connection.execute(query).first() is not None

    def with_engine(self) -> list[tuple[int, int]]:
        """Return the rows that the engine has, as (row, run)."""
        query = select(ROWS.c.n, ROWS.c.runs).where(ROWS.c.queued)
        with self._database.transaction() as connection:
            return [(row.n, row.runs) for row in connection.execute(query)]

    def left(self, n: int, runs: int) -> None:
        """Record that a run of a row has ended; if the row is unfinished, it may run again."""
        self._change({"queued": False, "runs": runs + 1}, ROWS.c.n == n, ROWS.c.runs == runs)

    def release(self) -> None:
        """Let rows that were held wait again."""
        self._change({"state": "waiting", "reason": None}, ROWS.c.state == "held")

    def hold(self, n: int, reason: str) -> None:
        """Hold a row that has not been sent."""
        self._change({"state": "held", "reason": reason}, ROWS.c.n == n, ROWS.c.state == "waiting")

    def hold_alike(self, row: BatchRow, reason: str) -> None:
        """Hold all rows of a row's prompt that have not been sent."""
        self._change(
            {"state": "held", "reason": reason},
            ROWS.c.prompt == row.prompt,
            ROWS.c.state == "waiting",
        )

    def hold_waiting(self, reason: str) -> None:
        """Hold all rows that have not been sent."""
        self._change({"state": "held", "reason": reason}, ROWS.c.state == "waiting")

    def note(self, n: int, reason: str) -> None:
        """Record what a row waits for; its state stays."""
        self._change({"reason": reason}, ROWS.c.n == n, ROWS.c.state.in_(UNFINISHED))

    def fail(self, n: int, reason: str) -> None:
        """Record that a row gives no video, unless it has one, or is being sent or in doubt."""
        may_fail = ROWS.c.state.in_(("waiting", "accepted"))
        self._change({"state": "failed", "reason": reason}, ROWS.c.n == n, may_fail)

    def done(self, n: int, file: str, video: Mapping[str, Any]) -> None:
        """Record a row's video."""
        done = {"state": "done", "reason": None, "file": file, "video": dict(video)}
        self._change(done, ROWS.c.n == n)

    def nth(self, number: int) -> int | None:
        """Return the number of the last of so many first rows that can be sent.

        None if there are not more than so many.
        """
        query = select(ROWS.c.n).where(ROWS.c.state != "bad").order_by(ROWS.c.n)
        with self._database.transaction() as connection:
            found = connection.execute(query.offset(number - 1).limit(2)).scalars().all()
        return found[0] if len(found) > 1 else None

    def rest(self, *, first: int | None = None) -> Rest:
        """Return what has not been sent yet.

        Args:
            first: Only rows up to this number.
        """
        wanted: list[ColumnElement[bool]] = [ROWS.c.state.in_(("waiting", "held"))]
        wanted += [] if first is None else [ROWS.c.n <= first]
        priced = func.count(ROWS.c.price_usd)
        query = select(func.count(), func.coalesce(func.sum(ROWS.c.price_usd), 0.0), priced)
        with self._database.transaction() as connection:
            rows, usd, known = connection.execute(query.where(*wanted)).one()
        return Rest(rows=rows, usd=float(usd), unpriced=rows - known)

    def expected_usd(self) -> float | None:
        """Return what all rows cost by their prices; None if one is not known."""
        price = ROWS.c.price_usd
        query = select(func.coalesce(func.sum(price), 0.0), func.count(price), func.count())
        with self._database.transaction() as connection:
            usd, priced, rows = connection.execute(query.where(ROWS.c.state != "bad")).one()
        return float(usd) if priced == rows else None

    def _change(self, values: Mapping[str, Any], *wanted: ColumnElement[bool]) -> None:
        with self._database.transaction() as connection:
            change(connection, values, *wanted)


_LAST = select(func.coalesce(func.max(ROWS.c.n), 0))


def _waiting(first: int | None) -> ColumnElement[bool]:
    """Select the rows that wait to be sent, of all or of those up to a number."""
    waiting = ROWS.c.state == "waiting"
    return waiting if first is None else and_(waiting, ROWS.c.n <= first)


def batched(items: Iterable[T]) -> Iterator[list[T]]:
    """Yield as many at a time as a statement takes."""
    source = iter(items)
    while some := list(islice(source, _PAGE)):
        yield some


def get(connection: Connection, n: int) -> BatchRow:
    """Return a row.

    Raises:
        KeyError: There is no such row.
    """
    found = connection.execute(select(ROWS).where(ROWS.c.n == n)).first()
    if found is None:
        raise KeyError(n)
    return BatchRow(**found._mapping)


def change(connection: Connection, values: Mapping[str, Any], *wanted: ColumnElement[bool]) -> int:
    """Change the rows that all of ``wanted`` holds for; return how many."""
    changed = connection.execute(update(ROWS).where(*wanted).values(**values))
    return changed.rowcount


def _values(row: NewRow, n: int) -> dict[str, Any]:
    return {
        "n": n,
        "line": row.line,
        "name": row.name,
        "stem": row.stem,
        "prompt": row.prompt,
        "options": dict(row.options),
        "variables": dict(row.variables),
        "body": dict(row.body),
        "own_seed": row.own_seed,
        "price_usd": row.price_usd,
        "state": row.state,
        "reason": row.reason,
    }
