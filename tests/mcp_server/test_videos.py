"""What the tools do: submit at once, poll, save, list and price, each with what was spent."""

from __future__ import annotations

import json
import time

import pytest

from tests.support.actions import Hang, response
from tests.support.options import small, unlimited
from tests.support.responses import ID, PROMPT, accepted, poll_response
from tests.support.waiting import until
from wan_ergonomic import (
    BadRequestError,
    Generation,
    NotFoundError,
    PromptError,
    SpendLimitError,
    SubmissionInDoubtError,
    WaitTimeoutError,
)
from wan_ergonomic._flows import CLIENT_REQUEST_ID
from wan_ergonomic.account import _log
from wan_ergonomic.sandbox import ACCOUNT_SCENARIOS

from .conftest import PRICE

pytest.importorskip("mcp", reason="the extra `mcp` is not installed")

from wan_ergonomic.mcp_server import _videos as module
from wan_ergonomic.mcp_server._results import ToolError

TOLD = {"job", "state", "status", "spent", "cost_usd", "sandbox", "next"}


@pytest.fixture(autouse=True)
def fresh_rate(monkeypatch):
    """No request for the log was made in the last minute."""
    monkeypatch.setattr(_log, "RATE", _log.Rate(180))


@pytest.fixture
def videos(make):
    """The videos of the sandbox, under a cap of some of them."""
    return make(max_usd=5.0)


@pytest.fixture
def late(monkeypatch):
    """A submission is late at once."""
    monkeypatch.setattr(module, "SUBMIT_SECONDS", 0.01)


@pytest.fixture
def at_server(make, server):
    """The videos of a server whose responses a test chooses."""
    return make(base_url=server.url)


def test_a_submission_returns_at_once_with_its_job(videos, sandbox):
    """It is paid for, and runs; what to do next is said."""
    result = videos.submit(PROMPT, **small())
    assert set(result) == {*TOLD, "poll_again_in_seconds"}
    assert (result["state"], result["spent"], result["cost_usd"]) == ("pending", "paid", PRICE)
    assert "Do not submit it again" in result["next"]
    assert sandbox.billed == 1


def test_polls_lead_to_the_end_and_cost_nothing(videos):
    """With the price that the ledger has of the job."""
    job = videos.submit(PROMPT, **small())["job"]
    assert videos.poll(job)["spent"] == "nothing"
    result = videos.poll(job, wait_seconds=20)
    assert (result["job"], result["state"], result["cost_usd"]) == (job, "completed", PRICE)
    assert "save_video" in result["next"]
    assert "poll_again_in_seconds" not in result


def test_a_wait_that_is_over_says_to_poll_again(at_server, server):
    """The job runs on."""
    server.script("poll", poll_response("queued"))
    result = at_server.poll(ID, wait_seconds=0.2)
    assert (result["state"], result["poll_again_in_seconds"]) == ("pending", 1)


def test_a_wait_in_which_nobody_responded_is_an_error(at_server, server):
    """Nothing was learnt of the job."""
    server.script("poll", response(503, {"message": "busy"}))
    with pytest.raises(WaitTimeoutError, match="The last poll failed"):
        at_server.poll(ID, wait_seconds=0.2)


@pytest.mark.parametrize("generation", [None, Generation(id=ID)])
def test_a_wait_that_has_seen_nothing_is_an_error(at_server, monkeypatch, generation):
    """There is nothing to tell of the job."""

    def wait(*_: object, **__: object) -> None:
        raise WaitTimeoutError("It is over.", generation=generation)

    monkeypatch.setattr(at_server._client, "wait", wait)
    with pytest.raises(WaitTimeoutError, match="It is over"):
        at_server.poll(ID, wait_seconds=1)


def test_a_job_that_failed_is_a_result(videos):
    """Its reason is the vendor's."""
    job = videos.submit(f"{PROMPT} [scenario: fails]", **small())["job"]
    result = videos.poll(job, wait_seconds=20)
    assert (result["state"], result["spent"]) == ("failed", "nothing")
    assert "new, paid submission" in result["next"]


def test_why_a_job_failed_is_said(at_server, server):
    """As the vendor puts it."""
    server.script("poll", poll_response("error", error={"name": "blocked", "message": "no"}))
    assert at_server.poll(ID)["error"] == "blocked: no"


