"""The balance, and the pages of transactions."""

from __future__ import annotations

from starlette.datastructures import QueryParams

from wan_ergonomic._generation import dollars

from .._scenario import Body
from .._validation import InvalidRequestError
from ._books import Books, Transaction
from ._queries import limit_of
from ._scenario import AccountScenario
from ._times import written


def balance(books: Books) -> Body:
    """Return what is left on the account."""
    left = sum(transaction.credits for transaction in books.recorded())
    return {"current_balance": dollars(left), "currency": "USD"}


def transactions_page(books: Books, query: QueryParams, scenario: AccountScenario) -> Body:
    """Return the page that a cursor leads to, the newest transaction first.

    A cursor is the id of the last transaction that was read, so that a newer one does not move
    the pages.

    Raises:
        InvalidRequestError: The limit is malformed, or the cursor unknown.
    """
    listed = books.recorded()[::-1]
    limit, begin = limit_of(query), 0
    cursor = query.get("cursor")
    if cursor is not None:
        ids = [transaction.id for transaction in listed]
        if cursor not in ids:
            raise InvalidRequestError("Invalid query: the cursor is unknown")
        begin = ids.index(cursor) + 1
    page = listed[begin : begin + limit]
    has_more = begin + limit < len(listed)
    body = {
        "data": [_row(transaction) for transaction in page],
        "next_cursor": page[-1].id if has_more else None,
        "has_more": has_more,
    }
    return scenario.transactions(body)


def _row(transaction: Transaction) -> Body:
    return {
        "id": transaction.id,
        "type": transaction.type,
        "created": written(transaction.recorded),
        "reference_id": transaction.reference_id,
        "amount": {"usd": transaction.usd, "credits": transaction.credits},
    }
