"""The account's request log: its rows, its windows, its pages, and how often it is read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from tests.flows.stage import context, play, response
from wan_ergonomic import (
    ConfigurationError,
    ConnectionFailedError,
    NotFoundError,
    RetryPolicy,
    ServerError,
    UnreadableResponseError,
    _spec,
)
from wan_ergonomic._flows import Query
from wan_ergonomic.account import _log, read_log, window_since
from wan_ergonomic.account._log import LoggedRequest, Rate, read_moment, read_rows
from wan_ergonomic.sandbox import AccountScenario

from .conftest import PRICE

Row = dict[str, Any]

NOW = datetime(2026, 11, 3, 14, 5, tzinfo=UTC)


def test_the_requests_of_the_last_week_are_returned_newest_first(bank):
    """Each with what it cost; a video that runs is not among them."""
    with bank.client() as wan:
        first = bank.pay(wan)
        second = bank.pay(wan, prompt="It fails [scenario: fails]")
        wan.submit("A boat")
        rows = wan.usage()
    assert [row.inference_id for row in rows] == [second.id, first.id]
    assert [(row.failed, row.usd) for row in rows] == [(True, 0), (False, PRICE)]
    assert [row.client_request_id for row in rows] == [
        second.client_request_id,
        first.client_request_id,
    ]
    assert {(row.model, row.origin) for row in rows} == {(_spec.model(), "api")}
    assert all(row.created and abs(row.created - datetime.now(UTC)).days < 1 for row in rows)


def test_usage_can_be_of_one_status_or_model(bank):
    """The API selects the rows."""
    with bank.client() as wan:
        bank.pay(wan)
        bank.pay(wan, prompt="It fails [scenario: fails]")
        assert [row.status for row in wan.usage(status="failed")] == ["failed"]
        assert [row.status for row in wan.usage(status="succeeded")] == ["succeeded"]
        assert len(wan.usage(model=_spec.model())) == 2
        assert wan.usage(model="another") == []


def test_usage_has_no_row_from_before_its_first_moment(bank):
    """Though the API's windows can be longer."""
    with bank.client() as wan:
        bank.pay(wan)
        middle = datetime.fromtimestamp(bank.clock.time - 1, UTC)
        second = bank.pay(wan)
        assert [row.inference_id for row in wan.usage(middle)] == [second.id]
        local = middle.astimezone().replace(tzinfo=None)
        assert [row.inference_id for row in wan.usage(local)] == [second.id]
        assert len(wan.usage(timedelta(hours=1))) == 2
        for ever in (timedelta.max, datetime.min, datetime.min.replace(tzinfo=UTC)):
            assert len(wan.usage(ever)) == 2
        for neither in ("7d", None, 7):
            with pytest.raises(ConfigurationError, match="since must be a moment or a time span"):
                wan.usage(neither)


def test_usage_keeps_requests_without_a_generation_apart(bank):
    """By the gateway's own ids, though nothing else tells them apart."""

    def three(row: Row) -> Sequence[Row]:
        return [row | {"inference_id": None, "request_id": f"r-{n}"} for n in range(3)]

    bank.play_rows(three)
    with bank.client() as wan:
        bank.pay(wan)
        assert [each.request_id for each in wan.usage()] == ["r-0", "r-1", "r-2"]


def test_usage_reaches_back_further_than_one_window(bank):
    """In windows of at most 92 days, and no row comes twice."""
    with bank.client() as wan:
        bank.pay(wan)
        assert len(wan.usage(timedelta(days=300))) == 1
    assert len(bank.requests("list_requests")) == 4


