"""What is left on the account."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.flows.stage import context, play
from wan_ergonomic import RetryPolicy, ServerError, UnreadableResponseError
from wan_ergonomic._flows import ApiResponse
from wan_ergonomic.account import Balance, balance

from .conftest import PRICE


def test_the_balance_falls_by_what_was_paid(bank):
    """Once the job has ended."""
    with bank.client() as wan:
        before = wan.balance()
        bank.pay(wan)
        after = wan.balance()
    assert (before.currency, before.amount) == ("USD", 100)
    assert after.amount == pytest.approx(100 - PRICE)
    assert str(after) == f"{100 - PRICE:.2f} USD"


def test_a_balance_that_cannot_be_read_is_an_error(bank):
    """After as many attempts as the policy allows."""
    bank.play("balance-away")
    with bank.client(retrying=RetryPolicy(attempts=2)) as wan, pytest.raises(ServerError):
        wan.balance()
    assert len(bank.requests("get_balance")) == 2


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"current_balance": 1234.5}, Balance(amount=1234.5)),
        ({"current_balance": "-2", "currency": "eur"}, Balance(amount=-2.0, currency="EUR")),
        ({"current_balance": 0, "currency": " "}, Balance(amount=0.0)),
        ({"current_balance": 0, "currency": 5}, Balance(amount=0.0)),
        ({"current_balance": None}, None),
        ({"current_balance": True}, None),
        ({"current_balance": "much"}, None),
        ({}, None),
        ([], None),
        ("5", None),
    ],
)
def test_a_balance_is_a_number_or_an_error(clock, body, expected):
    """In US dollars unless the API names another currency."""
    answer = ApiResponse(content=json.dumps(body).encode(), headers={})
    played = play(_as_flow(balance(context(clock))), clock, answer)
    if expected is None:
        assert isinstance(played.error, UnreadableResponseError)
    assert played.result == expected


def _as_flow(steps: Any) -> Any:
    return steps


def test_a_balance_is_shown_with_its_currency():
    """And with separators."""
    assert str(Balance(amount=1234.5, currency="EUR")) == "1,234.50 EUR"
