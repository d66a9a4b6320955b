"""One poll: it is free, so it is retried whenever that can help."""

import pytest

from wan_ergonomic import (
    Generation,
    NotFoundError,
    RetryPolicy,
    ServerError,
    UnreadableResponseError,
    Usage,
    WanError,
)
from wan_ergonomic._flows import ApiResponse, Call, Report, status

from .stage import ID, LINK, PENDING, STEADY, api_error, context, lost, play, response


def test_one_call_and_one_report_make_a_poll(clock):
    """One request for the id; then its result is reported."""
    played = play(status(PENDING, context(clock)), clock, response("generating"), seconds=1)
    assert played.step_types == [Call, Report]
    assert (played.calls[0].role, played.calls[0].argument) == ("poll", ID)
    assert (played.updates[0].elapsed, played.updates[0].polls) == (1, 1)
    assert played.result == played.updates[0].generation


def test_a_failed_job_is_returned(clock):
    """Only waiting for it raises."""
    played = play(status(PENDING, context(clock)), clock, response("error", error="no GPU"))
    assert played.result
    assert played.result.failed


def test_a_poll_keeps_what_the_submission_returned(clock):
    """Cost, request and request id are in no response to a poll."""
    before = Generation(
        id=ID, usage=Usage(credits=5), request={"prompt": "A boat"}, client_request_id="c"
    )
    generation = play(status(before, context(clock)), clock, response()).result
    assert generation
    assert (generation.usage, generation.request, generation.client_request_id) == (
        Usage(credits=5),
        {"prompt": "A boat"},
        "c",
    )


def test_extra_headers_are_sent_with_a_poll(clock):
    """No other headers are."""
    played = play(
        status(PENDING, context(clock, extra_headers={"X-Trace": "t"})), clock, response()
    )
    assert played.calls[0].headers == {"X-Trace": "t"}


def test_a_poll_may_take_the_time_of_the_policy_or_what_is_left(clock):
    """The deadline bounds the request in flight."""
    for timeout, expected in ((60, STEADY.request_timeout), (3, 3)):
        played = play(status(PENDING, context(clock, timeout=timeout)), clock, response())
        assert played.calls[0].timeout == expected


def test_a_response_about_another_job_is_polled_again_on_a_fresh_connection(clock):
    """It may be the response to another request, as after a fork."""
    other = response("completed", id="job-2", video={"url": LINK})
    played = play(status(PENDING, context(clock)), clock, other, response("queued"))
    assert [call.fresh for call in played.calls] == [False, True]
    assert played.result
    assert (played.result.status, played.result.video, played.result.drift) == ("queued", None, ())


def test_a_response_about_another_job_is_believed_the_second_time(clock):
    """Then it is how the API names the job, and later polls do not ask twice."""
    other = response(id="job-2")
    first = play(status(PENDING, context(clock)), clock, other, other)
    assert first.result
    assert [drift.pointer for drift in first.result.drift] == ["/id"]
    second = play(status(first.result, context(clock)), clock, other)
    assert (len(first.calls), len(second.calls)) == (2, 1)


@pytest.mark.parametrize(
    "failure",
    [
        lost(sent=True),
        lost(sent=False),
        *(api_error(code) for code in (404, 408, 425, 429, 499, 500, 502, 503, 504, 520, 527)),
        ApiResponse(content=b"<html>", headers={}),
    ],
    ids=str,
)
def test_a_failure_that_may_be_temporary_is_retried(clock, failure):
    """For a job that was accepted."""
    played = play(status(PENDING, context(clock)), clock, failure, response())
    assert len(played.calls) == 2
    assert played.updates[-1].polls == 2


@pytest.mark.parametrize("code", [400, 401, 403, 409, 422])
def test_a_rejection_is_final(clock, code):
    """It is raised at once, with the id of the generation."""
    played = play(status(PENDING, context(clock)), clock, api_error(code))
    assert played.error
    assert (played.error.generation_id, played.sleeps) == (ID, [])


def test_an_id_that_was_never_seen_is_not_found_at_once(clock):
    """Only for a job that the API has accepted may a 404 be temporary."""
    played = play(status(Generation(id=ID), context(clock)), clock, api_error(404))
    assert isinstance(played.error, NotFoundError)
    assert len(played.calls) == 1


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (api_error(502), ServerError),
        (ApiResponse(content=b"", headers={}), UnreadableResponseError),
    ],
)
def test_attempts_are_counted(clock, failure, expected):
    """The last error is raised after as many attempts as the policy allows."""
    flow = status(PENDING, context(clock, retrying=RetryPolicy(attempts=2)))
    played = play(flow, clock, *[failure] * 3)
    assert type(played.error) is expected
    assert played.unused == 1


def test_a_pause_beyond_the_deadline_is_not_begun(clock):
    """The error is raised at once instead."""
    played = play(status(PENDING, context(clock, timeout=1)), clock, api_error(429, "60"))
    assert isinstance(played.error, WanError)
    assert played.sleeps == []
