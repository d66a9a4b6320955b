"""What is in the making now, for people who watch."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, select

from ._database import Database
from ._rows import IN_THE_MAKING
from ._tables import ROWS, SUBMISSIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """A row that was sent and has no video yet.

    Attributes:
        n: The row's number.
        prompt: Its prompt.
        status: The vendor's own word, as last seen; None before its response.
        seconds: How long ago it was sent.
    """

    n: int
    prompt: str
    status: str | None
    seconds: float


def making(database: Database, most: int) -> list[Making]:
    """Return what is in the making now, in the order of the rows; may block.

    Args:
        database: The batch's database.
        most: The most that are returned.

    Raises:
        LedgerError: The database fails.
    """
    sent = SUBMISSIONS.c
    last = and_(sent.n == ROWS.c.n, sent.send == ROWS.c.sends)
    query = (
        select(ROWS.c.n, ROWS.c.prompt, sent.status, sent.submitted)
        .join(SUBMISSIONS, last)
        .where(ROWS.c.state.in_(IN_THE_MAKING))
        .order_by(ROWS.c.n)
        .limit(most)
    )
    with database.transaction() as connection:
        now = database.now(connection)
        return [
            Making(n=n, prompt=prompt, status=status, seconds=max(now - submitted, 0.0))
            for n, prompt, status, submitted in connection.execute(query)
        ]
