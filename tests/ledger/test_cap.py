"""A cap on spending, kept by both clients, with a ledger and without one, against a sandbox.

The sandbox keeps books of its own, so a test compares what the client believes with
what was charged.
"""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.options import as_arguments, needs, small
from tests.support.waiting import SECONDS, until
from wan_ergonomic import (
    ApiError,
    ConfigurationError,
    Drift,
    PollingPolicy,
    RetryPolicy,
    SpendLimitError,
    SubmissionInDoubtError,
)
from wan_ergonomic._flows import CLIENT_REQUEST_ID
from wan_ergonomic.ledger import Cap, Ledger

# Not in the door: how long a writer waits is shortened.
from wan_ergonomic.ledger import _ledger as module
from wan_ergonomic.sandbox import ACCOUNT_SCENARIOS, AccountScenario, Sandbox

ROOT = Path(__file__).parents[2]
# What `small()` costs in the sandbox.
PRICE = 0.1 if "resolution" in small() else 0.5
ONCE = RetryPolicy(attempts=1)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox that charges, and whose jobs take a third of a second."""
    with Sandbox(speed=1000.0) as running:
        yield running


@pytest.fixture
def ledger(tmp_path) -> Ledger:
    """An empty ledger."""
    return Ledger(tmp_path / "ledger")


@pytest.fixture(params=["ledger", "memory"])
def books(request, ledger) -> dict[str, Any]:
    """The option of a client that keeps its cap in a ledger, or in memory."""
    return {"ledger": ledger} if request.param == "ledger" else {}


@pytest.fixture
def open_client(client_kind, sandbox, clock):
    """Make a client of the sandbox, with a cap in prices of one video."""

    def open_client(videos: float | None, **options: Any) -> Any:
        cap = None if videos is None else videos * PRICE
        options = {"base_url": sandbox.url, "clock": clock, **options}
        return client_kind.client(sandbox.key, max_usd=cap, **options)

    return open_client


def submit(wan: Any, scenario: str = "", **more: Any) -> Any:
    """Submit a small video, with a scenario of the sandbox."""
    prompt = f"A boat [scenario: {scenario}]" if scenario else "A boat"
    return wan.submit(prompt, **{**small(), **more})


def posts(sandbox: Sandbox) -> int:
    """Return how many submissions a sandbox has received."""
    return sum(request.method == "POST" for request in sandbox.received)


def test_what_would_exceed_the_cap_is_not_sent(open_client, sandbox, books):
    """The error says what is left; the server's own books agree."""
    with open_client(2.5, **books) as wan:
        submit(wan)
        submit(wan)
        with pytest.raises(SpendLimitError, match="are charged or reserved") as caught:
            submit(wan)
    error = caught.value
    assert error.max_usd == pytest.approx(2.5 * PRICE)
    assert error.spent_usd == pytest.approx(2 * PRICE)
    assert error.price_usd == pytest.approx(PRICE)
    assert posts(sandbox) == 2
    assert sandbox.account.highest_charged_usd == pytest.approx(2 * PRICE)


def test_a_cap_of_nothing_sends_nothing(open_client, sandbox, books):
    """Not even the first one."""
    with open_client(0, **books) as wan, pytest.raises(SpendLimitError):
        submit(wan)
    assert posts(sandbox) == 0


def test_the_price_is_reserved_before_the_response(open_client, sandbox, books):
    """And stays reserved when there is none."""
    with open_client(1.5, **books) as wan, ThreadPoolExecutor(1) as pool:
        lost = pool.submit(submit, wan, "lost-response", timeout=1.5)
        until(lambda: posts(sandbox))
        assert not lost.done()
        with pytest.raises(SpendLimitError):
            submit(wan)
        with pytest.raises(SubmissionInDoubtError):
            lost.result(SECONDS)
        with pytest.raises(SpendLimitError):
            submit(wan)
    assert (posts(sandbox), sandbox.billed) == (1, 1)


def test_a_response_settles_the_reservation(open_client, sandbox, books):
    """With a charge of half the price, three are sent where two could be reserved."""
    sandbox.account.scenario = AccountScenario(pricing=_times(2))
    with open_client(4, **books) as wan:
        for _ in range(3):
            submit(wan)
        with pytest.raises(SpendLimitError) as caught:
            submit(wan)
    assert caught.value.spent_usd == pytest.approx(3 * PRICE)
    assert caught.value.spent_usd == pytest.approx(sandbox.account.charged_usd)


