"""Waiting: at once, then patiently, through every bad moment, and never past the deadline."""

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
from wan_ergonomic._flows import ApiResponse, Call, Report, Sleep, _retrying, wait

from .stage import ID, LINK, PENDING, STEADY, api_error, completed, context, lost, play, response

NO_PAUSE = RetryPolicy(backoff=0, max_backoff=0)


def test_the_first_look_comes_at_once(clock):
    """No time passes before the first request, nor after the last one."""
    played = play(wait(PENDING, context(clock)), clock, completed())
    assert played.step_types == [Call, Report]
    assert played.result
    assert played.result.video == Video(url=LINK)


def test_looks_are_the_policys_interval_apart(clock):
    """Between two looks lies one pause, as long as the polling policy says."""
    played = play(wait(PENDING, context(clock)), clock, response(), response(), completed())
    assert played.step_types == [Call, Report, Sleep] * 2 + [Call, Report]
    assert played.sleeps == [10, 10]


def test_each_look_is_reported_with_what_comes_next(clock):
    """An update tells how many looks there were, and when the next one is."""
    script = (response("queued"), response("generating"), completed())
    updates = play(wait(PENDING, context(clock)), clock, *script).updates
    told = [(u.generation.status, u.elapsed, u.polls, u.next_poll) for u in updates]
    assert told == [("queued", 0, 1, 10), ("generating", 10, 2, 10), ("completed", 20, 3, None)]


def test_what_is_finished_is_not_asked_for(clock):
    """A generation that is completed is returned as it is, with an update and no request."""
    done = Generation(id=ID, status="completed", video=Video(url=LINK))
    played = play(wait(done, context(clock)), clock)
    assert played.step_types == [Report]
    assert played.result is done


def test_what_has_failed_is_raised_without_asking(clock):
    """A generation that is known to have failed needs no request to say so."""
    played = play(wait(Generation(id=ID, status="error"), context(clock)), clock)
    assert isinstance(played.error, GenerationFailedError)
    assert played.steps == []


def test_an_unknown_status_is_waited_through(clock):
    """A word that nobody documented is neither an end nor a success."""
    script = (response("rendering-on-the-moon"), response(""), response("generating"), completed())
    played = play(wait(PENDING, context(clock)), clock, *script)
    assert len(played.calls) == 4
    kinds = [[drift.kind for drift in update.generation.drift] for update in played.updates]
    assert kinds == [["unknown-status"], ["unknown-status"], [], []]


def test_retry_after_is_honoured_each_time_it_comes(clock):
    """What the API asks for replaces the interval, for that one pause."""
    script = (
        response(headers={"retry-after": "3"}),
        response(),
        response(headers={"retry-after": "25"}),
        api_error(429, "4"),
        completed(),
    )
    assert play(wait(PENDING, context(clock)), clock, *script).sleeps == [3, 10, 25, 4]


def test_retry_after_zero_is_no_reason_to_rush(clock):
    """An API that asks for no pause gets the ordinary one: nobody polls without end."""
    script = (response(headers={"retry-after": "0"}), completed())
    assert play(wait(PENDING, context(clock)), clock, *script).sleeps == [10]


@pytest.mark.parametrize(
    "passing",
    [
        lost(sent=True),
        lost(sent=False),
        *(api_error(code) for code in (408, 425, 429, 499, 500, 502, 503, 504, 520, 524, 527)),
    ],
    ids=str,
)
def test_a_job_is_paid_for_so_what_may_pass_is_waited_through(clock, passing):
    """However often a look fails, the wait goes on, and says so in its updates."""
    played = play(wait(PENDING, context(clock)), clock, *[passing] * 30, completed())
    assert played.result
    assert played.result.completed
    assert [update.error for update in played.updates] == [passing] * 30 + [None]
    assert all(update.generation is PENDING for update in played.updates[:-1])


def test_a_run_of_not_found_is_believed_to_pass(clock):
    """As many 404 in a row as the policy says are waited through, more are not."""
    policy = RetryPolicy(not_found=3, backoff=0, max_backoff=0)
    run = [api_error(404)] * 3
    flow = wait(PENDING, context(clock, retrying=policy))
    assert play(flow, clock, *run, response(), *run, completed()).result
    played = play(wait(PENDING, context(clock, retrying=policy)), clock, *run, api_error(404))
    assert isinstance(played.error, NotFoundError)


def test_another_failure_between_starts_the_count_anew(clock):
    """Only a run of the same failure speaks for itself."""
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


def test_answers_that_cannot_be_read_end_the_wait_in_the_end(clock):
    """As many unreadable answers as there are attempts, and the caller is told."""
    nonsense = ApiResponse(content=b"<html>", headers={})
    policy = RetryPolicy(attempts=3, backoff=0, max_backoff=0)
    played = play(wait(PENDING, context(clock, retrying=policy)), clock, *[nonsense] * 4)
    assert isinstance(played.error, UnreadableResponseError)
    assert len(played.calls) == 3


