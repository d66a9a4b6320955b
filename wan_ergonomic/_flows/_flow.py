"""Submitting, looking and waiting, written once for both clients.

Flows decide and perform nothing: no I/O, no clock of their own.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

from wan_ergonomic._errors import (
    ApiError,
    GenerationFailedError,
    NotFoundError,
    SubmissionInDoubtError,
    UnreadableResponseError,
    WaitTimeoutError,
    WanError,
)
from wan_ergonomic._generation import Generation, Update
from wan_ergonomic._parsing._error_response import parse_retry_after
from wan_ergonomic._parsing._response import parse_generation

from ._messages import note_on_interrupt, resume_hint
from ._retrying import after_poll, after_submission, pause
from ._steps import ApiResponse, CallContext, Flow, Report, Sleep, Step

CLIENT_REQUEST_ID = "X-Client-Request-Id"

# A CDN in front of the API gives up after about 100 seconds and says so; waiting
# longer for the answer to a submission could only turn that word into doubt.
SUBMISSION_SECONDS = 120.0
# Sent again with less time than this for its answer, a submission might well end in doubt.
ANSWER_SECONDS = 2.0


def submit(body: Mapping[str, Any], context: CallContext) -> Flow:
    """Submit once; send again only what the API cannot have accepted."""
    # One id for the submission, however often it is sent: the vendor can be asked about it.
    given = {name.lower(): value for name, value in context.extra_headers.items()}
    request_id = given.get(CLIENT_REQUEST_ID.lower()) or uuid4().hex
    headers = {**context.extra_headers, CLIENT_REQUEST_ID: request_id}
    attempt = 1
    while True:
        try:
            with note_on_interrupt(_interrupted(request_id), besides=WanError):
                answer: ApiResponse = yield context.call(
                    "create", body, SUBMISSION_SECONDS, headers
                )
                generation = parse_generation(answer.content, answer.headers, "create")
            break
        except WanError as error:
            verdict = after_submission(error)
            if verdict == "doubt":
                raise _doubt(error, request_id, body) from error
            delay = _pause_if_allowed(context, attempt, error, ANSWER_SECONDS)
            if verdict == "final" or delay is None:
                raise _with_cost(error) from error.__cause__
            refusal = error
        yield Sleep(delay)
        if context.left() < ANSWER_SECONDS:
            raise _with_cost(refusal)
        attempt += 1
    generation = replace(generation, request=body, client_request_id=request_id)
    with note_on_interrupt(resume_hint(generation)):
        yield Report(Update(generation=generation, elapsed=context.elapsed()))
    return generation


def _interrupted(request_id: str) -> str:
    return (
        "Interrupted while submitting: the generation may have been accepted and billed. "
        f"{_ask_about(request_id)}"
    )


def _ask_about(request_id: str) -> str:
    return (
        "Look at your AIML API usage before you submit it anew; the vendor can be asked about "
        f"{CLIENT_REQUEST_ID} {request_id}."
    )


def _with_cost(error: WanError) -> WanError:
    """Add to a refused submission's error whether it may have cost anything."""
    code = error.status_code if isinstance(error, ApiError) else 0
    unclear = 300 <= code < 400 or (code >= 500 and code != 503)
    cost = (
        "Whether it was accepted is not known: look at your AIML API usage before you submit anew."
        if unclear
        else "Nothing was accepted or charged."
    )
    error.args = (f"{error} {cost}",)
    return error


def _doubt(error: WanError, request_id: str, body: Mapping[str, Any]) -> SubmissionInDoubtError:
    return SubmissionInDoubtError(
        f"The request was sent, and what became of it is unknown: {error} It may be running and "
        f"billed, so it was not sent again. {_ask_about(request_id)}",
        client_request_id=request_id,
        request=body,
    )


def _pause_if_allowed(
    context: CallContext, attempt: int, error: WanError, needed: float = 0.0
) -> float | None:
    """Return the pause before the next attempt, which needs so many seconds, or None."""
    delay = pause(context.retrying, attempt, error)
    in_time = delay + needed < context.left()
    return delay if in_time and attempt < context.retrying.attempts else None


def _poll(
    generation: Generation, context: CallContext
) -> Generator[Step, Any, tuple[Generation, float | None]]:
    """Ask once; return the generation, and the seconds after which the API wants to be asked."""
    seconds = context.polling.request_timeout
    answer: ApiResponse = yield context.call("poll", generation.id, seconds, context.extra_headers)
    seen = parse_generation(answer.content, answer.headers, "poll", before=generation)
    return seen, parse_retry_after(answer.headers.get("retry-after"))


