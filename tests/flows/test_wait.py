"""Waiting: the first poll at once, temporary failures retried, and never past the deadline."""

import pytest

from tests.support.stand_in import stand_in
from wan_ergonomic import (
    ApiError,
    Generation,
    GenerationFailedError,
    NotFoundError,
    RetryPolicy,
    UnreadableResponseError,
    Usage,
    Video,
    WaitTimeoutError,
)

# _retrying is not in the door: a test replaces its random numbers.
from wan_ergonomic._flows import ApiResponse, Call, Report, Sleep, _retrying, wait

from .stage import ID, LINK, PENDING, STEADY, api_error, completed, context, lost, play, response

NO_PAUSE = RetryPolicy(backoff=0, max_backoff=0)


def test_the_first_poll_comes_at_once(clock):
    """There is no pause before the first poll, nor after the last one."""
    played = play(wait(PENDING, context(clock)), clock, completed())
    assert played.step_types == [Call, Report]
    assert played.result
    assert played.result.video == Video(url=LINK)


def test_polls_are_the_interval_of_the_policy_apart(clock):
    """One pause between two polls."""
    played = play(wait(PENDING, context(clock)), clock, response(), response(), completed())
    assert played.step_types == [Call, Report, Sleep] * 2 + [Call, Report]
    assert played.sleeps == [10, 10]


def test_each_poll_is_reported_with_the_next_one(clock):
    """An update has the number of polls and the seconds until the next one."""
    script = (response("queued"), response("generating"), completed())
    updates = play(wait(PENDING, context(clock)), clock, *script).updates
    reported = [(u.generation.status, u.elapsed, u.polls, u.next_poll) for u in updates]
    assert reported == [("queued", 0, 1, 10), ("generating", 10, 2, 10), ("completed", 20, 3, None)]


def test_a_completed_generation_is_not_polled(clock):
    """It is returned as it is, with an update."""
    done = Generation(id=ID, status="completed", video=Video(url=LINK))
    played = play(wait(done, context(clock)), clock)
    assert played.step_types == [Report]
    assert played.result is done


def test_a_failed_generation_is_not_polled(clock):
    """Its error is raised at once."""
    played = play(wait(Generation(id=ID, status="error"), context(clock)), clock)
    assert isinstance(played.error, GenerationFailedError)
    assert played.steps == []


def test_an_unknown_status_is_pending(clock):
    """An undocumented status is neither an end nor a success."""
    script = (response("rendering-on-the-moon"), response(""), response("generating"), completed())
    played = play(wait(PENDING, context(clock)), clock, *script)
    assert len(played.calls) == 4
    kinds = [[drift.kind for drift in update.generation.drift] for update in played.updates]
    assert kinds == [["unknown-status"], ["unknown-status"], [], []]


def test_retry_after_replaces_one_pause(clock):
    """The next pause is the policy's again; a success does not make it longer than any of them."""
    script = (
        response(headers={"retry-after": "3"}),
        response(),
        response(headers={"retry-after": "25"}),
        api_error(429, "25"),
        api_error(429, "4"),
        completed(),
    )
    assert play(wait(PENDING, context(clock)), clock, *script).sleeps == [3, 10, 10, 25, 4]


def test_retry_after_of_zero_is_ignored(clock):
    """The pause is the policy's, so nobody polls without a pause."""
    script = (response(headers={"retry-after": "0"}), completed())
    assert play(wait(PENDING, context(clock)), clock, *script).sleeps == [10]


@pytest.mark.parametrize(
    "failure",
    [
        lost(sent=True),
        lost(sent=False),
        *(api_error(code) for code in (408, 425, 429, 499, 500, 502, 503, 504, 520, 524, 527)),
    ],
    ids=str,
)
def test_a_failure_that_may_be_temporary_does_not_end_a_wait(clock, failure):
    """However often it comes: the job is paid for. Each update has the error."""
    played = play(wait(PENDING, context(clock)), clock, *[failure] * 30, completed())
    assert played.result
    assert played.result.completed
    assert [update.error for update in played.updates] == [failure] * 30 + [None]
    assert all(update.generation is PENDING for update in played.updates[:-1])


