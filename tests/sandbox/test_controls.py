"""What a test can change while a sandbox runs: the scenario, and the end of a job."""

import pytest

from wan_ergonomic.sandbox import ACCOUNT_SCENARIOS, SCENARIOS, Sandbox, SandboxError
from wan_ergonomic.sandbox._form import url_of

from .conftest import LONG


def test_a_scenario_can_be_played_for_prompts_that_name_none(api):
    """Until another one is set; a prompt that names one plays that."""
    api.sandbox.scenario = SCENARIOS["no-credits"]
    assert api.submit().status_code == 403
    assert api.submit("[scenario: completes] A boat").is_success
    api.sandbox.scenario = SCENARIOS["completes"]
    assert api.submit().is_success
    assert api.sandbox.scenario.name == "completes"


def test_a_sandbox_can_begin_with_a_scenario():
    """As with that of the account."""
    assert Sandbox(scenario=SCENARIOS["fails"]).scenario is SCENARIOS["fails"]
    assert Sandbox().scenario is SCENARIOS["completes"]


def test_a_job_keeps_the_scenario_of_its_submission(api, clock):
    """A later one is for later prompts."""
    generation_id = api.submit().json()["id"]
    api.sandbox.scenario = SCENARIOS["fails"]
    clock.time += LONG
    assert api.poll(generation_id).json()["status"] == "completed"


def test_each_scenario_counts_the_rejections_of_a_prompt_anew(api):
    """What was rejected under another one does not count."""
    api.sandbox.scenario = SCENARIOS["broken"]
    for _ in range(3):
        assert api.submit().status_code == 500
    api.sandbox.scenario = SCENARIOS["busy"]
    assert [api.submit().status_code for _ in range(2)] == [429, 429]
    assert api.submit().is_success


def test_a_job_can_be_finished_now(api, clock):
    """It has its video at once, and keeps it."""
    generation_id = api.submit("[scenario: stuck]").json()["id"]
    clock.time += 10
    api.sandbox.finish(generation_id)
    body = api.poll(generation_id).json()
    assert body["status"] == "completed"
    assert url_of(body["video"]).startswith("http")
    clock.time += LONG
    assert api.poll(generation_id).json()["status"] == "completed"


def test_a_finished_job_ends_as_its_scenario_says(api):
    """One that would fail fails, and is refunded."""
    generation_id = api.submit("[scenario: error-text]").json()["id"]
    api.sandbox.finish(generation_id)
    assert isinstance(api.poll(generation_id).json()["error"], str)
    assert api.sandbox.account.charged_usd == 0


def test_a_job_can_fail_now(api, clock):
    """It is refunded at this moment, and its row is in the log."""
    generation_id = api.submit().json()["id"]
    clock.time += 10
    api.sandbox.fail(generation_id)
    clock.time += 10
    assert api.poll(generation_id).json()["error"]["name"] == "DataInspectionFailed"
    refund = api.sandbox.account.transactions[-1]
    assert (refund.type, refund.created, refund.recorded) == ("REFUND", 1010, 1010)
    (row,) = api.http.get("/v2/logs?period=24h").json()["data"]
    assert (row["status"], row["inference_id"]) == ("failed", generation_id)


def test_the_row_of_a_job_that_was_ended_is_late_as_others_are(api, clock):
    """Counted from its end."""
    generation_id = api.submit().json()["id"]
    clock.time += 10
    api.sandbox.account.scenario = ACCOUNT_SCENARIOS["rows-late"]
    api.sandbox.fail(generation_id)
    refund = api.sandbox.account.transactions[-1]
    assert (refund.created, refund.recorded) == (1010, 1610)
    for passed, rows in ((599, 0), (1, 1)):
        clock.time += passed
        assert len(api.http.get("/v2/logs?period=24h").json()["data"]) == rows


def test_a_job_that_has_ended_stays_as_it_is(api, clock):
    """Whether by itself or before its time."""
    first, second = (api.submit().json()["id"] for _ in range(2))
    api.sandbox.fail(second)
    clock.time += LONG
    api.sandbox.fail(first)
    api.sandbox.finish(second)
    assert api.poll(first).json()["status"] == "completed"
    assert api.poll(second).json()["status"] == "error"


@pytest.mark.parametrize("how", ["finish", "fail"])
def test_the_end_of_an_unknown_job_is_an_error(how):
    """It names the id."""
    with pytest.raises(SandboxError, match="no job with the id 'nothing'"):
        getattr(Sandbox(), how)("nothing")