def status(generation: Generation, context: CallContext) -> Flow:
    """Look at a generation, trying again what may pass."""
    attempt = 1
    while True:
        try:
            seen, _ = yield from _poll(generation, context)
            break
        except WanError as error:
            error.generation_id = generation.id
            delay = _pause_if_allowed(context, attempt, error)
            # Without a sign that the job was ever accepted, a 404 means what it says.
            unknown = isinstance(error, NotFoundError) and not generation.raw
            if unknown or delay is None or after_poll(error) == "final":
                raise
        yield Sleep(delay)
        attempt += 1
    yield Report(Update(generation=seen, elapsed=context.elapsed(), polls=attempt))
    return seen


def wait(generation: Generation, context: CallContext) -> Flow:
    """Look until the job has ended, reporting each look.

    What fails in between is tried again until the deadline, for the job is
    paid for; only an answer that time cannot change ends the wait before it.
    """
    waiting = _Waiting(generation, context)
    if generation.completed:
        yield Report(waiting.update(None))
    while waiting.generation.pending:
        waiting.check_deadline()
        delay = yield from waiting.poll()
        yield Report(waiting.update(delay if waiting.generation.pending else None))
        if waiting.generation.pending:
            yield Sleep(delay)
    if waiting.generation.failed:
        raise failed(waiting.generation)
    return waiting.generation


def generate(body: Mapping[str, Any], context: CallContext) -> Flow:
    """Submit, then wait."""
    generation = yield from submit(body, context)
    if generation.completed:
        return generation
    with note_on_interrupt(resume_hint(generation), besides=WanError):
        return (yield from wait(generation, context))


class _Waiting:
    """One wait: what has been seen of the job, and how often in a row looking failed."""

    def __init__(self, generation: Generation, context: CallContext) -> None:
        self.generation = generation
        self._context = context
        self._polls = 0
        self._failure: WanError | None = None
        self._in_a_row = 0
        self._timeline: list[tuple[float, str]] = []

    def check_deadline(self) -> None:
        if self._context.left() > 0:
            return
        generation, elapsed = self.generation, round(self._context.elapsed(), 1)
        goes_on = "It goes on at the vendor, and is paid for once: " if generation.raw else ""
        failure = f" The last look failed: {self._failure}" if self._failure else ""
        raise WaitTimeoutError(
            f"Generation {generation.id} is not finished after {elapsed:g} s (status: "
            f"{generation.status}). {goes_on}wait({generation.id!r}) picks it up again, here or "
            f"elsewhere.{failure}",
            generation=generation,
            timeline=tuple(self._timeline),
        ) from self._failure

    def poll(self) -> Generator[Step, Any, float]:
        """Look once; return the seconds until the next look."""
        self._polls += 1
        try:
            self.generation, asked = yield from _poll(self.generation, self._context)
        except WanError as error:
            delay = self._after_failure(error)
        else:
            self._failure, self._in_a_row = None, 0
            interval = self._context.polling.interval(self._context.elapsed())
            delay = interval if asked is None else asked
        if not self._timeline or self._timeline[-1][1] != self.generation.status:
            self._timeline.append((self._context.elapsed(), self.generation.status))
        return min(delay, max(0.0, self._context.left()))

    def _after_failure(self, error: WanError) -> float:
        same = type(error) is type(self._failure)
        self._in_a_row = self._in_a_row + 1 if same else 1
        self._failure = error
        patience: dict[type[WanError], int] = {
            NotFoundError: self._context.retrying.not_found,
            UnreadableResponseError: self._context.retrying.attempts - 1,
        }
        if after_poll(error) == "final" or self._in_a_row > patience.get(type(error), self._polls):
            error.generation_id = self.generation.id
            if self.generation.raw:
                error.add_note(resume_hint(self.generation))
            raise error
        return pause(self._context.retrying, self._in_a_row, error)

    def update(self, next_poll: float | None) -> Update:
        """Return what this wait knows now."""
        return Update(
            generation=self.generation,
            elapsed=self._context.elapsed(),
            polls=self._polls,
            next_poll=next_poll,
            error=self._failure,
        )


def failed(generation: Generation) -> GenerationFailedError:
    """Return the error that says how a generation failed."""
    said = str(generation.error).rstrip(".") if generation.error else ""
    why = f": {said}" if said else "; the API does not say why"
    cost = generation.usage and generation.usage.credits
    charged = f" {cost:,.0f} credits were named for it." if cost is not None else ""
    return GenerationFailedError(
        f"Generation {generation.id} ended with status {generation.status!r}{why}.{charged} "
        "The job is over; to try again is a new, paid submission.",
        generation=generation,
    )
