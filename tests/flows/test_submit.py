"""Submitting: paid for at most once, with an id that the vendor can be asked about."""

import pytest

from wan_ergonomic import (
    ApiError,
    ConnectionFailedError,
    RateLimitError,
    RetryPolicy,
    SubmissionInDoubtError,
    UnreadableResponseError,
)
from wan_ergonomic._flows import CLIENT_REQUEST_ID, ApiResponse, Call, Report, Sleep, submit

from .stage import ID, api_error, context, lost, play, response

BODY = {"model": "alibaba/wan2.2-t2v-plus", "prompt": "A paper boat", "seed": 0}


def test_one_call_and_one_report_make_a_submission(clock):
    """A submission that is accepted is one request, then the generation is reported."""
    played = play(submit(BODY, context(clock)), clock, response("queued"), seconds=2)
    assert played.step_types == [Call, Report]
    assert played.updates[0].generation == played.result
    assert (played.updates[0].elapsed, played.updates[0].polls) == (2, 0)


def test_the_call_is_the_create_operation_with_the_body_as_it_is(clock):
    """What is sent is the body, to the operation that creates."""
    call = play(submit(BODY, context(clock)), clock, response()).calls[0]
    assert (call.role, call.argument) == ("create", BODY)


def test_a_generation_remembers_what_it_was_submitted_with(clock):
    """The result holds the body, its own request id and the cost."""
    usage = {"usage": {"credits_used": 1050000}}
    played = play(submit(BODY, context(clock)), clock, response("queued", meta=usage))
    assert played.result
    assert played.result.request == BODY
    assert played.result.client_request_id == played.calls[0].headers[CLIENT_REQUEST_ID]
    assert played.result.usage
    assert played.result.usage.credits == 1050000


def test_each_submission_has_a_request_id_of_its_own(clock):
    """Two submissions never share an id, and one keeps its own however often it is sent."""
    first = play(submit(BODY, context(clock)), clock, api_error(429), response())
    second = play(submit(BODY, context(clock)), clock, response())
    ids = [call.headers[CLIENT_REQUEST_ID] for call in (*first.calls, *second.calls)]
    assert ids[0] == ids[1] != ids[2]
    assert all(len(one) == 32 and one.isalnum() for one in ids)


def test_a_request_id_of_the_callers_own_is_used(clock):
    """Whoever passes an X-Client-Request-Id, in any case, finds it on the generation."""
    mine = context(clock, extra_headers={"x-client-request-id": "order-7", "X-Trace": "t"})
    played = play(submit(BODY, mine), clock, response())
    assert played.result
    assert played.result.client_request_id == "order-7"
    assert set(played.calls[0].headers.values()) == {"order-7", "t"}


def test_a_request_may_take_what_is_left_but_not_for_ever(clock):
    """A submission's request has the rest of the caller's time, at most two minutes."""
    script = (api_error(429, "30"), response())
    played = play(submit(BODY, context(clock, timeout=130)), clock, *script, seconds=20)
    assert [call.timeout for call in played.calls] == [120, 80]


@pytest.mark.parametrize(
    "passing",
    [
        lost(sent=False),
        api_error(429),
        api_error(503, "1"),
        api_error(503, body={"message": "busy"}),
    ],
    ids=["never sent", "429", "503 with Retry-After", "503 with the API's own words"],
)
def test_what_cannot_have_been_accepted_is_sent_again(clock, passing):
    """A request that was refused, or never left, is sent once more after a pause."""
    played = play(submit(BODY, context(clock)), clock, passing, response("queued"))
    assert played.step_types == [Call, Sleep, Call, Report]
    assert played.result
    assert played.result.id == ID


@pytest.mark.parametrize(
    "unknown",
    [
        lost(sent=True),
        *(api_error(code) for code in (408, 499, 502, 503, 504, 520, 524, 527, 529)),
        ApiResponse(content=b'{"status": "queued"}', headers={}),
        ApiResponse(content=b"<html>", headers={}),
        ApiResponse(content=b"[]", headers={}),
    ],
    ids=str,
)
def test_what_may_have_been_accepted_is_never_sent_again(clock, unknown):
    """Doubt ends a submission after one request, with all that is known of it."""
    played = play(submit(BODY, context(clock)), clock, unknown)
    assert isinstance(played.error, SubmissionInDoubtError)
    assert played.error.request == BODY
    assert played.error.client_request_id == played.calls[0].headers[CLIENT_REQUEST_ID]
    cause = played.error.__cause__
    expected = type(unknown) if not isinstance(unknown, ApiResponse) else UnreadableResponseError
    assert type(cause) is expected


def test_doubt_says_what_happened_what_it_cost_and_what_to_do(clock):
    """The message names the cause, the bill that may come, and whom to ask with which id."""
    error = play(submit(BODY, context(clock)), clock, api_error(504)).error
    assert isinstance(error, SubmissionInDoubtError)
    for part in ("504", "may be running and billed", "not sent again", error.client_request_id):
        assert part in str(error)


@pytest.mark.parametrize("code", [400, 401, 402, 403, 404, 409, 418, 422, 500, 501])
def test_a_refusal_is_final(clock, code):
    """Nothing else is tried again: the caller gets the API's own answer."""
    played = play(submit(BODY, context(clock)), clock, api_error(code))
    assert isinstance(played.error, ApiError)
    assert (played.error.status_code, len(played.calls)) == (code, 1)


def test_attempts_are_counted(clock):
    """After as many attempts as the policy allows, the last error is raised."""
    policy = RetryPolicy(attempts=3)
    script = [api_error(429, body=f"number {n}") for n in range(5)]
    played = play(submit(BODY, context(clock, retrying=policy)), clock, *script)
    assert isinstance(played.error, RateLimitError)
    assert (played.error.message, played.unused) == ("number 2", 2)


def test_a_pause_is_what_the_api_asks_for(clock):
    """Retry-After is honoured each time it comes."""
    script = (api_error(429, "7"), api_error(503, "11"), response())
    assert play(submit(BODY, context(clock)), clock, *script).sleeps == [7, 11]


@pytest.mark.parametrize("asked", ["59", "60", "604800"])
def test_a_pause_that_outlives_the_deadline_is_not_begun(clock, asked):
    """Who leaves the caller no time for an answer gets no second request, and no sleep."""
    played = play(submit(BODY, context(clock, timeout=60)), clock, api_error(429, asked))
    assert isinstance(played.error, RateLimitError)
    assert played.sleeps == []


def test_a_pause_that_overslept_the_deadline_sends_nothing_more(clock):
    """A request that had no time for its answer would end in doubt, so it is not sent."""
    flow = submit(BODY, context(clock, timeout=60))
    next(flow)
    assert flow.throw(api_error(429, "5")) == Sleep(5)
    clock.sleep(59)
    with pytest.raises(RateLimitError):
        next(flow)


def test_never_reaching_the_api_is_said_so(clock):
    """When every attempt failed before anything was sent, that is the error."""
    script = [lost(sent=False)] * 4
    played = play(submit(BODY, context(clock)), clock, *script)
    assert isinstance(played.error, ConnectionFailedError)
    assert not played.error.sent
