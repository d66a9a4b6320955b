"""Each scenario, played over a real connection."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx
import pytest

from tests.support.first_contract import MODEL
from tests.support.waiting import until
from wan_ergonomic.sandbox import SCENARIOS, _responses, _video

from .conftest import LONG


def test_the_table_of_scenarios_is_keyed_by_name_and_read_only():
    """Each scenario is found under its own name, and none can be added."""
    assert [scenario.name for scenario in SCENARIOS.values()] == list(SCENARIOS)
    assert not hasattr(SCENARIOS, "__setitem__")


@pytest.mark.parametrize("name", SCENARIOS)
def test_each_summary_is_one_sentence(name):
    """It fits in one line of the list, beside the name."""
    summary = SCENARIOS[name].summary
    assert re.fullmatch(r"[A-Z][^\n]*\.", summary)
    assert len(f"  {name:<17} {summary}") <= 80


@pytest.mark.parametrize("name", sorted(SCENARIOS.keys() - {"completes"}))
def test_every_scenario_is_played_somewhere_in_these_tests(name):
    """A new scenario needs a test that plays it."""
    tests = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert re.search(rf'"{name}"|scenario: {name}\]', tests)


@pytest.mark.parametrize(
    ("name", "statuses"),
    [
        ("busy", [429, 429, 200, 429]),
        ("busy-date", [429, 200, 429]),
        ("overloaded", [503, 200, 503]),
        ("broken", [500, 500, 500]),
        ("no-credits", [403, 403]),
        ("unverified", [403, 403]),
        ("bad-prompt", [400, 400]),
        ("oldest-error", [400, 400]),
    ],
)
def test_a_rejected_submission_is_not_billed(api, name, statuses):
    """Rejections come before acceptance, as often as the scenario says, and begin anew after it."""
    seen = [api.submit(f"[scenario: {name}]").status_code for _ in statuses]
    assert seen == statuses
    assert api.sandbox.billed == statuses.count(200)


def test_refusals_are_counted_for_each_prompt(api):
    """What one prompt has been through does not shorten another's scenario."""
    first = [api.submit("A [scenario: overloaded]").status_code for _ in range(2)]
    assert (first, api.submit("B [scenario: overloaded]").status_code) == ([503, 200], 503)


@pytest.mark.parametrize("name", ["busy", "overloaded"])
def test_a_refusal_says_when_to_come_back(api, name):
    """Retry-After is in seconds."""
    assert api.submit(f"[scenario: {name}]").headers["retry-after"] == "1"


def test_retry_after_can_be_a_date(api):
    """The other form that the header has, a second from now."""
    then = parsedate_to_datetime(api.submit("[scenario: busy-date]").headers["retry-after"])
    assert abs(then - datetime.now(UTC)) < timedelta(seconds=5)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("no-credits", "err_insufficent_credits"), ("unverified", "err_unverified_account")],
)
def test_a_403_says_of_what_kind_it_is(api, name, kind):
    """The kind is in error.data, spelled as the vendor spells it."""
    assert api.submit(f"[scenario: {name}]").json()["error"]["data"] == {"kind": kind}


def test_a_400_can_come_with_issues(api):
    """The newest shape carries a list of them."""
    (issue,) = api.submit("[scenario: bad-prompt]").json()["error"]["data"]
    assert (issue["code"], issue["path"]) == ("too_big", ["prompt"])


def test_the_oldest_error_has_a_list_for_message_and_text_for_code(api):
    """The first generation of the gateway said it in other words and types."""
    body = api.submit("[scenario: oldest-error]").json()
    assert sorted(body) == ["message", "path", "requestId", "statusCode", "timestamp"]
    assert (body["statusCode"], len(body["message"])) == ("400", 2)


@pytest.mark.parametrize(
    ("name", "status"),
    [("lost-502", 502), ("lost-504", 504), ("lost-524", 524), ("created-page", 200)],
)
def test_a_page_after_acceptance_is_billed(api, name, status):
    """A proxy's page replaces the response: no id, but the job is there."""
    response = api.submit(f"[scenario: {name}]")
    assert (response.status_code, response.text[:6]) == (status, "<html>")
    assert "x-inference-id" not in response.headers
    assert api.sandbox.billed == 1