def test_a_finished_video_is_saved_in_the_folder(videos, folder, ledger):
    """With its size; a second call saves nothing, and says where it is."""
    job = videos.submit(PROMPT, **small())["job"]
    videos.poll(job, wait_seconds=20)
    result = videos.save(job, "boat")
    assert result["file"] == str(folder / "boat.mp4")
    assert result["bytes"] == (folder / "boat.mp4").stat().st_size
    assert ledger.find(job).file == folder / "boat.mp4"
    again = videos.save(job)
    assert (again["file"], again["next"]) == (result["file"], result["next"])
    assert [path.name for path in folder.iterdir()] == ["boat.mp4"]
    assert videos.poll(job)["file"] == result["file"]


def test_without_a_name_a_file_is_named_after_the_job(videos, folder):
    """An id is no part of a path; a file that is gone is saved again."""
    job = videos.submit(PROMPT, **small())["job"]
    videos.poll(job, wait_seconds=20)
    file = folder / f"wan-{job}.mp4"
    assert videos.save(job)["file"] == str(file)
    file.unlink()
    assert videos.save(job)["bytes"] == file.stat().st_size


@pytest.mark.parametrize(
    "name", ["../boat.mp4", "/boat.mp4", "a/b", "..", ".hidden", "a\\b", "C:boat", "con", ""]
)
def test_no_name_leads_out_of_the_folder(videos, folder, name):
    """Nothing is requested, and nothing is written."""
    with pytest.raises(ToolError, match="plain file name"):
        videos.save(ID, name)
    assert [*folder.iterdir()] == []
    assert [*folder.parent.glob("*.mp4")] == []


def test_a_link_in_the_folder_is_not_followed(videos, folder, tmp_path):
    """Not even one that leads nowhere yet."""
    (folder / "boat.mp4").symlink_to(tmp_path / "elsewhere.mp4")
    with pytest.raises(ToolError, match=r"boat\.mp4 exists already"):
        videos.save(ID, "boat.mp4")


def test_no_spend_submits_nothing(make, sandbox):
    """Whatever it costs."""
    with pytest.raises(SpendLimitError, match="--no-spend"):
        make(no_spend=True).submit(PROMPT, **small())
    assert sandbox.received == ()


def test_what_exceeds_the_cap_is_not_submitted(make, sandbox):
    """The ledger counts, also what another server has submitted."""
    make(max_usd=PRICE).submit(PROMPT, **small())
    with pytest.raises(SpendLimitError, match="of the cap of"):
        make(max_usd=PRICE).submit(PROMPT, **small())
    assert sandbox.billed == 1


def test_an_invalid_option_is_not_sent(videos, sandbox):
    """The names are those of the contract."""
    with pytest.raises(PromptError, match="There is no option"):
        videos.submit(PROMPT, sed=7)
    assert sandbox.received == ()


@pytest.mark.usefixtures("bodies_as_they_were")
def test_a_price_comes_with_what_is_left(make):
    """And with whether the cap allows it."""
    videos = make(max_usd=PRICE)
    before = videos.price(**small())
    assert (before["usd"], before["source"], before["allowed"]) == (PRICE, "catalogue", True)
    assert before["budget"] == {
        "no_spend": False,
        "max_usd": PRICE,
        "hours": 24,
        "spent_usd": 0.0,
        "left_usd": PRICE,
        "sandbox": False,
    }
    videos.submit(PROMPT, **small())
    after = videos.price(**small())
    assert (after["allowed"], after["budget"]["left_usd"]) == (False, 0.0)
    assert "would refuse it" in after["next"]


def test_an_unknown_price_is_not_allowed_under_a_cap(videos, sandbox):
    """As a submission would be refused."""
    sandbox.account.scenario = ACCOUNT_SCENARIOS["variable"]
    assert (videos.price(**small())["usd"], videos.price(**small())["allowed"]) == (None, False)


def test_without_a_cap_any_price_is_allowed(make):
    """Only a sandbox has none."""
    result = make(sandbox=True).price(**small())
    assert (result["allowed"], result["budget"]["left_usd"]) == (True, None)


