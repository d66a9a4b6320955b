"""What a person reads when a paid job is interrupted or its submission fails.

Each message says what happened, whether money was spent, and what to do next.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from wan_ergonomic._errors import (
    DownloadError,
    GenerationFailedError,
    LinkExpiredError,
    SubmissionInDoubtError,
    WanError,
)
from wan_ergonomic._generation import Generation

CLIENT_REQUEST_ID = "X-Client-Request-Id"
# A note on a submission that was interrupted before it was sent, or between two attempts.
NOT_SENT = "Interrupted before the API could accept the submission: nothing was charged."

_log = logging.getLogger("wan_ergonomic")


@contextmanager
def note_on_interrupt(text: str, *, unless: type[BaseException] | tuple[()] = ()) -> Iterator[None]:
    """Add a note to whatever ends the block, and log it.

    A cancelled scope swallows its exception with the note; the log remains.

    Args:
        text: Whether money may have been spent, and what to do next.
        unless: Errors whose own message says that.
    """
    try:
        yield
    except unless:
        raise
    except BaseException as error:
        error.add_note(text)
        _log.warning(text)
        raise


def resume_hint(generation: Generation) -> str:
    """Return a note on an interrupted wait: the job may still run, and how to resume."""
    return (
        f"Generation {generation.id} was accepted and may still be running: "
        f"wait({generation.id!r}) picks it up again."
    )


def interrupted_submission(request_id: str) -> str:
    """Say that a submission was interrupted before its response was read."""
    return (
        "Interrupted while submitting: the generation may have been accepted and billed. "
        f"{_check_usage(request_id)}"
    )


def _check_usage(request_id: str) -> str:
    return (
        "Before you submit it again, look for it in your request log with recover, by its "
        f"{CLIENT_REQUEST_ID} {request_id}."
    )


def not_accepted(error: WanError) -> WanError:
    """Add a sentence to a submission's error: nothing was accepted or charged."""
    error.args = (f"{error} Nothing was accepted or charged.",)
    return error


def unexpected(error: Exception) -> WanError:
    """Return an error for one that is not of this library."""
    return WanError(f"{type(error).__name__} was raised during the request.")


def in_doubt(error: WanError, request_id: str, body: Mapping[str, Any]) -> SubmissionInDoubtError:
    """Return the error for a submission that may have been accepted."""
    named = error.generation_id or getattr(error, "inference_id", None)
    to_check = f"The response names {named!r}; its status says whether it runs. " if named else ""
    return SubmissionInDoubtError(
        f"The request was sent, and its outcome is unknown: {error} It may be running and "
        f"billed, so it was not sent again. {to_check}{_check_usage(request_id)}",
        client_request_id=request_id,
        request=body,
        generation_id=named,
    )


def failed(generation: Generation) -> GenerationFailedError:
    """Return the error that says how a generation failed."""
    reason = str(generation.error).rstrip(".") if generation.error else ""
    why = f": {reason}" if reason else "; the API gives no reason"
    cost = generation.usage and generation.usage.credits
    charged = f" The API reported {cost:,.0f} credits for it." if cost is not None else ""
    return GenerationFailedError(
        f"Generation {generation.id} ended with status {generation.status!r}{why}.{charged} "
        "The job is over; trying again is a new, paid submission.",
        generation=generation,
    )


def without_link(generation: Generation, seconds: float) -> GenerationFailedError:
    """Return the error for a completed generation that got no link."""
    return GenerationFailedError(
        f"Generation {generation.id} is {generation.status}, but the API gave no link to its video "
        f"for {seconds:.0f} s. {_ask_vendor(generation)} Another attempt is a new, paid "
        "submission.",
        generation=generation,
    )


def not_in_storage(error: DownloadError, generation: Generation, seconds: float) -> DownloadError:
    """Return the error for a video that the storage still does not have."""
    links = ", with fresh links too" if isinstance(error, LinkExpiredError) else ""
    return type(error)(
        f"The storage returned {error.status_code} for {seconds:.0f} s{links}. "
        f"{_ask_vendor(generation)}",
        status_code=error.status_code,
    )


def _ask_vendor(generation: Generation) -> str:
    return f"The job was paid for: ask AIML API for the video of generation {generation.id}."
