"""Submitting: paid for at most once, with a request id that the vendor can look up."""

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
from wan_ergonomic._parsing import parse_error

from .stage import ID, api_error, context, lost, play, response

BODY = {"model": "alibaba/wan2.2-t2v-plus", "prompt": "A paper boat", "seed": 0}


def test_one_call_and_one_report_make_a_submission(clock):
    """An accepted submission is one request; then the generation is reported."""
    played = play(submit(BODY, context(clock)), clock, response("queued"), seconds=2)
    assert played.step_types == [Call, Report]
    assert played.updates[0].generation == played.result
    assert (played.updates[0].elapsed, played.updates[0].polls) == (2, 0)


def test_the_call_is_the_create_operation_with_the_body_as_it_is(clock):
    """Nothing is added to the body."""
    call = play(submit(BODY, context(clock)), clock, response()).calls[0]
    assert (call.role, call.argument) == ("create", BODY)


def test_a_generation_has_the_request_of_its_submission(clock):
    """The result has the body, the request id and the cost."""
    usage = {"usage": {"credits_used": 1050000}}
    played = play(submit(BODY, context(clock)), clock, response("queued", meta=usage))
    assert played.result
    assert played.result.request == BODY
    assert played.result.client_request_id == played.calls[0].headers[CLIENT_REQUEST_ID]
    assert played.result.usage
    assert played.result.usage.credits == 1050000


def test_each_submission_has_a_request_id_of_its_own(clock):
    """A retry has the same id as the first attempt."""
    first = play(submit(BODY, context(clock)), clock, api_error(429), response())
    second = play(submit(BODY, context(clock)), clock, response())
    ids = [call.headers[CLIENT_REQUEST_ID] for call in (*first.calls, *second.calls)]
    assert ids[0] == ids[1] != ids[2]
    assert all(len(one) == 32 and one.isalnum() for one in ids)


def test_a_request_id_of_the_caller_is_used(clock):
    """An X-Client-Request-Id among the extra headers, in any case, is on the generation."""
    mine = context(clock, extra_headers={"x-client-request-id": "order-7", "X-Trace": "t"})
    played = play(submit(BODY, mine), clock, response())
    assert played.result
    assert played.result.client_request_id == "order-7"
    assert set(played.calls[0].headers.values()) == {"order-7", "t"}


def test_a_request_may_take_the_time_that_is_left_but_two_minutes_at_most(clock):
    """Each attempt has the rest of the caller's time."""
    script = (api_error(429, "30"), response())
    played = play(submit(BODY, context(clock, timeout=130)), clock, *script, seconds=20)
    assert [call.timeout for call in played.calls] == [120, 80]


@pytest.mark.parametrize(
    "failure",
    [
        lost(sent=False),
        api_error(429),
        api_error(503, "1"),
        api_error(503, body={"message": "busy"}),
    ],
    ids=["never sent", "429", "503 with Retry-After", "503 with the API's own words"],
)
def test_a_submission_that_cannot_have_been_accepted_is_sent_again(clock, failure):
    """A request that was rejected or never left is sent again after a pause."""
    played = play(submit(BODY, context(clock)), clock, failure, response("queued"))
    assert played.step_types == [Call, Sleep, Call, Report]
    assert played.result
    assert played.result.id == ID


@pytest.mark.parametrize(
    "unknown",
    [
        lost(sent=True),
        ValueError("from a transport of the caller's own"),
        *(api_error(code) for code in (302, 408, 409, 499, 500, 501, 502, 503, 504, 524, 700)),
        ApiResponse(content=b'{"status": "queued"}', headers={}),
        ApiResponse(content=b"<html>", headers={}),
        ApiResponse(content=b"[]", headers={}),
    ],
    ids=str,
)
def test_a_submission_that_may_have_been_accepted_is_never_sent_again(clock, unknown):
    """It ends in doubt after one request; the error has the request and its id."""
    played = play(submit(BODY, context(clock)), clock, unknown)
    assert isinstance(played.error, SubmissionInDoubtError)
    assert played.error.request == BODY
    assert played.error.client_request_id == played.calls[0].headers[CLIENT_REQUEST_ID]
    cause = played.error.__cause__
    expected = type(unknown) if not isinstance(unknown, ApiResponse) else UnreadableResponseError
    assert type(cause) is expected


def test_doubt_says_what_happened_what_it_may_cost_and_what_to_do(clock):
    """The message names the cause, the possible bill, and the id for the vendor."""
    error = play(submit(BODY, context(clock)), clock, api_error(504)).error
    assert isinstance(error, SubmissionInDoubtError)
    for part in ("504", "may be running and billed", "not sent again", error.client_request_id):
        assert part in str(error)


@pytest.mark.parametrize(
    "unclear",
    [
        api_error(429, body={"data": {"id": ID}}),
        parse_error(503, {"retry-after": "5", "x-inference-id": ID}, b"{}"),
    ],
    ids=["the body", "a header"],
)
def test_doubt_names_the_generation_that_the_response_named(clock, unclear):
    """Its status can be requested, which is free."""
    error = play(submit(BODY, context(clock)), clock, unclear).error
    assert isinstance(error, SubmissionInDoubtError)
    assert error.generation_id == ID
    assert f"The response names {ID!r}; its status says whether it runs." in str(error)


@pytest.mark.parametrize("code", [400, 401, 402, 403, 404, 418, 422])
def test_a_rejection_is_final(clock, code):
    """The caller gets the API's error, after one request; it says that nothing was spent."""
    played = play(submit(BODY, context(clock)), clock, api_error(code))
    assert isinstance(played.error, ApiError)
    assert (played.error.status_code, len(played.calls)) == (code, 1)
    assert str(played.error).endswith(" Nothing was accepted or charged.")


def test_attempts_are_counted(clock):
    """The last error is raised after as many attempts as the policy allows."""
    policy = RetryPolicy(attempts=3)
    script = [api_error(429, body=f"number {n}") for n in range(5)]
    played = play(submit(BODY, context(clock, retrying=policy)), clock, *script)
    assert isinstance(played.error, RateLimitError)
    assert (played.error.message, played.unused) == ("number 2", 2)


def test_retry_after_is_the_pause(clock):
    """Each time it comes."""
    script = (api_error(429, "7"), api_error(503, "11"), response())
    assert play(submit(BODY, context(clock)), clock, *script).sleeps == [7, 11]


@pytest.mark.parametrize("seconds", ["59", "60", "604800"])
def test_a_pause_beyond_the_deadline_is_not_begun(clock, seconds):
    """Without time for a response, no second request is made."""
    played = play(submit(BODY, context(clock, timeout=60)), clock, api_error(429, seconds))
    assert isinstance(played.error, RateLimitError)
    assert played.sleeps == []


def test_nothing_is_sent_after_a_pause_that_took_too_long(clock):
    """A request without time for its response would end in doubt."""
    flow = submit(BODY, context(clock, timeout=60))
    next(flow)
    assert flow.throw(api_error(429, "5")) == Sleep(5)
    clock.sleep(59)
    with pytest.raises(RateLimitError):
        next(flow)


def test_an_api_that_is_never_reached_is_an_error_that_says_so(clock):
    """Nothing was sent in any attempt."""
    script = [lost(sent=False)] * 4
    played = play(submit(BODY, context(clock)), clock, *script)
    assert isinstance(played.error, ConnectionFailedError)
    assert not played.error.sent