def test_a_server_that_may_not_spend_has_nothing_left(make):
    """Its jobs can be polled and saved all the same."""
    assert make(no_spend=True).price(**small())["budget"]["left_usd"] == 0.0


def test_a_ledger_that_cannot_be_read_leaves_the_rest(make, ledger):
    """What is spent is not known then."""
    ledger.path.mkdir(parents=True)
    result = make(max_usd=1.0).price(**small())
    assert (result["budget"]["spent_usd"], result["budget"]["left_usd"]) == (None, None)


def test_a_rejected_submission_is_said_to_be_free(videos, sandbox):
    """A later poll says the same, without a request."""
    with pytest.raises(BadRequestError, match="Nothing was accepted or charged"):
        videos.submit(f"{PROMPT} [scenario: bad-prompt]", request_id="mine", **small())
    before = len(sandbox.received)
    result = videos.poll("mine")
    assert (result["job"], result["state"], result["spent"]) == ("mine", "rejected", "nothing")
    assert "Nothing was accepted or charged" in result["error"]
    assert len(sandbox.received) == before


def test_a_submission_in_doubt_is_found_in_the_log(videos, sandbox):
    """By its own id; it was sent once."""
    with pytest.raises(SubmissionInDoubtError) as caught:
        videos.submit(f"{PROMPT} [scenario: lost-connection]", **small())
    known_as = caught.value.client_request_id
    with pytest.raises(ToolError, match="has no video yet"):
        videos.save(known_as)
    result = videos.poll(known_as)
    assert (result["state"], result["spent"], sandbox.billed) == ("completed", "nothing", 1)
    assert videos.poll(known_as)["job"] == result["job"]


def test_a_job_that_a_lost_response_names_is_polled(make, server, ledger):
    """If the API does not know it, the log is read."""
    server.script("submit", response(500, {"id": ID, "message": "lost"}))
    server.script("poll", poll_response("queued"), response(404, {"message": "unknown"}))
    videos = make(base_url=server.url)
    with pytest.raises(SubmissionInDoubtError) as caught:
        videos.submit(PROMPT, request_id="mine")
    assert caught.value.generation_id == ID
    job = ledger.find("mine")
    assert videos.poll("mine")["state"] == "pending"
    ledger.ended("mine", "in doubt", "lost", ID, job.entry)
    with pytest.raises(SubmissionInDoubtError, match="log"):
        videos.poll("mine")


@pytest.mark.usefixtures("late")
def test_a_late_response_is_awaited_by_a_poll(at_server, server):
    """The submission goes on; nothing is sent twice."""
    server.script("submit", (Hang(0.3), accepted()))
    result = at_server.submit(PROMPT)
    assert (result["state"], result["spent"]) == ("submitting", "in doubt")
    with pytest.raises(ToolError, match="has no video yet"):
        at_server.save(result["job"])
    done = at_server.poll(result["job"], wait_seconds=20)
    assert (done["job"], done["state"], done["spent"]) == (ID, "pending", "paid")
    assert len(server.requests) == 1
    assert server.requests[0].headers[CLIENT_REQUEST_ID.lower()] == result["job"]


@pytest.mark.usefixtures("late")
def test_a_late_error_is_told_by_a_poll(at_server, server):
    """With whether money was spent."""
    server.script("submit", (Hang(0.3), response(400, {"message": "no"})))
    job = at_server.submit(PROMPT)["job"]
    with pytest.raises(BadRequestError, match="Nothing was accepted or charged"):
        at_server.poll(job, wait_seconds=20)


@pytest.mark.usefixtures("late")
def test_closing_awaits_the_response(at_server, server, ledger):
    """So that the ledger has it."""
    server.script("submit", (Hang(0.3), accepted()))
    at_server.submit(PROMPT)
    at_server.close()
    assert [job.generation_id for job in ledger.jobs()] == [ID]


def test_one_request_id_is_submitted_once(videos, sandbox):
    """However often an agent calls."""
    first = videos.submit(PROMPT, request_id="mine", **small())
    again = videos.submit(PROMPT, request_id="mine", **small())
    assert (again["job"], again["repeated"], again["spent"]) == (first["job"], True, "nothing")
    assert sandbox.billed == 1