def test_a_few_404_responses_in_a_row_do_not_end_a_wait(clock):
    """As many as the policy allows; one more does."""
    policy = RetryPolicy(not_found=3, backoff=0, max_backoff=0)
    run = [api_error(404)] * 3
    flow = wait(PENDING, context(clock, retrying=policy))
    assert play(flow, clock, *run, response(), *run, completed()).result
    played = play(wait(PENDING, context(clock, retrying=policy)), clock, *run, api_error(404))
    assert isinstance(played.error, NotFoundError)


def test_a_job_that_the_api_says_is_unknown_ends_a_wait(clock):
    """As soon as one that it does not find, but the API says so with status 200."""
    gone, policy = response("UNKNOWN"), RetryPolicy(not_found=2)
    flow = wait(PENDING, context(clock, retrying=policy))
    assert play(flow, clock, gone, gone, response(), gone, gone, completed()).result
    played = play(wait(PENDING, context(clock, retrying=policy)), clock, *[gone] * 3)
    assert isinstance(played.error, NotFoundError)
    assert (played.error.status_code, played.sleeps) == (200, [10, 10])
    assert "'UNKNOWN'" in str(played.error)


def test_another_failure_between_them_restarts_the_count(clock):
    """Only failures of the same class in a row are counted."""
    policy = RetryPolicy(not_found=1, backoff=0, max_backoff=0)
    script = (
        api_error(404),
        api_error(502),
        api_error(404),
        lost(sent=True),
        api_error(404),
        completed(),
    )
    assert play(wait(PENDING, context(clock, retrying=policy)), clock, *script).result


def test_unreadable_responses_end_a_wait(clock):
    """After as many in a row as the policy has attempts."""
    nonsense = ApiResponse(content=b"<html>", headers={})
    policy = RetryPolicy(attempts=3, backoff=0, max_backoff=0)
    played = play(wait(PENDING, context(clock, retrying=policy)), clock, *[nonsense] * 4)
    assert isinstance(played.error, UnreadableResponseError)
    assert len(played.calls) == 3


def test_an_error_about_an_unknown_id_has_no_note(clock):
    """The API has never accepted it, as far as is known."""
    flow = wait(Generation(id=ID), context(clock, retrying=RetryPolicy(not_found=0)))
    error = play(flow, clock, api_error(404)).error
    assert error
    assert (error.generation_id, hasattr(error, "__notes__")) == (ID, False)


@pytest.mark.parametrize("code", [400, 401, 403, 409, 422])
def test_a_rejection_ends_a_wait(clock, code):
    """At once; the error names the job and says how to resume."""
    played = play(wait(PENDING, context(clock)), clock, response(), api_error(code))
    assert isinstance(played.error, ApiError)
    assert (played.error.status_code, played.error.generation_id) == (code, ID)
    assert played.error.__notes__ == [
        f"Generation {ID} was accepted and may still be running: wait({ID!r}) picks it up again."
    ]


def test_the_pause_after_a_failure_doubles(clock, monkeypatch):
    """With each failure in a row; a success ends the row."""
    stand_in(monkeypatch, _retrying, "random", uniform=lambda _, high: high)
    run = [api_error(502)] * 3
    played = play(
        wait(PENDING, context(clock)), clock, *run, response(), api_error(502), completed()
    )
    sleeps = played.sleeps
    assert sleeps[:3] == [0.5, 1, 2]
    assert sleeps[4] == 0.5


def test_no_poll_is_made_after_the_deadline(clock):
    """The last pause ends at the deadline; the last poll is two seconds before it."""
    played = play(wait(PENDING, context(clock, timeout=25)), clock, *[response()] * 9)
    assert played.sleeps == [10, 10, 3, 2]
    assert isinstance(played.error, WaitTimeoutError)
    assert (len(played.calls), clock.time) == (4, 1025)


@pytest.mark.parametrize(("timeout", "last"), [(60, 58), (4, 3.6), (0.5, 0.45)])
def test_one_last_poll_is_made_in_the_last_moments(clock, timeout, last):
    """Whatever pause is required, so that a job which is over by then is not missed."""
    flow = wait(PENDING, context(clock, timeout=timeout))
    played = play(flow, clock, api_error(429, "604800"), completed())
    assert played.result
    assert played.sleeps == [pytest.approx(last)]


