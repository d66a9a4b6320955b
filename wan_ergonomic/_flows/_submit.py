"""Submitting, written once for both clients: the only flow that spends money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import SystemRandom
from typing import Any

from wan_ergonomic._errors import WanError
from wan_ergonomic._generation import Update
from wan_ergonomic._parsing import parse_generation

from ._messages import (
    CLIENT_REQUEST_ID,
    NOT_SENT,
    in_doubt,
    interrupted_submission,
    not_accepted,
    note_on_interrupt,
    resume_hint,
    unexpected,
)
from ._retrying import after_submission, delay_if_allowed
from ._steps import ApiResponse, CallContext, Flow, Report, Sleep, Steps

# A CDN in front of the API gives up after about 100 seconds with an error response; a shorter
# timeout here would only turn that response into doubt.
SUBMISSION_SECONDS = 120.0
# A retry with less time than this for its response might well end in doubt.
RESPONSE_SECONDS = 2.0


def submit(body: Mapping[str, Any], context: CallContext) -> Flow:
    """Submit once; send again only what the API cannot have accepted."""
    # One id for the submission, however often it is sent: the vendor can look it up.
    given = {name.lower(): value for name, value in context.extra_headers.items()}
    request_id = given.get(CLIENT_REQUEST_ID.lower()) or _random_id()
    headers = {**context.extra_headers, CLIENT_REQUEST_ID: request_id}
    if context.recording:
        with note_on_interrupt(NOT_SENT, unless=Exception):
            yield from context.recording.begin(request_id, body)
    attempt = 1
    while True:
        try:
            with note_on_interrupt(interrupted_submission(request_id), unless=Exception):
                response: ApiResponse = yield context.call(
                    "create", body, SUBMISSION_SECONDS, headers
                )
                generation = parse_generation(response.content, response.headers, "create")
            break
        except WanError as error:
            verdict = after_submission(error)
            if verdict == "doubt":
                raise in_doubt(error, request_id, body) from error
            delay = delay_if_allowed(
                context.retrying, attempt, error, context.left() - RESPONSE_SECONDS
            )
            if verdict == "final" or delay is None:
                raise not_accepted(error) from error.__cause__
            failure = error
        except Exception as error:
            # From a transport or a logging filter of the caller's own.
            raise in_doubt(unexpected(error), request_id, body) from error
        yield from _pause(delay, not_accepted(failure), context)
        if context.left() < RESPONSE_SECONDS:
            raise failure
        attempt += 1
    generation = replace(generation, request=body, client_request_id=request_id)
    with note_on_interrupt(resume_hint(generation)):
        yield Report(Update(generation=generation, elapsed=context.elapsed()))
    return generation


def _pause(seconds: float, failure: WanError, context: CallContext) -> Steps[None]:
    """Wait after an attempt that was rejected; if that is interrupted, it remains so."""
    try:
        with note_on_interrupt(NOT_SENT):
            yield Sleep(seconds)
    except BaseException:
        if context.recording:
            yield from context.recording.rejected(failure)
        raise


def _random_id() -> str:
    # As long as a UUID, whose module would load several others.
    return f"{SystemRandom().getrandbits(128):032x}"