@pytest.mark.usefixtures("late")
def test_one_request_id_under_way_is_submitted_once(at_server, server):
    """The second call awaits the same response."""
    server.script("submit", (Hang(0.3), accepted()))
    assert at_server.submit(PROMPT, request_id="mine")["state"] == "submitting"
    until(lambda: at_server.submit(PROMPT, request_id="mine")["state"] == "pending", pause=0.1)
    assert len(server.requests) == 1


@pytest.mark.usefixtures("late")
def test_one_request_id_that_waits_its_turn_is_submitted_once(make, server, monkeypatch):
    """It is not in the ledger yet."""
    monkeypatch.setattr(module, "_AT_ONCE", 1)
    server.script("submit", (Hang(0.3), accepted()))
    videos = make(base_url=server.url)
    videos.submit(PROMPT)
    for _ in range(2):
        assert videos.submit(PROMPT, request_id="mine")["state"] == "submitting"
    videos.close()
    assert len(server.requests) == 2


def test_a_rejected_request_id_can_be_submitted_again(at_server, server):
    """Nothing was accepted."""
    server.script("submit", response(400, {"message": "no"}), accepted())
    with pytest.raises(BadRequestError):
        at_server.submit(PROMPT, request_id="mine")
    assert at_server.submit(PROMPT, request_id="mine")["job"] == ID


def test_another_server_finds_the_jobs_in_the_ledger(make):
    """After a restart, they are listed, polled and saved."""
    job = make(max_usd=1.0).submit(PROMPT, **small())["job"]
    later = make(no_spend=True)
    (row,) = later.list()["jobs"]
    assert (row["job"], row["state"], row["cost_usd"], row["prompt"]) == (
        job,
        "pending",
        PRICE,
        PROMPT,
    )
    assert later.poll(job, wait_seconds=20)["state"] == "completed"
    assert later.save(job)["bytes"] > 0
    assert later.list(unfinished=True)["jobs"] == []


@unlimited("prompt")
def test_a_list_is_small(videos):
    """Long prompts are cut, and the rest is counted."""
    for number in range(3):
        videos.submit(f"{number} " + "boat " * 30, **small())
    result = videos.list(limit=2)
    assert [row["prompt"][:2] for row in result["jobs"]] == ["2 ", "1 "]
    assert result["more"] == 1
    assert all(len(row["prompt"]) == 80 for row in result["jobs"])
    assert len(json.dumps(result)) < 1500


def test_a_job_of_another_api_is_not_asked_for(make, server):
    """Its id means nothing to this one."""
    job = make(max_usd=1.0).submit(PROMPT, **small())["job"]
    with pytest.raises(ToolError, match="was submitted to"):
        make(base_url=server.url).poll(job)
    assert server.requests == []


def test_an_unknown_job_is_asked_for(videos):
    """It may be from another machine."""
    with pytest.raises(NotFoundError):
        videos.poll("7e1b2a7e-0000-4000-8000-000000000000")


@unlimited("prompt")
@pytest.mark.filterwarnings("ignore::wan_ergonomic.PromptWarning")
def test_what_the_model_ignores_is_said(videos):
    """In the result of the submission."""
    result = videos.submit("boat " * 200, **small())
    assert any("800" in warning for warning in result["warnings"])


def test_no_result_holds_the_key_or_a_signed_link(videos, sandbox):
    """Agents keep what they are told, and pass it on."""
    job = videos.submit(PROMPT, **small())["job"]
    results = [
        *(videos.poll(job, wait_seconds=20), videos.save(job), videos.list(), videos.price()),
    ]
    told = json.dumps(results)
    assert sandbox.key not in told
    assert "http" not in told


def test_no_call_takes_long():
    """Agents give a call a minute."""
    assert max(module.SUBMIT_SECONDS, module.PRICE_SECONDS, module.SAVE_SECONDS) <= 30
    assert module.POLL_SECONDS + module.RECOVER_SECONDS <= 45


def test_a_poll_of_a_silent_api_ends(at_server, server, monkeypatch):
    """With an error that says so."""
    monkeypatch.setattr(module, "POLL_SECONDS", 0.3)
    server.script("poll", Hang())
    started = time.monotonic()
    with pytest.raises(Exception, match="response"):
        at_server.poll(ID)
    assert time.monotonic() - started < 10
