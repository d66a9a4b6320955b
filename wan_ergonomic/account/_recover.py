"""Looks for a submission whose outcome is unknown in the account's request log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from wan_ergonomic._errors import (
    ConfigurationError,
    GenerationFailedError,
    NotFoundError,
    SubmissionInDoubtError,
    SubmissionNotFoundError,
    UnreadableResponseError,
    WanError,
)
from wan_ergonomic._flows import (
    ApiResponse,
    CallContext,
    FileWork,
    Flow,
    Report,
    Sleep,
    Steps,
    after_poll,
    finish,
)
from wan_ergonomic._generation import Generation, Update, Usage
from wan_ergonomic._parsing import other_id, parse_generation

from ._log import LoggedRequest, read_log, window_since

if TYPE_CHECKING:
    from wan_ergonomic.ledger import Recorder

# A row appears only after the job has ended, and no job takes longer. Shorter than a client's own
# timeout, so that a search within it can end with this.
LONGEST_JOB = timedelta(minutes=18)
# How far back to look for a submission whose moment is not known.
_WEEK = timedelta(days=6)
# Seconds between two looks at the log: at first, at most, and how they grow.
_FIRST, _MOST, _GROWTH = 2.0, 30.0, 1.5
# A row that is older than its submission by more than this belongs to another one.
_CLOCKS_APART = timedelta(hours=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A submission whose outcome is unknown.

    Attributes:
        client_request_id: The ``X-Client-Request-Id`` that it was sent with.
        submitted: When; None if that is not known.
        body: What was sent; empty if that is not known.
    """

    client_request_id: str
    submitted: datetime | None = None
    body: Mapping[str, Any] = field(default_factory=dict)


def recover(lost: Lost, context: CallContext) -> Flow:
    """Return the generation of a submission, once the log has it and a poll confirms it.

    Raises:
        GenerationFailedError: The log says that it failed; nothing was charged.
        SubmissionNotFoundError: The log does not have it, though its job must have ended.
        SubmissionInDoubtError: The log could not be read, or its job may be running still.
    """
    search = _Search(lost, context)
    delay = _FIRST
    while True:
        try:
            generation = yield from search.look()
        except WanError as error:
            search.trouble = error
            if isinstance(error, NotFoundError) or after_poll(error) == "final":
                raise search.in_doubt() from error
            generation = None
        if generation and generation.id:
            yield Report(Update(generation=generation, elapsed=context.elapsed()))
        if generation and generation.failed:
            raise _failed(lost, generation)
        if generation:
            return generation
        if search.is_over(delay):
            raise search.in_doubt()
        yield Sleep(delay)
        delay = min(_MOST, delay * _GROWTH)


def recover_submission(
    submission: SubmissionInDoubtError | str, recorder: Recorder | None, context: CallContext
) -> Flow:
    """Look for a submission, as ``recover`` does, with what the ledger knows of it.

    Args:
        submission: The error, or the ``X-Client-Request-Id`` that it was sent with.
        recorder: Where submissions are recorded.
        context: That of the call.

    Raises:
        ConfigurationError: It is neither.
    """
    if isinstance(submission, SubmissionInDoubtError):
        request_id, body = submission.client_request_id, submission.request
    else:
        request_id, body = submission, {}
    if not isinstance(request_id, str) or not request_id.strip():
        raise ConfigurationError(
            f"{submission!r:.100} is neither a submission in doubt nor its X-Client-Request-Id. "
            "Nothing was sent."
        )
    job = (yield FileWork(partial(recorder.find, request_id))) if recorder else None
    lost = Lost(client_request_id=request_id, body=body)
    if job:
        # It may have been found by its generation, which the log is not searched for.
        lost = Lost(
            client_request_id=job.client_request_id,
            submitted=job.submitted,
            body=body or job.body,
        )
    return (yield from recover(lost, context))


def recovering(flow: Flow, context: CallContext) -> Flow:
    """Run a flow that submits and waits; look for its submission if that ends in doubt."""
    started = datetime.now(UTC)
    try:
        generation = yield from flow
    except SubmissionInDoubtError as error:
        lost = Lost(
            client_request_id=error.client_request_id, submitted=started, body=error.request
        )
        try:
            found = yield from recover(lost, context)
        except SubmissionInDoubtError as later:
            raise later from error
        return (yield from finish(found, context))
    return generation


