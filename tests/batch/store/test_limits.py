"""Limits on spending and on videos, and what counts."""

from __future__ import annotations

import pytest

from wan_ergonomic._generation import Usage
from wan_ergonomic.batch.store import CrowdedError, HeldError

from .made import begin, generation, spent, state, with_rows


def test_no_more_is_sent_than_a_limit_allows(database):
    """Ten times ten cents are a dollar."""
    rows, money = with_rows(database, 11)
    database.change({"max_usd": 1.0})
    for n in range(1, 11):
        begin(money, n)
    with pytest.raises(HeldError) as caught:
        begin(money, 11)
    assert str(caught.value) == (
        "$1.00 of the limit of $1.00 is charged or reserved; what is left is too little for any row"
    )
    assert (state(rows, 11), money.of_row(11)) == (("waiting", 0), [])
    assert spent(money) == (1.0, 10)


def test_a_limit_is_reached_exactly(database):
    """A tenth and two tenths are more than three tenths, as floats."""
    _, money = with_rows(database, 2)
    database.change({"max_usd": 0.3})
    begin(money, 1, usd=0.1)
    begin(money, 2, usd=0.2)


def test_what_is_charged_counts_once_it_is_known(database):
    """In dollars, or in credits, or else as it was reserved."""
    _, money = with_rows(database, 4)
    for n, usage in ((1, Usage(usd=0.5)), (2, Usage(credits=600_000.0)), (3, None)):
        begin(money, n)
        money.accepted(n, 0, generation(usage=usage))
    assert spent(money) == (0.9, 3)
    database.change({"max_usd": 0.95})
    with pytest.raises(HeldError, match=r"^\$0.90 of the limit of \$0.95 is"):
        begin(money, 4)
    database.change({"max_usd": 1.0})
    begin(money, 4)


def test_a_limit_on_videos_counts_what_may_have_been_accepted(database):
    """A rejected submission and one that was not sent make room again."""
    _, money = with_rows(database, 4)
    database.change({"max_videos": 2})
    for n in (1, 2):
        begin(money, n, usd=None)
    with pytest.raises(HeldError, match="the limit is 2 videos, which are made or in the making"):
        begin(money, 3)
    money.in_doubt(1, 0, "lost")
    with pytest.raises(HeldError):
        begin(money, 3)
    money.rejected(1, 0, "busy")
    begin(money, 3)
    money.withdraw(2, 0, "r2.0")
    begin(money, 4)
    with pytest.raises(HeldError):
        begin(money, 1, 1)


def test_nothing_at_an_unknown_cost_is_sent_under_a_limit(database):
    """Without a limit it is sent, and counts as a video."""
    _, money = with_rows(database, 2)
    begin(money, 1, usd=None)
    assert money.spent() == (0.0, 1)
    money.accepted(1, 0, generation(usd=0.2))
    database.change({"max_usd": 9.0})
    with pytest.raises(HeldError, match="what it costs is not known"):
        begin(money, 2, usd=None)
    begin(money, 2)


def test_a_limit_that_is_set_later_waits_for_costs_that_are_not_known_yet(database):
    """What was sent before may be all that the limit allows."""
    _, money = with_rows(database, 3)
    begin(money, 1, usd=None)
    begin(money, 2, usd=None)
    money.rejected(2, 0, "busy")
    database.change({"max_usd": 9.0})
    with pytest.raises(HeldError, match="what 1 of the videos cost that were sent before"):
        begin(money, 3)
    money.accepted(1, 0, generation(usd=0.2))
    begin(money, 3)


@pytest.mark.parametrize("limit", [{"max_usd": 0}, {"max_videos": 0}])
def test_nothing_is_sent_under_a_limit_of_nothing(database, limit):
    """Zero is a limit. A video that costs nothing is within one of money."""
    _, money = with_rows(database, 1)
    database.change(limit)
    with pytest.raises(HeldError):
        begin(money)
    if "max_usd" in limit:
        begin(money, usd=0.0)


def test_both_limits_hold(database):
    """Whichever is reached first."""
    _, money = with_rows(database, 3)
    database.change({"max_usd": 0.25, "max_videos": 5})
    begin(money, 1)
    begin(money, 2)
    with pytest.raises(HeldError, match="too little"):
        begin(money, 3)
    database.change({"max_usd": 5.0, "max_videos": 2})
    with pytest.raises(HeldError, match="the limit is 2 videos"):
        begin(money, 3)


def test_no_more_rows_are_in_the_making_than_are_allowed_at_once(database):
    """Whoever sent them; those in doubt are in no worker's way."""
    rows, money = with_rows(database, 5)
    database.change({"concurrency": 2})
    for n in (1, 2):
        begin(money, n, worker=f"worker {n}")
    money.accepted(1, 0, generation())
    with pytest.raises(CrowdedError):
        begin(money, 3)
    assert (state(rows, 3), money.of_row(3)) == (("waiting", 0), [])
    money.in_doubt(2, 0, "lost")
    begin(money, 3)
    with pytest.raises(CrowdedError):
        begin(money, 4)
    rows.done(1, "1.mp4", {})
    begin(money, 4)
