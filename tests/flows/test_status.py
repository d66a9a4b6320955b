"""Looking once: free, so tried again whenever that can help."""

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

from .stage import ID, PENDING, STEADY, api_error, context, lost, play, response


def test_one_call_and_one_report_make_a_look(clock):
    """A look is one request for the id, then its finding is reported."""
    played = play(status(PENDING, context(clock)), clock, response("generating"), seconds=1)
    assert played.step_types == [Call, Report]
    assert (played.calls[0].role, played.calls[0].argument) == ("poll", ID)
    assert (played.updates[0].elapsed, played.updates[0].polls) == (1, 1)
    assert played.result == played.updates[0].generation


def test_a_failed_job_is_data(clock):
    """Asking how a job is does not raise because it failed; waiting for it does."""
    played = play(status(PENDING, context(clock)), clock, response("error", error="no GPU"))
    assert played.result
    assert played.result.failed


def test_what_was_known_is_kept(clock):
    """Cost, request and request id are said at the submission only, and stay."""
    before = Generation(
        id=ID, usage=Usage(credits=5), request={"prompt": "A boat"}, client_request_id="c"
    )
    seen = play(status(before, context(clock)), clock, response()).result
    assert seen
    assert (seen.usage, seen.request, seen.client_request_id) == (
        Usage(credits=5),
        {"prompt": "A boat"},
        "c",
    )


def test_extra_headers_go_along(clock):
    """The caller's headers are sent with a look, and nothing else is."""
    played = play(
        status(PENDING, context(clock, extra_headers={"X-Trace": "t"})), clock, response()
    )
    assert played.calls[0].headers == {"X-Trace": "t"}


def test_a_look_may_take_the_policys_time_or_what_is_left(clock):
    """The request in flight is bounded by the deadline too."""
    for timeout, expected in ((60, STEADY.request_timeout), (3, 3)):
        played = play(status(PENDING, context(clock, timeout=timeout)), clock, response())
        assert played.calls[0].timeout == expected


@pytest.mark.parametrize(
    "passing",
    [
        lost(sent=True),
        lost(sent=False),
        *(api_error(code) for code in (404, 408, 425, 429, 499, 500, 502, 503, 504, 520, 527)),
        ApiResponse(content=b"<html>", headers={}),
    ],
    ids=str,
)
def test_what_may_pass_is_tried_again(clock, passing):
    """One bad moment does not end a look at a job that was accepted."""
    played = play(status(PENDING, context(clock)), clock, passing, response())
    assert len(played.calls) == 2
    assert played.updates[-1].polls == 2


@pytest.mark.parametrize("code", [400, 401, 403, 409, 422])
def test_what_time_cannot_change_is_final(clock, code):
    """A refusal is raised at once, and says which generation it is about."""
    played = play(status(PENDING, context(clock)), clock, api_error(code))
    assert played.error
    assert (played.error.generation_id, played.sleeps) == (ID, [])


def test_an_id_that_was_never_seen_is_not_found_at_once(clock):
    """Without a sign that the job was ever accepted, a 404 means what it says."""
    played = play(status(Generation(id=ID), context(clock)), clock, api_error(404))
    assert isinstance(played.error, NotFoundError)
    assert len(played.calls) == 1


@pytest.mark.parametrize(
    ("passing", "expected"),
    [
        (api_error(502), ServerError),
        (ApiResponse(content=b"", headers={}), UnreadableResponseError),
    ],
)
def test_attempts_are_counted(clock, passing, expected):
    """After as many attempts as the policy allows, the last error is raised."""
    flow = status(PENDING, context(clock, retrying=RetryPolicy(attempts=2)))
    played = play(flow, clock, *[passing] * 3)
    assert type(played.error) is expected
    assert played.unused == 1


def test_a_pause_that_outlives_the_deadline_is_not_begun(clock):
    """With a second left, an API that asks for a minute is not waited for."""
    played = play(status(PENDING, context(clock, timeout=1)), clock, api_error(429, "60"))
    assert isinstance(played.error, WanError)
    assert played.sleeps == []
