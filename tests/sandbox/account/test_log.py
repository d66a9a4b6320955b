"""The log: which rows there are, when, and how they are paged."""

import pytest

from tests.sandbox.conftest import LONG
from wan_ergonomic import _spec
from wan_ergonomic.sandbox import AccountScenario

from .conftest import LOG


def test_a_row_appears_when_its_job_has_ended(account):
    """Before that, its absence says nothing."""
    generation_id = account.submit()
    account.pass_time(374)
    assert account.rows() == []
    account.pass_time(1)
    assert account.ids() == [generation_id]


def test_a_row_says_what_was_requested_and_charged(account):
    """With the ids of the submission's response."""
    response = account.http.post(
        _spec.path("create"),
        json={"model": _spec.model(), "prompt": "A boat", "resolution": "480P"},
        headers={"X-Client-Request-Id": "a.B:1_2-3"},
    )
    account.pass_time(LONG)
    assert account.rows() == [
        {
            "created": "1970-01-01T00:16:40.000Z",
            "status": "succeeded",
            "origin": "api",
            "model": _spec.model(),
            "cost": {"usd": 0.1, "credits": 200_000},
            "tokens": {"input": 0, "output": 0, "total": 0},
            "request_id": response.headers["x-request-id"],
            "inference_id": response.json()["id"],
            "client_request_id": "a.B:1_2-3",
        }
    ]


@pytest.mark.parametrize("client_id", [None, "a b", "x" * 129, "ü"])
def test_a_client_request_id_that_is_not_valid_is_dropped(account, client_id):
    """The generation runs and is charged all the same."""
    headers = [] if client_id is None else [("X-Client-Request-Id", client_id.encode())]
    body = {"model": _spec.model(), "prompt": "A boat"}
    account.http.post(_spec.path("create"), json=body, headers=headers)
    account.pass_time(LONG)
    assert [row["client_request_id"] for row in account.rows()] == [None]


def test_a_failed_job_has_cost_nothing(account):
    """Its row says so, though it was charged for a while."""
    account.finish("[scenario: fails]")
    (row,) = account.rows()
    assert (row["status"], row["cost"]) == ("failed", {"usd": 0, "credits": 0})


def test_a_rejected_submission_has_no_row(account):
    """Nor has a poll."""
    account.api.submit("[scenario: no-credits]")
    account.api.poll("nobody")
    account.pass_time(LONG)
    assert account.rows() == []


def test_rows_are_in_the_order_of_their_submissions(account):
    """The newest first; of two at the same instant, the later one."""
    ids = [*account.finish("A", "B"), account.submit("C"), account.submit("D")]
    account.pass_time(LONG)
    assert account.ids() == ids[::-1]


def test_rows_are_filtered_by_status_and_model(account):
    """A repeated parameter has any of its values; a comma splits nothing."""
    good, bad = account.finish("A boat", "[scenario: fails]")
    assert account.ids(status="succeeded") == [good]
    assert account.ids(status="failed") == [bad]
    assert account.ids(status=["failed", "succeeded"]) == [bad, good]
    model = _spec.model()
    assert account.ids(model=["another", model]) == [bad, good]
    assert account.ids(model=f"another,{model}") == []


def test_a_window_has_both_of_its_ends(account):
    """A time without an offset is in UTC."""
    first, second, _ = account.finish("A", "B", "C")
    start, end = "1970-01-01T00:16:40", "1970-01-01T01:16:41+01:00"
    assert account.ids(start=start, end=end) == [second, first]
    assert account.ids(start=start, end=start) == [first]


@pytest.mark.parametrize(("period", "hours"), [("24h", 24), ("7d", 168)])
def test_a_period_ends_now(account, period, hours):
    """It begins a day or seven days before."""
    generation_id = account.submit()
    account.pass_time(hours * 3600)
    assert account.ids(period=period) == [generation_id]
    account.pass_time(1)
    assert account.ids(period=period) == []


def test_rows_are_paged(account):
    """Limit and offset are those that were sent, total counts all rows."""
    ids = account.finish(*"ABCDE")[::-1]
    pages = [account.log(limit=2, offset=offset) for offset in (0, 2, 4, 6)]
    seen = [[row["inference_id"] for row in page["data"]] for page in pages]
    assert seen == [ids[:2], ids[2:4], ids[4:], []]
    assert [page["pagination"]["has_more"] for page in pages] == [True, True, False, False]
    assert pages[1]["pagination"] == {"limit": 2, "offset": 2, "total": 5, "has_more": True}
    assert not account.log(limit=5)["pagination"]["has_more"]