def _times(factor: float) -> Any:
    """Return a change of the pricing: each price is as many times what is charged."""

    def change(pricing: dict[str, Any]) -> dict[str, Any]:
        prices = [one | {"price": one["price"] * factor} for one in pricing["variants"]]
        return pricing | {"variants": prices}

    return change


@pytest.mark.parametrize("scenario", ["bad-prompt", "no-credits", "busy", "overloaded"])
def test_a_rejection_releases_the_reservation(open_client, sandbox, books, scenario):
    """The API says that it charged nothing; of 429 and 503, after the last attempt."""
    with open_client(1, retrying=ONCE, **books) as wan:
        with pytest.raises(ApiError):
            submit(wan, scenario)
        submit(wan)
        with pytest.raises(SpendLimitError):
            submit(wan)
    assert (posts(sandbox), sandbox.billed) == (2, 1)


def test_a_submission_that_is_sent_again_is_reserved_once(open_client, sandbox, books):
    """Two of its three attempts are rejected."""
    with open_client(1, **books) as wan:
        submit(wan, "busy")
    assert (posts(sandbox), sandbox.account.charged_usd) == (3, pytest.approx(PRICE))


@pytest.mark.parametrize(
    "scenario", ["lost-500", "lost-502", "lost-connection", "conflict", "created-page", "broken"]
)
def test_what_is_in_doubt_stays_reserved(open_client, sandbox, books, scenario):
    """Whether it was charged or not."""
    with open_client(1, **books) as wan:
        with pytest.raises(SubmissionInDoubtError):
            submit(wan, scenario)
        with pytest.raises(SpendLimitError) as caught:
            submit(wan)
    assert caught.value.spent_usd == pytest.approx(PRICE)
    assert posts(sandbox) == 1


def _only_dearest(pricing: dict[str, Any]) -> dict[str, Any]:
    dearest = max(pricing["variants"], key=lambda one: one["price"])
    return pricing | {"variants": [dearest]}


@needs("resolution")
def test_an_unknown_price_counts_as_the_highest_known(open_client, sandbox, books):
    """Until the response says what was charged."""
    sandbox.account.scenario = AccountScenario(pricing=_only_dearest)
    with open_client(4.9, **books) as wan, pytest.raises(SpendLimitError) as caught:
        submit(wan)
    assert caught.value.price_usd == pytest.approx(5 * PRICE)
    with open_client(6, **books) as wan:
        submit(wan)
        submit(wan)
        with pytest.raises(SpendLimitError):
            submit(wan)
    assert posts(sandbox) == 2


@pytest.mark.parametrize(
    ("account", "reason"),
    [
        ("no-pricing", "the catalogue has no price for the model"),
        ("variable", "the catalogue says that the price varies"),
        ("unit-unknown", "not for a video or a second"),
        ("price-negative", "the catalogue's price cannot be right"),
        ("price-absurd", "the catalogue's price cannot be right"),
        ("no-model", "the catalogue does not list the model"),
        ("catalogue-away", "the catalogue cannot be read"),
    ],
)
def test_without_any_known_price_a_cap_refuses(open_client, sandbox, books, account, reason):
    """However high it is; why the price is not known is said."""
    sandbox.account.scenario = ACCOUNT_SCENARIOS[account]
    with open_client(1000, **books) as wan, pytest.raises(SpendLimitError) as caught:
        submit(wan)
    assert caught.value.price_usd is None
    assert re.search(f"not known, .* Why: .*{reason}", str(caught.value))
    assert posts(sandbox) == 0


@needs("resolution")
def test_without_the_catalogue_the_last_charge_is_the_price(open_client, sandbox, ledger):
    """The ledger has it, from a client without a cap; a video of another size cost more."""
    with open_client(None, ledger=ledger) as wan:
        submit(wan)
        submit(wan, resolution="1080P")
    sandbox.account.scenario = ACCOUNT_SCENARIOS["catalogue-away"]
    with open_client(7, ledger=ledger) as wan:
        submit(wan)
        with pytest.raises(SpendLimitError) as caught:
            submit(wan)
    assert caught.value.price_usd == pytest.approx(PRICE)
    assert posts(sandbox) == 3