@pytest.mark.parametrize("scenario", ["ordinary", "pages-overlap", "pages-endless", "rows-twice"])
def test_all_pages_are_read_and_no_row_comes_twice(bank, scenario, monkeypatch):
    """Also if new requests move the others to later pages, or there is always another one."""
    monkeypatch.setattr(_log, "PAGE", 2)
    with bank.client() as wan:
        paid = [bank.pay(wan).id for _ in range(5)]
        bank.play(scenario)
        found = [row.inference_id for row in wan.usage()]
    if scenario == "rows-twice":
        assert len(found) == len(set(found)) == 10
    else:
        assert found == paid[::-1]


def test_a_log_that_never_ends_is_given_up(sync_bank, monkeypatch):
    """After more pages than any account has."""
    monkeypatch.setattr(_log, "MOST_PAGES", 3)
    monkeypatch.setattr(_log, "PAGE", 1)
    sync_bank.sandbox.account.scenario = AccountScenario(
        log=lambda _: {"data": [{}], "pagination": {"has_more": True}}
    )
    with sync_bank.client() as wan:
        assert len(wan.usage()) == 1
    assert len(sync_bank.requests("list_requests")) == 3


@pytest.mark.parametrize("scenario", ["log-503", "log-429", "log-dropped"])
def test_usage_is_asked_again_if_the_log_is_away_for_a_while(bank, scenario):
    """It costs nothing."""
    bank.play(scenario)
    with bank.client() as wan:
        assert wan.usage() == []


def test_usage_of_a_log_that_stays_away_is_an_error(bank):
    """After as many attempts as the policy allows."""
    bank.play("log-away")
    with bank.client(retrying=RetryPolicy(attempts=2)) as wan, pytest.raises(ServerError):
        wan.usage()
    assert len(bank.requests("list_requests")) == 2


def test_usage_of_an_api_without_a_log_is_an_error_at_once(bank):
    """A 404 is an operation that does not exist, and not a job that is not known yet."""
    bank.play("log-missing")
    with bank.client() as wan, pytest.raises(NotFoundError):
        wan.usage()
    assert len(bank.requests("list_requests")) == 1


def test_usage_of_html_is_an_error(bank):
    """With the beginning of it."""
    bank.play("log-page")
    with bank.client() as wan, pytest.raises(UnreadableResponseError) as caught:
        wan.usage()
    assert "<html" in caught.value.body


def test_a_log_without_a_list_is_an_error(bank):
    """It is no empty one."""
    bank.sandbox.account.scenario = AccountScenario(log=lambda _: {"message": "Back soon"})
    with bank.client() as wan, pytest.raises(UnreadableResponseError) as caught:
        wan.usage()
    assert "Back soon" in caught.value.body


@pytest.mark.parametrize(
    ("age", "windows"),
    [
        (timedelta(hours=-1), [{"period": "24h"}]),
        (timedelta(hours=19), [{"period": "24h"}]),
        (timedelta(hours=20), [{"period": "7d"}]),
        (timedelta(days=6), [{"period": "7d"}]),
    ],
)
def test_a_recent_window_is_left_to_the_clock_of_the_api(age, windows):
    """Ours may be wrong."""
    assert [*window_since(NOW - age, NOW)] == windows


@pytest.mark.parametrize("days", [7, 91, 92, 93, 184, 400])
def test_an_older_window_is_at_most_92_days_long_and_leaves_no_gap(days):
    """It begins before its moment and ends after now, for clocks that differ."""
    moment = NOW - timedelta(days=days)
    windows = [*window_since(moment, NOW)]
    assert windows[0]["end"] > NOW
    assert windows[-1]["start"] < moment
    assert all(each["end"] - each["start"] <= timedelta(days=92) for each in windows)
    for newer, older in pairwise(windows):
        assert older["end"] >= newer["start"]


def test_a_reader_that_has_enough_ends_the_reading(clock):
    """No further page or window is read."""
    page = response(data=[{"created": "2026-11-03"}], pagination={"has_more": True})

    def flow() -> Any:
        yield from read_log([{"period": "24h"}, {"period": "7d"}], context(clock), lambda _: False)

    assert [type(each) for each in play(flow(), clock, page).steps] == [Query]


