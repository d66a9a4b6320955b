"""``wan price``, ``wan balance`` and ``wan spend``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.options import needs
from tests.support.waiting import until
from wan_ergonomic import Generation, Usage
from wan_ergonomic._spec import model
from wan_ergonomic.cli._exits import UsageError
from wan_ergonomic.cli.account._spend import moment
from wan_ergonomic.sandbox import ACCOUNT_SCENARIOS

# With the first bodies, a video costs 0.50 US dollars, or 0.10 as a small one.
pytestmark = pytest.mark.usefixtures("bodies_as_they_were")
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@needs("resolution")
def test_a_price_needs_no_key(wan, shop, monkeypatch):
    """None is sent, even if there is one."""
    for name in ("AIMLAPI_API_KEY", "AIML_API_KEY", "AIMLAPI_KEY"):
        monkeypatch.delenv(name, raising=False)
    result = wan("price", "--resolution", "480P", "--base-url", shop.url)
    assert result.code == 0, result.err
    assert result.out.decode().startswith("$0.10 (the catalogue, ")
    assert wan("price", at=shop).out.decode().startswith("$0.50 (")
    assert [each.headers.get("authorization") for each in shop.received] == [None, None]


def test_a_price_is_for_so_many_videos(wan, shop):
    """The sum, and each."""
    result = wan("price", "--count", "10", at=shop)
    assert result.out.decode().startswith("$5.00 for 10 videos, each $0.50 (")
    data = wan("price", "--count", "10", "--json", at=shop).data
    assert (data["usd"], data["count"], data["total_usd"]) == (0.5, 10, 5.0)


def test_a_price_that_cannot_be_quoted_is_unknown(wan, shop):
    """It is not zero."""
    shop.account.scenario = ACCOUNT_SCENARIOS["variable"]
    result = wan("price", "--count", "2", at=shop)
    assert (result.code, result.out) == (
        0,
        b"price unknown: the catalogue says that the price varies\n",
    )
    data = wan("price", "--json", at=shop).data
    assert (data["usd"], data["total_usd"]) == (None, None)


def test_the_balance_is_what_is_left(wan, shop):
    """In the account's currency."""
    assert wan("balance", at=shop).out == b"100.00 USD\n"
    assert wan("balance", "--json", at=shop).data == {"amount": 100.0, "currency": "USD"}


def test_the_log_and_the_ledger_are_shown_side_by_side(wan, shop, ledger):
    """With what only one of them knows."""
    assert wan("generate", "A boat", "-o", "b.mp4", at=shop).code == 0
    assert wan("generate", "A fox", "-o", "f.mp4", "--no-ledger", at=shop).code == 0
    ledger.begin("nowhere-1", {"model": "m"}, shop.url)
    result = wan("spend", "--since", "24h", at=shop)
    sums, *odd = result.out.decode().splitlines()
    assert sums.endswith("  $1.00 in the log  $0.50 in the ledger")
    assert sorted(line.partition(":")[0] for line in odd) == [
        "only in the ledger",
        "only in the log",
    ]
    data = wan("spend", "--by", "model", "--json", at=shop).data
    assert {each["model"] for each in data["sums"]} == {model(), "m"}
    assert len(data["differences"]) == 2


def test_the_sums_may_be_of_batches(wan, shop, ledger):
    """What was not part of one has a sum, too."""
    for number, batch in enumerate(("boats", "boats", None)):
        entry = ledger.begin(f"r-{number}", {"model": "m"}, shop.url, batch=batch)
        usage = Usage(credits=500_000, usd=0.25)
        ledger.accepted(Generation(id=f"g-{number}", usage=usage), shop.url, entry)
    sums = wan("spend", "--by", "batch", at=shop).out.decode().splitlines()[:2]
    assert sums == [
        "no batch  $0.00 in the log  $0.25 in the ledger",
        "boats  $0.00 in the log  $0.50 in the ledger",
    ]
    data = wan("spend", "--by", "batch", "--json", at=shop).data
    assert [each["batch"] for each in data["sums"]] == ["no batch", "boats"]
    assert [each["batch"] for each in data["differences"]] == [None, "boats", "boats"]


def test_nothing_that_was_paid_is_said(wan, shop):
    """Not with an empty page."""
    result = wan("spend", "--no-ledger", at=shop)
    assert result.out.decode().startswith("Nothing was paid since 20")


@pytest.mark.usefixtures("ledger")
def test_a_job_that_the_log_calls_failed_is_marked(wan, shop):
    """The ledger does not know that it ended."""
    wan("submit", "A boat [scenario: error-text]", at=shop)
    # The log has it once its job has ended.
    until(lambda: b"failed, charged here: " in wan("spend", at=shop).out)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("24h", NOW - timedelta(hours=24)),
        ("7d", NOW - timedelta(days=7)),
        (" 2W ", NOW - timedelta(weeks=2)),
        ("2026-11-01T00:00:00+00:00", datetime(2026, 11, 1, tzinfo=UTC)),
    ],
)
def test_a_time_is_a_span_or_a_date(text, found):
    """Up to now."""
    assert moment(text, NOW) == found


@pytest.mark.parametrize("text", ["", "yesterday", "7", "-1d", "2026-13-01", "2030-01-01"])
def test_another_time_is_a_mistake(text):
    """So is one in the future."""
    with pytest.raises(UsageError, match="--since takes a time span"):
        moment(text, NOW)