def test_a_poll_in_the_last_moments_is_the_last_one(clock):
    """The pause after it ends at the deadline."""
    week = api_error(503, "604800")
    played = play(wait(PENDING, context(clock, timeout=60)), clock, week, week)
    assert isinstance(played.error, WaitTimeoutError)
    assert played.sleeps == [58, 2]


def test_a_failure_in_the_last_moments_is_polled_again(clock, monkeypatch):
    """As long as there is time."""
    stand_in(monkeypatch, _retrying, "random", uniform=lambda _, high: high)
    flow = wait(PENDING, context(clock, timeout=60))
    played = play(flow, clock, api_error(429, "300"), lost(sent=True), completed())
    assert played.result
    assert played.sleeps == [58, 0.5]


def test_the_deadline_bounds_the_poll_in_flight(clock):
    """A request may take the policy's time, or what is left of the caller's."""
    flow = wait(PENDING, context(clock, timeout=45))
    played = play(flow, clock, *[response()] * 2, completed(), seconds=10)
    assert [call.timeout for call in played.calls] == [STEADY.request_timeout, 20, 5]


def test_a_timeout_has_the_generation_and_its_timeline(clock):
    """The last known state, and when each status was first seen."""
    script = (response("queued"), response("queued"), *[response("generating")] * 2)
    error = play(wait(PENDING, context(clock, timeout=30)), clock, *script).error
    assert isinstance(error, WaitTimeoutError)
    assert error.generation
    assert (error.generation.status, error.generation_id) == ("generating", ID)
    assert error.timeline == ((0, "queued"), (20, "generating"))


def test_a_timeout_says_how_to_resume(clock):
    """The message has the job, the time, the status, the bill and the next step."""
    error = play(wait(PENDING, context(clock, timeout=12)), clock, *[response()] * 3).error
    for part in (ID, "12 s", "generating", "paid for once", f"wait({ID!r}) picks it up again"):
        assert part in str(error)


def test_the_cause_of_a_timeout_is_the_last_failure(clock):
    """If the last poll succeeded, there is no cause."""
    failure = api_error(502, "100")
    error = play(wait(PENDING, context(clock, timeout=20)), clock, response(), *2 * [failure]).error
    assert error
    assert error.__cause__ is failure
    error = play(wait(PENDING, context(clock, timeout=5)), clock, failure, response()).error
    assert error
    assert error.__cause__ is None


@pytest.mark.parametrize("word", ["error", "failed", "cancelled", "canceled", "expired", "ERROR"])
def test_waiting_for_a_failed_job_raises_an_error_with_it(clock, word):
    """The job comes as HTTP 200; the wait ends in an error."""
    why = {"name": "DataInspectionFailed", "message": "Input may be inappropriate"}
    played = play(wait(PENDING, context(clock)), clock, response(), response(word, error=why))
    assert isinstance(played.error, GenerationFailedError)
    assert played.error.generation
    assert played.error.generation.status == word
    assert played.updates[-1].next_poll is None
    for part in (ID, word, "DataInspectionFailed: Input may be inappropriate", "new, paid"):
        assert part in str(played.error)


def test_the_error_of_a_failed_job_has_its_cost_and_reason(clock):
    """The cost only if it is known; a missing reason is called missing."""
    known = Generation(id=ID, usage=Usage(credits=1050000))
    error = str(play(wait(known, context(clock)), clock, response("error")).error)
    assert "1,050,000 credits" in error
    assert "the API gives no reason. The API reported" in error
    error = str(play(wait(PENDING, context(clock)), clock, response("error")).error)
    assert "credits" not in error


def test_an_id_alone_is_enough_to_wait(clock):
    """Its first response may be a 404."""
    flow = wait(Generation(id=ID), context(clock, retrying=NO_PAUSE))
    played = play(flow, clock, api_error(404), response("queued"), completed())
    assert played.result
    assert played.updates[0].generation.status == "unknown"