def test_a_client_counts_what_others_spent_with_its_ledger(open_client, sandbox, ledger):
    """Those without a cap too."""
    with open_client(None, ledger=ledger) as first, open_client(2, ledger=ledger) as second:
        submit(first)
        submit(second)
        with pytest.raises(SpendLimitError):
            submit(second)
        submit(first)
    assert posts(sandbox) == 3


def test_without_a_ledger_each_client_has_a_cap_of_its_own(open_client, sandbox):
    """They know nothing of each other."""
    for _ in range(2):
        with open_client(1) as wan:
            submit(wan)
            with pytest.raises(SpendLimitError):
                submit(wan)
    assert posts(sandbox) == 2


def test_what_was_spent_a_day_ago_counts_no_more(open_client, ledger):
    """Up to the last minute it does."""

    def age(seconds: float) -> None:
        with closing(sqlite3.connect(ledger.path)) as connection, connection:
            connection.execute("UPDATE jobs SET submitted = submitted - ?", (seconds,))

    with open_client(1, ledger=ledger) as wan:
        submit(wan)
        age(86340)
        with pytest.raises(SpendLimitError):
            submit(wan)
        age(61)
        submit(wan)


def test_two_submissions_with_one_request_id_are_two_jobs(open_client, sandbox, ledger):
    """Each is charged, and each counts."""
    headers = {CLIENT_REQUEST_ID: "mine"}
    with open_client(2, ledger=ledger) as wan:
        for _ in range(2):
            submit(wan, extra_headers=headers)
        with pytest.raises(SpendLimitError):
            submit(wan, extra_headers=headers)
    jobs = ledger.jobs()
    assert [job.client_request_id for job in jobs] == ["mine", "mine"]
    assert len({job.generation_id for job in jobs}) == 2
    assert ledger.spent(sandbox.url, 60) == pytest.approx(sandbox.account.charged_usd)


@pytest.mark.parametrize("max_usd", ["5", True, float("nan"), float("inf"), -1, [], 1j])
def test_a_cap_is_a_number_of_dollars(client_kind, max_usd):
    """From 0 on; anything else is an error before anything is sent."""
    with (
        pytest.raises(ConfigurationError, match="max_usd must be a number of US dollars"),
        client_kind.client(max_usd=max_usd),
    ):
        pytest.fail("It was accepted.")
    assert (Cap(0).usd, Cap(2.5).usd) == (0, 2.5)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other connections from writing."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield


@pytest.fixture
def impatient(monkeypatch):
    """Wait for a lock a tenth of a second."""
    monkeypatch.setattr(module, "LOCK_SECONDS", 0.1)
    monkeypatch.setattr(module, "PAID_LOCK_SECONDS", 0.1)


@pytest.fixture(params=["folder", "in no folder", "locked", "newer", "read-only"])
def unusable(request, tmp_path, impatient) -> Iterator[Ledger]:  # noqa: ARG001
    """A ledger that cannot be written."""
    path = tmp_path / "unusable"
    if request.param == "folder":
        path.mkdir()
    elif request.param == "in no folder":
        path.touch()
        path /= "ledger"
    else:
        Ledger(path).keep("name", "text")
    if request.param == "locked":
        with locked(path):
            yield Ledger(path)
        return
    if request.param == "newer":
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA user_version = 99")
    if request.param == "read-only":
        if os.geteuid() == 0:
            pytest.skip("The superuser may write every file.")
        path.chmod(0o400)
    yield Ledger(path)


@pytest.mark.parametrize("videos", [1000, None])
def test_a_ledger_that_cannot_be_written_stops_only_what_has_a_cap(
    open_client, sandbox, unusable, videos
):
    """Nothing is sent under a cap that cannot be kept; without one, a submission goes on."""
    with open_client(videos, ledger=unusable) as wan:
        if videos is None:
            submit(wan)
        else:
            with pytest.raises(SpendLimitError, match="cannot be kept without the ledger"):
                submit(wan)
    assert posts(sandbox) == (videos is None)


def test_a_ledger_that_was_broken_stops_what_has_a_cap(open_client, sandbox, ledger):
    """What was spent is not known for a day, unless someone moves the broken file away."""
    ledger.path.write_bytes(b"This is no database." * 100)
    with open_client(1000, ledger=ledger) as wan:
        for _ in range(2):
            with pytest.raises(SpendLimitError, match="what was spent before is not known"):
                submit(wan)
        assert posts(sandbox) == 0
        with open_client(None, ledger=ledger) as another:
            submit(another)
        (aside,) = ledger.path.parent.glob("ledger.broken-*")
        yesterday = datetime.now(UTC) - timedelta(days=1)
        old = aside.rename(f"{ledger.path}.broken-{yesterday:%Y%m%dT%H%M%S%f}")
        submit(wan)
        old.rename(f"{ledger.path}.broken-{yesterday + timedelta(minutes=1):%Y%m%dT%H%M%S%f}")
        with pytest.raises(SpendLimitError):
            submit(wan)