@pytest.mark.parametrize(("name", "status"), [("lost-500", 500), ("conflict", 409)])
def test_an_error_of_the_api_after_acceptance_is_billed(api, name, status):
    """It names no job, and the job is there."""
    answer = api.submit(f"[scenario: {name}]")
    assert (answer.status_code, "id" in answer.json()) == (status, False)
    assert api.sandbox.billed == 1


def test_a_429_can_name_the_job_that_was_accepted(api):
    """Its Retry-After invites a second submission, which would be billed too."""
    answer = api.submit("[scenario: busy-accepted]")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    assert api.poll(answer.headers["x-inference-id"]).status_code == 200
    assert api.sandbox.billed == 1


def test_a_connection_lost_after_acceptance_is_billed(api):
    """The caller hears nothing, and pays."""
    with pytest.raises(httpx.RemoteProtocolError):
        api.submit("[scenario: lost-connection]")
    assert api.sandbox.billed == 1


def test_a_response_that_never_comes_is_billed(api):
    """The caller's timeout does not undo the submission."""
    api.http.timeout = httpx.Timeout(5, read=0.1)
    with pytest.raises(httpx.ReadTimeout):
        api.submit("[scenario: lost-response]")
    until(lambda: api.sandbox.billed == 1)


def test_a_hanging_connection_is_dropped_in_the_end(api, monkeypatch):
    """No connection hangs for more than a minute."""
    monkeypatch.setattr(_responses, "MAX_HANG", 0.01)
    with pytest.raises(httpx.RemoteProtocolError):
        api.submit("[scenario: lost-response]")


def test_acceptance_can_be_a_201(api):
    """Any 2xx has been success over time."""
    assert api.submit("[scenario: created-201]").status_code == 201


def test_a_response_can_lack_the_id(api):
    """The body has no id; the header that the gateway adds still does."""
    response = api.submit("[scenario: created-no-id]")
    assert "id" not in response.json()
    assert api.poll(response.headers["x-inference-id"]).status_code == 200


@pytest.mark.parametrize(
    ("name", "is_so"),
    [
        ("id-digits", lambda made: made.isdecimal()),
        ("id-number", lambda made: isinstance(made, int)),
        ("id-dash", lambda made: made.startswith("-")),
        ("id-model", lambda made: made.endswith(f":{MODEL}")),
    ],
)
def test_an_id_can_be_of_any_kind(api, name, is_so):
    """Ids come in several kinds, and each finds its job."""
    made = api.submit(f"[scenario: {name}]").json()["id"]
    assert is_so(made)
    assert api.poll(made).json()["id"] == made


@pytest.mark.parametrize("status", ["waiting", "active", "processing", "pending", "upscaling"])
def test_a_job_can_run_under_a_status_that_nobody_documented(api, clock, status):
    """The status is another while it runs, and the job completes all the same."""
    generation_id = api.submit(f"[scenario: {status}]").json()["id"]
    clock.time += 100
    assert api.poll(generation_id).json()["status"] == status
    clock.time += LONG
    assert api.poll(generation_id).json()["status"] == "completed"


def test_a_job_can_be_stuck(api):
    """It is generating for ever."""
    generation_id = api.submit("[scenario: stuck]").json()["id"]
    api.clock.time += 1e9
    assert api.poll(generation_id).json()["status"] == "generating"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("fails", dict),
        ("error-text", str),
        ("error-detail", dict),
        ("error-list", list),
        ("error-null", type(None)),
    ],
)
def test_a_failed_job_is_a_200_with_an_error_of_any_shape(api, name, kind):
    """The status is error, and the error whatever the vendor made of it that day."""
    body = api.finished(f"[scenario: {name}]")
    assert (body["status"], type(body["error"])) == ("error", kind)
    assert "video" not in body


def test_the_documented_error_has_a_name_and_a_message(api):
    """And the one under detail has loc, msg and type."""
    assert sorted(api.finished("[scenario: fails]")["error"]) == ["message", "name"]
    (detail,) = api.finished("[scenario: error-detail]")["error"]["detail"]
    assert sorted(detail) == ["loc", "msg", "type"]


@pytest.mark.parametrize(
    ("name", "status", "has_video"),
    [
        ("succeeded", "succeeded", True),
        ("new-end", "wrapped_up", True),
        ("new-failure", "moderation_blocked", False),
        ("failed", "failed", False),
        ("cancelled", "cancelled", False),
        ("expired", "expired", False),
        ("no-video", "completed", False),
    ],
)
def test_a_job_can_end_under_another_name(api, name, status, has_video):
    """Ends that the contract does not list, and a completed job without its video."""
    body = api.finished(f"[scenario: {name}]")
    assert (body["status"], "video" in body) == (status, has_video)


