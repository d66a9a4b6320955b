"""Keys, failures, and the table of the account's scenarios."""

import re
import threading
import time
from pathlib import Path

import httpx
import pytest

from tests.support.waiting import SECONDS
from wan_ergonomic.sandbox import (
    ACCOUNT_SCENARIOS,
    AccountScenario,
    Reply,
    Run,
    Sandbox,
    create_app,
)
from wan_ergonomic.sandbox.account._paths import PATHS

from .conftest import BALANCE, CATALOGUE, LEDGER, LOG, METRICS


def test_the_table_is_keyed_by_name_and_read_only():
    """Each scenario is found under its own name, and none can be added."""
    assert [scenario.name for scenario in ACCOUNT_SCENARIOS.values()] == list(ACCOUNT_SCENARIOS)
    assert not hasattr(ACCOUNT_SCENARIOS, "__setitem__")


@pytest.mark.parametrize("name", ACCOUNT_SCENARIOS)
def test_each_summary_is_one_sentence(name):
    """It fits in one line of the list, beside the name."""
    summary = ACCOUNT_SCENARIOS[name].summary
    assert re.fullmatch(r"[A-Z][^\n]*\.", summary)
    assert len(f"  {name:<17} {summary}") <= 80
    assert len(name) <= 17


@pytest.mark.parametrize("name", ACCOUNT_SCENARIOS)
def test_every_scenario_is_played_somewhere_in_these_tests(name):
    """A new scenario needs a test that plays it."""
    tests = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert f'"{name}"' in tests


@pytest.mark.parametrize("key", [None, "Bearer wrong", "sandbox-key"])
def test_only_the_catalogue_and_the_metrics_need_no_key(account, key):
    """The others are 401, in the gateway's format."""
    headers = {} if key is None else {"Authorization": key}
    url = account.api.sandbox.url
    for path in (CATALOGUE, METRICS):
        assert httpx.get(f"{url}{path}", headers=headers).status_code == 200
    for path in (LOG, BALANCE, LEDGER):
        response = httpx.get(f"{url}{path}", headers=headers)
        assert (response.status_code, response.json()["instance"]) == (401, path)


@pytest.mark.parametrize(
    ("scenario", "path", "statuses"),
    [
        ("catalogue-away", CATALOGUE, [503, 503, 503, 503]),
        ("metrics-away", METRICS, [503, 503, 503, 503]),
        ("log-503", LOG, [503, 503, 503, 200]),
        ("log-away", LOG, [503, 503, 503, 503]),
        ("log-429", LOG, [429, 429, 200, 200]),
        ("log-429-bare", LOG, [429, 429, 200, 200]),
        ("log-missing", LOG, [404, 404, 404, 404]),
        ("log-page", LOG, [200, 200, 200, 200]),
        ("balance-away", BALANCE, [503, 503, 503, 503]),
        ("ledger-away", LEDGER, [503, 503, 503, 503]),
    ],
)
def test_an_operation_can_fail_and_the_others_work(account, scenario, path, statuses):
    """As often as the scenario says."""
    account.play(scenario)
    seen = [account.get(path, period="24h").status_code for _ in statuses]
    assert seen == statuses
    others = [account.get(other, period="24h") for other in PATHS.values() if other != path]
    assert [response.status_code for response in others] == 4 * [200]


@pytest.mark.parametrize(("scenario", "sent"), [("log-429", "1"), ("log-429-bare", None)])
def test_a_429_can_say_when_to_come_back(account, scenario, sent):
    """Or not."""
    account.play(scenario)
    assert account.get(LOG, period="24h").headers.get("retry-after") == sent


def test_the_log_can_be_a_page_of_html(account):
    """Twice, then it is the log."""
    account.play("log-page")
    kinds = [account.get(LOG, period="24h").headers["content-type"][:9] for _ in range(3)]
    assert kinds == ["text/html", "text/html", "applicati"]


def test_the_log_can_be_missing_as_any_other_path(account):
    """In the same words as a path that the sandbox does not have."""
    account.play("log-missing")
    for path in (LOG, "/v2/nowhere"):
        response = account.get(path)
        assert (response.status_code, response.json()["message"]) == (404, f"Cannot GET {path}")


def test_the_log_can_lose_its_connection(account):
    """Twice, then it responds."""
    account.play("log-dropped")
    for _ in range(2):
        with pytest.raises(httpx.RemoteProtocolError):
            account.get(LOG, period="24h")
    assert account.rows() == []


def test_the_log_can_hang(account):
    """Once."""
    account.play("log-hangs")
    account.http.timeout = httpx.Timeout(5, read=0.1)
    with pytest.raises(httpx.ReadTimeout):
        account.get(LOG, period="24h")
    assert account.rows() == []


def test_responses_can_be_slow(account):
    """By two seconds, or as many as a test chooses; generations are as fast as ever."""
    assert ACCOUNT_SCENARIOS["account-slow"].response_delay == 2
    account.play(AccountScenario(response_delay=0.2))
    began = time.monotonic()
    assert account.get(BALANCE).status_code == 200
    assert time.monotonic() - began >= 0.2
    account.http.timeout = httpx.Timeout(5, read=0.05)
    with pytest.raises(httpx.ReadTimeout):
        account.get(CATALOGUE)


def test_a_slow_response_does_not_hold_up_the_end(account):
    """Its connection is closed when the sandbox stops."""
    account.play(AccountScenario(response_delay=600))
    failed = []

    def wait() -> None:
        try:
            account.get(BALANCE)
        except httpx.RemoteProtocolError as error:
            failed.append(error)

    thread = threading.Thread(target=wait)
    account.http.timeout = SECONDS
    thread.start()
    while not account.api.sandbox.received:
        time.sleep(0.01)
    account.api.sandbox.stop()
    thread.join(SECONDS)
    assert len(failed) == 1


def test_a_scenario_that_is_set_again_begins_anew(account):
    """And an ordinary one ends it."""
    scenario = AccountScenario(failures={"get_balance": Run((Reply(status=500),))})
    for _ in range(2):
        account.play(scenario)
        assert [account.get(BALANCE).status_code for _ in range(2)] == [500, 200]
    account.play("log-away")
    account.play("ordinary")
    assert account.rows() == []
    assert account.account.scenario is ACCOUNT_SCENARIOS["ordinary"]


def test_a_sandbox_can_begin_with_a_scenario():
    """So can the application without its own server."""
    away = ACCOUNT_SCENARIOS["catalogue-away"]
    with Sandbox(account=away) as sandbox:
        assert httpx.get(f"{sandbox.url}{CATALOGUE}").status_code == 503
    with Sandbox() as sandbox:
        assert httpx.get(f"{sandbox.url}{CATALOGUE}").status_code == 200
    assert create_app(account=away) is not None


def test_requests_for_the_account_are_recorded(account):
    """With those for generations, and without the key."""
    account.get(CATALOGUE, include="pricing")
    account.get(BALANCE)
    first, second = account.api.sandbox.received
    assert (first.path, first.query, second.path) == (CATALOGUE, {"include": "pricing"}, BALANCE)
    assert second.has_right_key


@pytest.mark.parametrize("path", PATHS.values())
def test_the_operations_are_for_get_only(account, path):
    """Other methods get 405."""
    response = account.http.post(path)
    assert (response.status_code, response.headers["allow"]) == (405, "GET")