def test_a_cap_waits_longer_for_a_ledger_than_a_record_does(
    open_client, sandbox, ledger, monkeypatch
):
    """What others reserve has to be known."""
    ledger.keep("name", "text")
    # The usual time.
    monkeypatch.setattr(ledger._store, "_seconds", 0.05)
    with open_client(1, ledger=ledger) as wan, ThreadPoolExecutor(1) as pool:
        with locked(ledger.path):
            sent = pool.submit(submit, wan)
            until(lambda: any("models" in each.path for each in sandbox.received))
            time.sleep(1.0)
            assert (posts(sandbox), sent.done()) == (0, False)
        assert sent.result(SECONDS).id
    assert posts(sandbox) == 1


@pytest.mark.parametrize(("factor", "found"), [(1, 0), (2, 1), (0.5, 1)])
def test_a_charge_that_is_not_the_price_is_one_drift(open_client, sandbox, books, factor, found):
    """Of a whole generation, with its polls."""
    sandbox.account.scenario = AccountScenario(pricing=_times(factor))
    drift: list[Drift] = []
    quick = PollingPolicy(min_interval=0.05, max_interval=0.1)
    with open_client(10, on_drift=drift.append, clock=None, polling=quick, **books) as wan:
        assert wan.generate("A boat", **small()).completed
    prices = [each for each in drift if each.kind == "price"]
    assert len(prices) == found
    for each in prices:
        assert (each.expected, each.found) == (f"${PRICE * factor:g}", f"${PRICE:g}")


@needs("resolution")
def test_what_is_charged_for_an_unknown_price_is_no_drift(open_client, sandbox, books):
    """The highest price of the model is no quote."""
    sandbox.account.scenario = AccountScenario(pricing=_only_dearest)
    drift: list[Drift] = []
    with open_client(10, on_drift=drift.append, **books) as wan:
        submit(wan)
    assert drift == []


def test_the_drift_of_a_price_is_in_what_submit_returns(open_client, sandbox):
    """As every other departure of its response is."""
    sandbox.account.scenario = AccountScenario(pricing=_times(2))
    with open_client(10) as wan:
        assert [each.kind for each in submit(wan).drift] == ["price"]


def command(sandbox: Sandbox, ledger: Ledger, *words: str) -> tuple[int, str]:
    """Run ``wan generate`` as a process; return its exit code and what it reports."""
    key_and_ledger = {"AIMLAPI_API_KEY": sandbox.key, "WAN_LEDGER": str(ledger.path)}
    saved = str(ledger.path.with_name("boat.mp4"))
    options = [*as_arguments(small()), "--base-url", sandbox.url, "-o", saved, *words]
    done = subprocess.run(
        [sys.executable, "-m", "wan_ergonomic", "generate", "A boat", *options],
        cwd=ROOT,
        env={**os.environ, **key_and_ledger},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    return done.returncode, done.stderr


def test_the_command_sends_nothing_that_would_exceed_its_cap(sandbox, ledger):
    """It ends with 2, as if the command line were wrong; up to the cap it ends with 0."""
    code, said = command(sandbox, ledger, "--max-usd", str(0.9 * PRICE))
    assert (code, posts(sandbox), ledger.jobs()) == (2, 0, [])
    assert "of the cap of" in said
    assert command(sandbox, ledger, "--max-usd", str(PRICE))[0] == 0
    assert command(sandbox, ledger, "--max-usd", str(1.9 * PRICE))[0] == 2
    assert posts(sandbox) == 1


def test_the_command_refuses_if_its_ledger_cannot_be_written(sandbox, tmp_path):
    """The cap cannot be kept; nothing is sent."""
    (tmp_path / "ledger").mkdir()
    code, said = command(sandbox, Ledger(tmp_path / "ledger"), "--max-usd", "1000")
    assert (code, posts(sandbox)) == (2, 0)
    assert "cannot be kept without the ledger" in said