def test_a_link_can_come_later_than_the_end(api, clock):
    """The job is completed without a video for ten seconds."""
    generation_id = api.submit("[scenario: link-late]").json()["id"]
    clock.time += 380
    early = api.poll(generation_id).json()
    clock.time += 10
    late = api.poll(generation_id).json()
    assert [early["status"], late["status"]] == ["completed"] * 2
    assert ["video" in early, "video" in late] == [False, True]


@pytest.mark.parametrize(
    ("name", "statuses"),
    [
        ("poll-404", [404, 404, 404, 200]),
        ("poll-429", [429, 429, 200]),
        ("poll-500", [500, 500, 200]),
        ("poll-502", [502, 502, 502, 200]),
        ("poll-503", [503, 503, 503, 200]),
        ("poll-524", [524, 524, 524, 200]),
    ],
)
def test_polls_can_fail_for_a_while(api, name, statuses):
    """A job that was accepted is there in the end, whatever its first polls say."""
    generation_id = api.submit(f"[scenario: {name}]").json()["id"]
    assert [api.poll(generation_id).status_code for _ in statuses] == statuses


def test_a_poll_can_say_when_to_come_back(api):
    """A 429 to a poll has Retry-After too."""
    generation_id = api.submit("[scenario: poll-429]").json()["id"]
    assert api.poll(generation_id).headers["retry-after"] == "1"


def test_a_poll_can_return_a_page(api):
    """200 with HTML, twice, then JSON."""
    generation_id = api.submit("[scenario: poll-page]").json()["id"]
    kinds = [api.poll(generation_id).headers["content-type"] for _ in range(3)]
    assert kinds == [*2 * ["text/html; charset=utf-8"], "application/json"]


def test_polls_can_lose_their_connection(api):
    """Twice nothing comes back, then the status."""
    generation_id = api.submit("[scenario: poll-dropped]").json()["id"]
    for _ in range(2):
        with pytest.raises(httpx.RemoteProtocolError):
            api.poll(generation_id)
    assert api.poll(generation_id).status_code == 200


def test_a_poll_can_hang_while_others_succeed(api):
    """One poll gets no response; the next one does, at once."""
    generation_id = api.submit("[scenario: poll-hangs]").json()["id"]
    api.http.timeout = httpx.Timeout(5, read=0.1)
    with pytest.raises(httpx.ReadTimeout):
        api.poll(generation_id)
    api.http.timeout = 5
    assert api.poll(generation_id).status_code == 200


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("video-text", lambda url: url),
        ("video-texts", lambda url: [url]),
        ("video-list", lambda url: [{"url": url}]),
    ],
)
def test_a_video_can_be_told_in_other_shapes(api, name, shape, monkeypatch):
    """The link inside is a good one in each."""
    monkeypatch.setattr(_video, "FRAMES", 3)
    video = api.finished(f"[scenario: {name}]")["video"]
    url = str(video).strip("[]{}'").removeprefix("url': '")
    assert video == shape(url)
    assert httpx.head(url).status_code == 200


def test_a_video_can_come_with_more_fields(api):
    """Duration, type, name and size beside the URL."""
    video = api.finished("[scenario: video-extra]")["video"]
    assert sorted(video) == ["content_type", "duration", "file_name", "file_size", "url"]


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("usage-tokens", ["tokens_used"]),
        ("usage-credits", ["credits_used"]),
        ("usage-usd", ["credits_used", "usd_spent"]),
    ],
)
def test_the_cost_can_be_told_under_other_names(api, name, fields):
    """Each spelling that has been seen, on the submission and on the poll."""
    submitted = api.submit(f"[scenario: {name}]").json()
    polled = api.poll(submitted["id"]).json()
    assert sorted(submitted["meta"]["usage"]) == sorted(polled["meta"]["usage"]) == fields


def test_what_is_not_known_yet_can_be_null(api):
    """video, error and meta are null until there is something to say."""
    submitted = api.submit("[scenario: nulls]").json()
    polled = api.poll(submitted["id"]).json()
    assert (submitted["video"], submitted["error"]) == (None, None)
    assert (polled["video"], polled["error"], polled["meta"]) == (None, None, None)
    assert api.finished("[scenario: nulls]")["video"] is not None