@pytest.mark.parametrize("code", [400, 401, 403, 409, 422])
def test_what_time_cannot_change_ends_the_wait(clock, code):
    """A refusal is raised at once; it says which job goes on and how to come back to it."""
    played = play(wait(PENDING, context(clock)), clock, response(), api_error(code))
    assert isinstance(played.error, ApiError)
    assert (played.error.status_code, played.error.generation_id) == (code, ID)
    assert played.error.__notes__ == [
        f"Generation {ID} was accepted and may go on: wait({ID!r}) picks it up again."
    ]


def test_failures_are_paused_for_ever_longer(clock, monkeypatch):
    """Each failure in a row doubles the span of the pause, and a success ends the run."""
    stand_in(monkeypatch, _retrying, "random", uniform=lambda _, high: high)
    run = [api_error(502)] * 3
    played = play(
        wait(PENDING, context(clock)), clock, *run, response(), api_error(502), completed()
    )
    sleeps = played.sleeps
    assert sleeps[:3] == [0.5, 1, 2]
    assert sleeps[4] == 0.5


def test_the_deadline_is_a_deadline(clock):
    """The last pause is cut to what is left, and then no request is made."""
    played = play(wait(PENDING, context(clock, timeout=25)), clock, *[response()] * 9)
    assert played.sleeps == [10, 10, 5]
    assert isinstance(played.error, WaitTimeoutError)
    assert (len(played.calls), clock.time) == (3, 1025)


def test_a_long_retry_after_does_not_outlive_the_deadline(clock):
    """An API that asks for a week is waited for until the deadline, not for a week."""
    week = response(headers={"retry-after": "604800"})
    played = play(wait(PENDING, context(clock, timeout=60)), clock, week)
    assert isinstance(played.error, WaitTimeoutError)
    assert played.sleeps == [60]


def test_a_look_in_flight_is_bounded_by_the_deadline(clock):
    """A request has its own time, or what is left of the caller's if that is less."""
    flow = wait(PENDING, context(clock, timeout=45))
    played = play(flow, clock, *[response()] * 2, completed(), seconds=10)
    assert [call.timeout for call in played.calls] == [STEADY.request_timeout, 20, 5]


def test_a_timeout_carries_the_generation_and_each_change_seen(clock):
    """Whoever catches it has the job as it was last seen, and when it changed."""
    script = (response("queued"), response("queued"), response("generating"))
    error = play(wait(PENDING, context(clock, timeout=30)), clock, *script).error
    assert isinstance(error, WaitTimeoutError)
    assert error.generation
    assert (error.generation.status, error.generation_id) == ("generating", ID)
    assert error.timeline == ((0, "queued"), (20, "generating"))


def test_a_timeout_says_how_to_go_on(clock):
    """The message names the job, the time, the status, the bill and the next step."""
    error = play(wait(PENDING, context(clock, timeout=12)), clock, *[response()] * 2).error
    for part in (ID, "12 s", "generating", "paid for once", f"wait({ID!r}) picks it up again"):
        assert part in str(error)


def test_a_timeout_is_caused_by_the_failure_it_ended_in(clock):
    """If looking failed last, the timeout says why; if not, it has no cause."""
    failure = api_error(502, "100")
    error = play(wait(PENDING, context(clock, timeout=20)), clock, response(), failure).error
    assert error
    assert error.__cause__ is failure
    error = play(wait(PENDING, context(clock, timeout=5)), clock, response()).error
    assert error
    assert error.__cause__ is None


@pytest.mark.parametrize("word", ["error", "failed", "cancelled", "canceled", "expired", "ERROR"])
def test_a_job_that_failed_is_an_error_that_carries_it(clock, word):
    """A failed job comes as HTTP 200; waiting for it ends in an error all the same."""
    why = {"name": "DataInspectionFailed", "message": "Input may be inappropriate"}
    played = play(wait(PENDING, context(clock)), clock, response(), response(word, error=why))
    assert isinstance(played.error, GenerationFailedError)
    assert played.error.generation
    assert played.error.generation.status == word
    assert played.updates[-1].next_poll is None
    for part in (ID, word, "DataInspectionFailed: Input may be inappropriate", "new, paid"):
        assert part in str(played.error)


def test_a_failure_says_what_it_cost_or_that_nobody_said_why(clock):
    """Credits are named where they are known; a missing reason is called missing."""
    known = Generation(id=ID, usage=Usage(credits=1050000))
    error = str(play(wait(known, context(clock)), clock, response("error")).error)
    assert "1,050,000 credits" in error
    assert "the API gives no reason" in error
    error = str(play(wait(PENDING, context(clock)), clock, response("error")).error)
    assert "credits" not in error


def test_an_id_alone_is_enough_to_wait(clock):
    """A job submitted elsewhere is waited for by its id, through its first 404 too."""
    flow = wait(Generation(id=ID), context(clock, retrying=NO_PAUSE))
    played = play(flow, clock, api_error(404), response("queued"), completed())
    assert played.result
    assert played.updates[0].generation.status == "unknown"
