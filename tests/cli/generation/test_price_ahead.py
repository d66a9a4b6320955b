"""The price of a submission: shown before it is accepted, and never waited for."""

from __future__ import annotations

import pytest

from tests.support.actions import Hang, response
from tests.support.responses import accepted
from wan_ergonomic.sandbox import ACCOUNT_SCENARIOS, Sandbox


@pytest.fixture
def shop():
    """A sandbox with an account of its own."""
    with Sandbox(speed=1000) as sandbox:
        yield sandbox


def test_the_price_is_shown_before_the_id(wan, shop):
    """With its source and its age; it is what is charged."""
    result = wan("submit", "A boat", "--resolution", "480P", at=shop)
    price, taken = result.err.splitlines()
    assert price.startswith("Price: $0.10 (the vendor's catalogue, 20")
    assert taken.startswith("Accepted: ")
    assert taken.endswith("200,000 credits ($0.10)")


def test_the_price_is_an_event(wan, shop):
    """With --json."""
    result = wan("submit", "A boat", "--json", at=shop)
    price = result.events[0]
    assert (price["event"], price["usd"], price["source"]) == ("price", 0.5, "catalogue")


@pytest.mark.parametrize(
    ("scenario", "line"),
    [
        ("variable", "Price unknown: the catalogue says that the price varies"),
        ("no-model", "Price unknown: the catalogue does not list the model"),
    ],
)
def test_a_price_that_cannot_be_quoted_is_unknown(wan, shop, scenario, line):
    """It is never guessed, and the submission goes on."""
    shop.account.scenario = ACCOUNT_SCENARIOS[scenario]
    result = wan("submit", "A boat", at=shop)
    assert result.code == 0
    assert result.err.splitlines()[0] == line


@pytest.mark.parametrize("answer", [Hang(), response(404, {}), response(200, "[]")])
def test_a_catalogue_without_an_answer_stops_nothing(wan, server, answer):
    """Nothing is said about the price then."""
    server.script("submit", accepted())
    server.script("account", answer)
    result = wan("submit", "A boat", "--no-ledger", at=server)
    assert (result.code, result.err) == (0, "Accepted: gen-1\n")
    server.release()


def test_a_person_who_wants_silence_is_told_no_price(wan, shop):
    """Nor is it asked for."""
    assert wan("submit", "A boat", "--quiet", at=shop).err == ""
    assert shop.account.transactions
    assert [each.path for each in shop.received if each.method == "GET"] == []
