"""What the page changes, and what it does not."""

import pytest

from tests.sandbox.conftest import LONG
from wan_ergonomic.sandbox import ACCOUNT_SCENARIOS, SCENARIOS


def test_speed_and_scenarios_can_be_set(page):
    """One of them, or all at once."""
    sandbox = page.api.sandbox
    assert page.post("settings", {"speed": 60}).json() == {}
    page.post("settings", {"scenario": "fails", "account": "log-503", "speed": 0.5})
    assert (sandbox.speed, sandbox.scenario) == (0.5, SCENARIOS["fails"])
    assert sandbox.account.scenario is ACCOUNT_SCENARIOS["log-503"]
    state = page.state()
    assert (state["speed"], state["scenario"], state["account"]) == (0.5, "fails", "log-503")


def test_a_scenario_is_played_until_it_is_set_back(page):
    """For the next prompts that name none."""
    page.post("settings", {"scenario": "no-credits"})
    assert page.api.submit().status_code == 403
    assert page.api.submit("[scenario: completes]").is_success
    page.post("settings", {"scenario": "completes"})
    assert page.api.submit().is_success


@pytest.mark.parametrize(
    "body",
    [
        {"speed": 0},
        {"speed": -1},
        {"speed": None},
        {"speed": "fast"},
        {"speed": [1]},
        {"speed": 10**400},
        {"scenario": "nothing"},
        {"scenario": ["fails"]},
        {"account": "nothing"},
        {"account": {}},
        {"key": "other"},
        {"speed": 9, "scenario": "nothing"},
        {"speed": 9, "key": "other"},
        ["speed"],
        "speed",
    ],
)
def test_a_wrong_setting_changes_nothing(page, body):
    """The error says what is wrong."""
    response = page.post("settings", body)
    assert response.status_code == 400
    assert response.json()["error"].endswith(".")
    state = page.state()
    assert (state["speed"], state["scenario"], state["account"]) == (1, "completes", "ordinary")


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"{", 400), (b"", 400), (b"\xff", 400), (b"[" * 9000, 400), (b" " * 10_001 + b"{}", 413)],
)
def test_a_body_that_is_no_json_changes_nothing(page, content, status):
    """Nor does one that is too large."""
    headers = {"Content-Type": "application/json"}
    response = page.http.post(f"{page.path}/settings", content=content, headers=headers)
    assert response.status_code == status


@pytest.mark.parametrize(("how", "status"), [("finish", "completed"), ("fail", "error")])
def test_a_job_can_be_ended(page, clock, how, status):
    """Once: then it has ended."""
    generation_id = page.api.submit().json()["id"]
    clock.time += 10
    address = f"jobs/{page.jobs()[0]['name']}/{how}"
    assert page.post(address).json() == {}
    assert page.api.poll(generation_id).json()["status"] == status
    again = page.post(address)
    assert (again.status_code, again.json()) == (409, {"error": "The job has ended already."})


def test_a_job_that_has_ended_cannot_be_ended(page):
    """Nor one that does not exist, nor in another way."""
    page.api.finished()
    name = page.jobs()[0]["name"]
    assert page.post(f"jobs/{name}/fail").status_code == 409
    assert page.post("jobs/nothing/fail").status_code == 404
    assert page.post(f"jobs/{name}/pause").status_code == 404
    assert page.jobs()[0]["ran"] < LONG
