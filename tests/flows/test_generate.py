"""Generating: one submission, then the wait for it, under one deadline."""

from wan_ergonomic import (
    GenerationFailedError,
    PermissionDeniedError,
    SubmissionInDoubtError,
    Usage,
    WaitTimeoutError,
)
from wan_ergonomic._flows import generate

from .stage import ID, api_error, completed, context, play, response

BODY = {"prompt": "A paper boat"}


def test_generating_is_submitting_and_waiting(clock):
    """One create request, then polls; the first update comes before any poll."""
    script = (response("queued"), response(), completed())
    played = play(generate(BODY, context(clock)), clock, *script)
    assert [call.role for call in played.calls] == ["create", "poll", "poll"]
    assert [update.polls for update in played.updates] == [0, 1, 2]
    assert played.result
    assert played.result.completed


def test_a_job_that_is_completed_at_once_is_not_polled(clock):
    """The generation of the submission is returned."""
    played = play(generate(BODY, context(clock)), clock, completed())
    assert (len(played.calls), len(played.updates)) == (1, 1)
    assert played.result
    assert played.result.completed


def test_a_job_that_fails_at_once_is_not_polled(clock):
    """It is an error as after a poll."""
    played = play(generate(BODY, context(clock)), clock, response("error", error="no"))
    assert isinstance(played.error, GenerationFailedError)
    assert len(played.calls) == 1


def test_one_deadline_bounds_submission_and_wait(clock):
    """The time that the submission took is not available to the wait."""
    flow = generate(BODY, context(clock, timeout=30))
    played = play(flow, clock, *[response()] * 4, seconds=4)
    assert isinstance(played.error, WaitTimeoutError)
    assert played.sleeps == [10, 6, 0]


def test_the_generation_keeps_what_its_submission_returned(clock):
    """Cost, request and request id are on the finished generation."""
    usage = {"usage": {"credits_used": 7}}
    played = play(
        generate(BODY, context(clock)), clock, response("queued", meta=usage), completed()
    )
    assert played.result
    assert (played.result.usage, played.result.request) == (Usage(credits=7), BODY)
    assert played.result.client_request_id == played.updates[0].generation.client_request_id


def test_a_failed_submission_is_not_polled(clock):
    """There is no accepted job."""
    for outcome, expected in (
        (api_error(403), PermissionDeniedError),
        (api_error(502), SubmissionInDoubtError),
    ):
        played = play(generate(BODY, context(clock)), clock, outcome)
        assert isinstance(played.error, expected)
        assert [call.role for call in played.calls] == ["create"]


def test_an_error_after_acceptance_names_the_job(clock):
    """In its attribute, and in a note."""
    error = play(generate(BODY, context(clock)), clock, response("queued"), api_error(401)).error
    assert error
    assert error.generation_id == ID
    assert ID in error.__notes__[0]
