"""Generating: one submission, then the wait for it, in one span of time."""

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
    """One request creates, the others look; the caller hears of the id before any look."""
    script = (response("queued"), response(), completed())
    played = play(generate(BODY, context(clock)), clock, *script)
    assert [call.role for call in played.calls] == ["create", "poll", "poll"]
    assert [update.polls for update in played.updates] == [0, 1, 2]
    assert played.result
    assert played.result.completed


def test_a_first_answer_that_is_the_last_needs_no_look(clock):
    """A video that comes with the submission is returned as it is."""
    played = play(generate(BODY, context(clock)), clock, completed())
    assert (len(played.calls), len(played.updates)) == (1, 1)
    assert played.result
    assert played.result.completed


def test_a_submission_that_failed_at_once_is_an_error(clock):
    """A job that is refused in its first answer is raised without a look."""
    played = play(generate(BODY, context(clock)), clock, response("error", error="no"))
    assert isinstance(played.error, GenerationFailedError)
    assert len(played.calls) == 1


def test_one_deadline_bounds_the_whole(clock):
    """What the submission took is missing from the wait."""
    flow = generate(BODY, context(clock, timeout=30))
    played = play(flow, clock, *[response()] * 4, seconds=4)
    assert isinstance(played.error, WaitTimeoutError)
    assert played.sleeps == [10, 8]


def test_what_the_submission_said_is_known_at_the_end(clock):
    """The cost, said once, is on the finished generation; so are request and request id."""
    usage = {"usage": {"credits_used": 7}}
    played = play(
        generate(BODY, context(clock)), clock, response("queued", meta=usage), completed()
    )
    assert played.result
    assert (played.result.usage, played.result.request) == (Usage(credits=7), BODY)
    assert played.result.client_request_id == played.updates[0].generation.client_request_id


def test_a_refused_submission_is_not_waited_for(clock):
    """Without an accepted job there is nothing to look at."""
    for outcome, expected in (
        (api_error(403), PermissionDeniedError),
        (api_error(502), SubmissionInDoubtError),
    ):
        played = play(generate(BODY, context(clock)), clock, outcome)
        assert isinstance(played.error, expected)
        assert [call.role for call in played.calls] == ["create"]


def test_a_job_lost_after_acceptance_is_named(clock):
    """Once there is an id, every error that ends the wait carries it."""
    error = play(generate(BODY, context(clock)), clock, response("queued"), api_error(401)).error
    assert error
    assert error.generation_id == ID
    assert ID in error.__notes__[0]