def test_a_page_has_fifty_rows_unless_told_otherwise(account):
    """From the first one."""
    account.finish()
    assert account.log()["pagination"] == {"limit": 50, "offset": 0, "total": 1, "has_more": False}


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({}, "start"),
        ({"start": "2026-11-01"}, "end"),
        ({"end": "2026-11-01"}, "start"),
        ({"start": "yesterday", "end": "2026-11-01"}, "start"),
        ({"start": "2026-11-01", "end": "2026-13-01"}, "end"),
        ({"start": "2026-11-01T00:00:00 01:00", "end": "2026-11-02"}, "start"),
        ({"start": "2026-11-02", "end": "2026-11-01"}, "end"),
        ({"start": "2026-01-01", "end": "2026-04-03T00:00:01"}, "end"),
        ({"period": "30d"}, "period"),
        ({"period": ""}, "period"),
        ({"period": "24h", "start": "2026-11-01"}, "period"),
        ({"period": "24h", "end": "2026-11-01"}, "period"),
        ({"period": "24h", "status": "succeeded,failed"}, "status"),
        ({"period": "24h", "status": ["failed", "lost"]}, "status"),
        ({"period": "24h", "limit": "0"}, "limit"),
        ({"period": "24h", "limit": "101"}, "limit"),
        ({"period": "24h", "limit": "1_0"}, "limit"),
        ({"period": "24h", "limit": "٣"}, "limit"),
        ({"period": "24h", "offset": "-1"}, "offset"),
        ({"period": "24h", "offset": "ten"}, "offset"),
    ],
)
def test_a_malformed_query_is_rejected(account, query, name):
    """The issue names the parameter."""
    response = account.get(LOG, **query)
    assert response.status_code == 400
    (issue,) = response.json()["error"]["data"]
    assert issue["path"] == [name]
    assert name in response.json()["message"]


@pytest.mark.parametrize("end", ["2026-04-03", "2026-01-01T00:00:00Z"])
def test_a_window_has_at_most_92_days(account, end):
    """And can be empty."""
    assert account.rows(start="2026-01-01", end=end) == []


def test_too_many_requests_in_a_minute_get_429(account):
    """200 are allowed; a minute after the first of them, one more is."""
    statuses = []
    for _ in range(201):
        statuses.append(account.get(LOG, period="24h").status_code)
        account.pass_time(0.2)
    assert statuses == [*200 * [200], 429]
    account.pass_time(19)
    assert account.get(LOG, period="24h").status_code == 429
    account.pass_time(0.9)
    assert account.get(LOG, period="24h").status_code == 200


def test_the_limit_of_requests_can_be_chosen(account):
    """Its 429 does not say when to come back."""
    account.play(AccountScenario(requests_per_minute=1))
    first, second = (account.get(LOG, period="24h") for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 429)
    assert "retry-after" not in second.headers


def test_rows_can_be_late(account):
    """By ten minutes, or as many seconds as a test chooses."""
    generation_id = account.submit()
    account.play("rows-late")
    account.pass_time(375 + 599)
    assert account.rows() == []
    account.pass_time(1)
    assert account.ids() == [generation_id]
    account.play(AccountScenario(row_delay=601))
    assert account.rows() == []


def test_rows_can_be_missing_for_ever(account):
    """Though the charge is in the books."""
    account.play("rows-never")
    account.finish()
    account.pass_time(80_000)
    assert account.rows() == []
    assert account.account.charged_usd == 0.1


def test_rows_can_have_the_time_of_the_end(account):
    """A window that ends before the job does not have it."""
    account.play("rows-end")
    generation_id = account.submit()
    account.pass_time(LONG)
    assert account.rows()[0]["created"] == "1970-01-01T00:22:55.000Z"
    late = {"start": "1970-01-01T00:22:55", "end": "1970-01-01T00:23:00"}
    assert account.ids(**late) == [generation_id]
    assert account.ids(start="1970-01-01", end="1970-01-01T00:22:54") == []


@pytest.mark.parametrize(
    ("scenario", "name"),
    [("rows-no-request", "request_id"), ("rows-no-client", "client_request_id")],
)
def test_rows_can_be_without_an_id(account, scenario, name):
    """It is null."""
    account.play(scenario)
    account.submit(client_id="mine-1")
    account.pass_time(LONG)
    assert [key for key, value in account.rows()[0].items() if value is None] == [name]


def test_two_rows_can_have_one_client_request_id(account):
    """Each is of a generation of its own, and stays the same when it is read again."""
    account.play("rows-twice")
    generation_id = account.submit(client_id="mine-1")
    account.pass_time(LONG)
    page = account.log()
    first, second = page["data"]
    assert [row["client_request_id"] for row in page["data"]] == 2 * ["mine-1"]
    assert first["inference_id"] == generation_id != second["inference_id"]
    assert page["pagination"]["total"] == 2
    assert account.log() == page


def test_pages_can_overlap(account):
    """Each one after the first begins with the last row of the one before; none is lost."""
    ids = account.finish(*"ABCD")[::-1]
    account.play("pages-overlap")
    pages = [account.log(limit=2, offset=offset) for offset in (0, 2, 4)]
    seen = [[row["inference_id"] for row in page["data"]] for page in pages]
    assert seen == [ids[:2], ids[1:3], ids[3:]]
    assert [page["pagination"]["has_more"] for page in pages] == [True, True, False]


def test_pages_can_promise_more_for_ever(account):
    """Also an empty one."""
    account.finish()
    account.play("pages-endless")
    for offset, count in ((0, 1), (1, 0), (1000, 0)):
        page = account.log(offset=offset)
        assert (len(page["data"]), page["pagination"]["has_more"]) == (count, True)