@pytest.mark.parametrize(("rows", "requests"), [(99, 1), (100, 2)])
def test_a_log_without_pagination_has_another_page_after_a_full_one(clock, rows, requests):
    """As far as can be told."""

    def flow() -> Any:
        yield from read_log([{"period": "24h"}], context(clock), lambda _: True)

    pages = response(data=rows * [{}]), response(data=[])
    assert len(play(flow(), clock, *pages).steps) == requests


def test_a_page_can_be_shorter_than_the_limit(clock):
    """The next one begins after its last row."""

    def flow() -> Any:
        yield from read_log([{"period": "24h"}], context(clock), lambda _: True)

    short = response(data=[{}, {}], pagination={"has_more": True})
    steps: list[Any] = play(flow(), clock, short, response(data=[])).steps
    assert [step.parameters["offset"] for step in steps] == [0, 2]


def test_this_process_stays_below_the_limit_of_the_api(bank, monkeypatch):
    """It waits until the first request is a minute old."""
    monkeypatch.setattr(_log, "RATE", Rate(3))
    with bank.client() as wan:
        for _ in range(4):
            wan.usage(timeout=100)
    assert bank.clock.sleeps == [60.0]


def test_a_wait_for_the_limit_does_not_exceed_the_timeout(bank, monkeypatch):
    """The caller would wait for nothing."""
    monkeypatch.setattr(_log, "RATE", Rate(1))
    with bank.client() as wan:
        wan.usage()
        with pytest.raises(ConnectionFailedError, match="as often as the API allows"):
            wan.usage(timeout=30)
    assert bank.clock.sleeps == []


def test_a_rate_counts_the_requests_of_a_minute():
    """Older ones are forgotten."""
    rate = Rate(2)
    assert [rate.wait(now) for now in (0.0, 10.0, 20.0, 59.0)] == [0.0, 0.0, 40.0, 1.0]
    assert [rate.wait(now) for now in (60.0, 61.0, 70.0)] == [0.0, 9.0, 0.0]


def test_a_row_is_read_as_far_as_it_can_be():
    """What cannot be read of it is None or empty."""
    rows = read_rows(
        {
            "data": [
                "no row",
                {},
                {
                    "created": "2026-11-03T14:05:00",
                    "status": "FAILED",
                    "model": 5,
                    "cost": {"credits": 200_000},
                    "inference_id": 12,
                    "client_request_id": " ",
                    "origin": "playground",
                },
                {"cost": {"usd": "0.5", "credits": 1}, "created": "yesterday", "status": None},
            ]
        }
    )
    empty = LoggedRequest(
        created=None,
        status="",
        model="",
        usd=None,
        inference_id=None,
        client_request_id=None,
        request_id=None,
        origin="",
    )
    assert rows[0] == empty
    second = rows[1]
    assert (second.created, second.failed, second.model) == (NOW, True, "")
    assert (second.usd, second.inference_id, second.origin) == (0.1, "12", "playground")
    assert second.client_request_id is None
    assert (rows[2].usd, rows[2].created, rows[2].failed) == (0.5, None, False)


@pytest.mark.parametrize("name", ["data", "logs", "rows", "requests", "items"])
def test_the_list_of_rows_may_have_any_of_some_names(name):
    """The first one that is a list counts."""
    assert len(read_rows({"data": None, name: [{}]})) == 1


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-03T14:05:00.000Z", NOW),
        ("2026-11-03T16:05:00+02:00", NOW),
        ("2026-11-03T14:05:00", NOW),
        ("0001-01-01T00:00:00+05:00", None),
        ("soon", None),
        ("", None),
        (1793714700, None),
        (None, None),
        ([], None),
        ({"at": 1}, None),
    ],
)
def test_a_moment_is_in_utc_unless_it_has_an_offset(text, moment):
    """One that cannot be read is None."""
    assert read_moment(text) == moment