class _Search:
    """The looks at the log for one submission.

    Attributes:
        trouble: Why the last look did not succeed.
    """

    def __init__(self, lost: Lost, context: CallContext) -> None:
        self._lost = lost
        self._context = context
        self._known = lost.submitted is not None
        self._since = lost.submitted or datetime.now(UTC) - _WEEK
        self._age = datetime.now(UTC) - lost.submitted if lost.submitted else timedelta()
        self._began = context.now()
        self._rows = self._nameless = 0
        self.trouble: WanError | None = None

    def look(self) -> Steps[Generation | None]:
        """Look through the log once; return the generation if it is there."""
        found: list[LoggedRequest] = []
        self._rows = self._nameless = 0

        def take(rows: list[LoggedRequest]) -> bool:
            self._rows += len(rows)
            possible = [row for row in rows if not self._is_older(row)]
            found.extend(
                row for row in possible if row.client_request_id == self._lost.client_request_id
            )
            self._nameless += sum(self._may_be_it(row) for row in possible)
            return len(possible) == len(rows)

        yield from read_log(window_since(self._since, datetime.now(UTC)), self._context, take)
        self.trouble = None
        charged = [row for row in found if not row.failed]
        for row in charged:
            seen = yield from self._confirmed(row.inference_id)
            if seen:
                return self._with(seen, row)
        # The newest first; a failed one counts only if all of them failed.
        for row in found[:1] if not charged else ():
            return self._with(Generation(id=row.inference_id or "", status="failed"), row)
        return None

    def _is_older(self, row: LoggedRequest) -> bool:
        """Whether a row belongs to an earlier submission, which may have had the same id."""
        oldest = self._since - _CLOCKS_APART
        return self._known and row.created is not None and row.created < oldest

    def _may_be_it(self, row: LoggedRequest) -> bool:
        """Whether a row that names no submission may be that of this one."""
        model = self._lost.body.get("model")
        return not row.failed and row.client_request_id is None and model in {None, row.model}

    def _confirmed(self, generation_id: str | None) -> Steps[Generation | None]:
        """Return a generation as one poll has it; None if the API does not know it."""
        context = self._context
        if generation_id is None:
            self.trouble = UnreadableResponseError("The log has it, without its generation.")
            return None
        seconds = context.polling.request_timeout
        try:
            response: ApiResponse = yield context.call(
                "poll", generation_id, seconds, context.extra_headers, fresh=True
            )
        except NotFoundError as error:
            self.trouble = error
            return None
        before = Generation(id=generation_id)
        seen = parse_generation(response.content, response.headers, "poll", before=before)
        if other := other_id(seen):
            self.trouble = UnreadableResponseError(
                f"The response about generation {generation_id} is about {other}."
            )
            return None
        return seen

    def _with(self, seen: Generation, row: LoggedRequest) -> Generation:
        cost = 0.0 if row.failed and row.usd is None else row.usd
        return replace(
            seen,
            request=self._lost.body,
            client_request_id=self._lost.client_request_id,
            usage=seen.usage or (None if cost is None else Usage(usd=cost)),
        )

    def is_over(self, delay: float) -> bool:
        """Whether another look after a delay is too late, or cannot find more than the last one."""
        if self._context.left() <= delay:
            return True
        return self._has_ended() and self.trouble is None

    def _has_ended(self) -> bool:
        """Whether the job of the submission must have ended, if there is one."""
        searched = timedelta(seconds=self._context.now() - self._began)
        return self._age + searched > LONGEST_JOB

    def _why_unknown(self) -> str:
        """Return why the log cannot tell yet; "" if it can."""
        if self.trouble is not None:
            return f"the request log does not show it. {self.trouble}"
        if not self._has_ended():
            return (
                "the request log has a video only once its job has ended, and that of this "
                "submission may be running still."
            )
        if self._nameless:
            return (
                f"{self._nameless} of the requests in the log do not say which submission they "
                "belong to, so one of them may be it."
            )
        return ""

    def in_doubt(self) -> SubmissionInDoubtError:
        """Return the error for a submission that was not found."""
        request_id, body = self._lost.client_request_id, self._lost.body
        why = self._why_unknown()
        if why:
            return SubmissionInDoubtError(
                f"Whether submission {request_id} was accepted is still not known: {why} It was "
                f"not sent again. Look again later: wan recover {request_id}",
                client_request_id=request_id,
                request=body,
            )
        return SubmissionNotFoundError(
            f"Not accepted, as far as the log shows: none of {self._rows} requests, read back to "
            f"{self._since:%Y-%m-%d %H:%M} UTC, has X-Client-Request-Id {request_id}. It was not "
            "sent again.",
            client_request_id=request_id,
            request=body,
        )


def _failed(lost: Lost, generation: Generation) -> GenerationFailedError:
    named = f"generation {generation.id}" if generation.id else "it"
    free = generation.usage is not None and generation.usage.in_usd == 0
    nothing = "The log says that nothing was charged. " if free else ""
    return GenerationFailedError(
        f"Submission {lost.client_request_id} was accepted, and {named} failed. {nothing}Another "
        "attempt is a new, paid submission.",
        generation=generation,
    )
