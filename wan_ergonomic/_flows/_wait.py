"""Polling and waiting, written once for both clients.

Flows decide and yield steps; they do no I/O and read no clock of their own.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

from wan_ergonomic._errors import (
    NotFoundError,
    UnreadableResponseError,
    WaitTimeoutError,
    WanError,
)
from wan_ergonomic._generation import UNSEEN, Generation, Update
from wan_ergonomic._parsing import other_id, parse_generation, parse_retry_after

from ._messages import failed, note_on_interrupt, resume_hint, without_link
from ._patience import Patience, lacks_link
from ._polling import pause
from ._retrying import after_poll, backoff, delay_if_allowed
from ._steps import ApiResponse, CallContext, Flow, Report, Sleep, Step
from ._submit import submit

Seen = tuple[Generation, float | None]


def _poll(generation: Generation, context: CallContext) -> Generator[Step, Any, Seen]:
    """Poll once; return the generation, and the Retry-After of the response in seconds.

    A response that names another job may be for another request on the same
    connection, so it counts only if the response over a fresh connection does so, too.
    """
    seen = yield from _request(generation, context, fresh=False)
    if other_id(seen[0]) not in {None, other_id(generation)}:
        seen = yield from _request(generation, context, fresh=True)
    return seen


def _request(
    generation: Generation, context: CallContext, *, fresh: bool
) -> Generator[Step, Any, Seen]:
    seconds = context.polling.request_timeout
    response: ApiResponse = yield context.call(
        "poll", generation.id, seconds, context.extra_headers, fresh=fresh
    )
    seen = parse_generation(response.content, response.headers, "poll", before=generation)
    return seen, parse_retry_after(response.headers)


def status(generation: Generation, context: CallContext) -> Flow:
    """Poll a generation until one poll succeeds, as often as the retry policy allows."""
    attempt = 1
    while True:
        try:
            seen, _ = yield from _poll(generation, context)
            break
        except WanError as error:
            error.generation_id = generation.id
            delay = delay_if_allowed(context.retrying, attempt, error, context.left())
            # If the API has never reported this job, a 404 is final.
            unknown = isinstance(error, NotFoundError) and not generation.raw
            if unknown or delay is None or after_poll(error) == "final":
                raise
        yield Sleep(delay)
        attempt += 1
    yield Report(Update(generation=seen, elapsed=context.elapsed(), polls=attempt))
    return seen


def wait(generation: Generation, context: CallContext, *, submitted: bool = False) -> Flow:
    """Poll until the job has ended, reporting each poll.

    A poll that fails is repeated until the deadline, for the job is paid for;
    only an error that time cannot change ends the wait earlier. One last poll is
    always made just before the deadline.

    Args:
        generation: The job.
        context: That of the call.
        submitted: Whether it was submitted in this call.
    """
    waiting = _Waiting(generation, context, submitted=submitted)
    if generation.completed and generation.video:
        yield Report(waiting.update(None))
    while waiting.needs_poll:
        waiting.check_deadline()
        delay = yield from waiting.poll()
        yield Report(waiting.update(delay if waiting.needs_poll else None))
        if waiting.needs_poll:
            yield Sleep(delay)
    if waiting.generation.failed:
        raise failed(waiting.generation)
    return waiting.generation


def generate(body: Mapping[str, Any], context: CallContext) -> Flow:
    """Submit, then wait."""
    generation = yield from submit(body, context)
    return (yield from finish(generation, context))


def finish(generation: Generation, context: CallContext) -> Flow:
    """Wait for a generation that was just reported, unless it needs no poll."""
    if generation.completed and generation.video:
        return generation
    with note_on_interrupt(resume_hint(generation), unless=WanError):
        return (yield from wait(generation, context, submitted=True))


class _Waiting:
    """One wait: what is known of the job, and how many polls in a row have failed."""

    def __init__(self, generation: Generation, context: CallContext, *, submitted: bool) -> None:
        self.generation = generation
        self._context = context
        self._submitted = submitted
        self._polls = 0
        self._failure: WanError | None = None
        self._in_a_row = 0
        self._timeline: list[tuple[float, str]] = []
        self._patience = Patience(context)

    @property
    def needs_poll(self) -> bool:
        """Whether to poll again: the job is pending, or its link is missing."""
        return self.generation.pending or lacks_link(self.generation)

    def check_deadline(self) -> None:
        if self._context.left() > 0:
            return
        generation, elapsed = self.generation, round(self._context.elapsed(), 1)
        late = lacks_link(generation)
        what = "has no link to its video" if late else "is not finished"
        runs_on = ""
        if generation.raw and not late:
            runs_on = "It runs on at the vendor, and is paid for once: "
        failure = f" The last poll failed: {self._failure}" if self._failure else ""
        raise WaitTimeoutError(
            f"Generation {generation.id} {what} after {elapsed:g} s (status: {generation.status}). "
            f"{runs_on}wait({generation.id!r}) picks it up again, here or elsewhere.{failure}",
            generation=generation,
            timeline=tuple(self._timeline),
        ) from self._failure

    def poll(self) -> Generator[Step, Any, float]:
        """Poll once; return the seconds until the next poll."""
        self._polls += 1
        try:
            seen, retry_after = yield from _poll(self.generation, self._context)
            self._check_known(seen)
        except WanError as error:
            delay = self._after_failure(error)
        else:
            self.generation, self._failure, self._in_a_row = seen, None, 0
            delay = self._context.polling.after_success(
                self._context.elapsed(), retry_after, submitted=self._submitted
            )
            if lacks_link(self.generation):
                delay = self._until_link()
        if not self._timeline or self._timeline[-1][1] != self.generation.status:
            self._timeline.append((self._context.elapsed(), self.generation.status))
        return pause(delay, self._context.left(), self._context.timeout)

    def _check_known(self, seen: Generation) -> None:
        """Raise the error for a status that says that the job is not known.

        It counts as a 404, for a job that was just accepted may not be known everywhere.
        """
        given = seen.raw.get("status")
        if seen.pending and isinstance(given, str) and given.strip().lower() == UNSEEN:
            raise NotFoundError(
                f"The API says that the status of generation {seen.id} is {given!r}: it may not "
                "know the generation. Check the id, and the account that the key belongs to.",
                status_code=200,
                retry_after=self._context.polling.interval(self._context.elapsed()),
                body=seen.raw,
            )

    def _until_link(self) -> float:
        seconds = self._patience.pause()
        if seconds is None:
            raise without_link(self.generation, self._patience.waited)
        return seconds

    def _after_failure(self, error: WanError) -> float:
        same = type(error) is type(self._failure)
        self._in_a_row = self._in_a_row + 1 if same else 1
        self._failure = error
        limits: dict[type[WanError], int] = {
            NotFoundError: self._context.retrying.not_found,
            UnreadableResponseError: self._context.retrying.attempts - 1,
        }
        if after_poll(error) == "final" or self._in_a_row > limits.get(type(error), self._polls):
            error.generation_id = self.generation.id
            if self.generation.raw:
                error.add_note(resume_hint(self.generation))
            raise error
        return backoff(self._context.retrying, self._in_a_row, error)

    def update(self, next_poll: float | None) -> Update:
        """Return what this wait knows now."""
        return Update(
            generation=self.generation,
            elapsed=self._context.elapsed(),
            polls=self._polls,
            next_poll=next_poll,
            error=self._failure,
        )
