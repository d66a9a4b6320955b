"""What tools return: small JSON objects that say what was spent and what to do next."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

from wan_ergonomic._errors import (
    ApiError,
    ConfigurationError,
    ConnectionFailedError,
    DownloadError,
    GenerationFailedError,
    NotFoundError,
    PromptError,
    RateLimitError,
    ServerError,
    SpendLimitError,
    SubmissionInDoubtError,
    SubmissionNotFoundError,
    UnreadableResponseError,
    WaitTimeoutError,
    WanError,
)
from wan_ergonomic._generation import Generation

if TYPE_CHECKING:
    from wan_ergonomic.ledger import Job


class ToolError(WanError):
    """A tool was called with arguments that it cannot use; nothing was sent or spent."""


# Whether the call has spent money. A job that was paid for earlier is not paid for again.
Spent = Literal["nothing", "paid", "in doubt"]

# Seconds until it is worth looking again for a submission in doubt: the log has it only once its
# job has ended.
DOUBT_SECONDS = 60
_SHORTEST = 1
_PROMPT_LENGTH = 80

_NEXT = {
    "submitting": "The response is awaited. Call poll_video with this job. Do not submit it again.",
    "pending": "Call poll_video after poll_again_in_seconds. Do not submit it again.",
    "completed": "Call save_video with this job. It is free, as often as needed.",
    "failed": "The job is over. Another submit_video is a new, paid submission.",
    "rejected": "Nothing was charged. Correct what the error names before you submit it again.",
    "in doubt": (
        "It may be running and billed. Do not submit it again. Call poll_video with this job "
        "after poll_again_in_seconds: it looks for it in the account's log, which is free."
    ),
}
SAVED = "Done: the file is complete. Nothing more is needed."

_AFTER_ERROR: tuple[tuple[type[WanError], str], ...] = (
    (
        SpendLimitError,
        "Do not try again. Ask the person who started this server to raise its limit, or choose "
        "options that cost less; price_video says what is left.",
    ),
    (ToolError, "Correct the arguments, and call it again."),
    (PromptError, "Correct the arguments, and call it again."),
    (ConfigurationError, "Tell the person who started this server; a setting is wrong."),
    (
        SubmissionNotFoundError,
        "The account's log does not have it. Ask a person before you submit it again.",
    ),
    (SubmissionInDoubtError, _NEXT["in doubt"]),
    (NotFoundError, "Check the job: list_videos has those of this machine."),
    (RateLimitError, "Call it again after poll_again_in_seconds."),
    (ServerError, "Call it again later."),
    (ApiError, "Tell the person who started this server what the message says."),
    (ConnectionFailedError, "Call it again later."),
    (GenerationFailedError, _NEXT["failed"]),
    (WaitTimeoutError, "The job runs on. Call poll_video again later."),
    (UnreadableResponseError, "The job runs on. Call poll_video again later."),
    (
        DownloadError,
        "If the job has not ended, call poll_video first. Otherwise call save_video again: it "
        "continues where it stopped, and is free.",
    ),
)


def of_job(job: Job, *, spent: Spent, sandbox: bool, delay: float) -> dict[str, Any]:
    """Return a job as the ledger has it.

    Args:
        job: The job.
        spent: What the call has spent.
        sandbox: Whether it is one of a sandbox.
        delay: Seconds until another poll is useful.
    """
    generation = job.generation if job.outcome == "accepted" else None
    state = generation.state if generation else job.outcome
    return {
        "job": job.generation_id or job.client_request_id,
        "state": state,
        "status": job.status,
        "spent": spent,
        "cost_usd": job.usd,
        "sandbox": sandbox,
        **_known(error=job.error if state != "completed" else None, file=job.place),
        **_next(state, delay, is_saved=job.place is not None),
    }


def of_generation(
    generation: Generation, job: Job | None, *, spent: Spent, sandbox: bool, delay: float
) -> dict[str, Any]:
    """Return a generation as the API has it.

    Args:
        generation: It.
        job: What the ledger has of it, if anything.
        spent: What the call has spent.
        sandbox: Whether it is one of a sandbox.
        delay: Seconds until another poll is useful.
    """
    usage, error = generation.usage, generation.error
    place = job.place if job else None
    charged = usage.in_usd if usage else None
    return {
        "job": generation.id,
        "state": generation.state,
        "status": generation.status,
        "spent": spent,
        "cost_usd": job.usd if job and charged is None else charged,
        "sandbox": sandbox,
        **_known(error=str(error) if error else None, file=place),
        **_next(generation.state, delay, is_saved=place is not None),
    }


def submitting(request_id: str, *, sandbox: bool) -> dict[str, Any]:
    """Return a submission whose response has not come yet."""
    return {
        "job": request_id,
        "state": "submitting",
        "status": None,
        "spent": "in doubt",
        "cost_usd": None,
        "sandbox": sandbox,
        **_next("submitting", 5.0),
    }


def listed(job: Job) -> dict[str, Any]:
    """Return a job in a list."""
    whole = of_job(job, spent="nothing", sandbox=False, delay=0.0)
    prompt = str(job.body.get("prompt", ""))
    short = prompt if len(prompt) <= _PROMPT_LENGTH else f"{prompt[: _PROMPT_LENGTH - 1]}…"
    return {
        **{name: whole[name] for name in ("job", "state", "status", "cost_usd")},
        "submitted": job.submitted.isoformat(timespec="seconds"),
        "file": job.place,
        "prompt": short,
    }


def of_error(error: WanError, job: str | None = None) -> dict[str, Any]:
    """Return what an error means: whether the call has spent money, and what to do next.

    Args:
        error: The error.
        job: The job that the tool was called for, if it was.
    """
    in_doubt = isinstance(error, SubmissionInDoubtError)
    known_as = job or getattr(error, "client_request_id", None) or error.generation_id
    delay = getattr(error, "retry_after", None)
    if in_doubt and not isinstance(error, SubmissionNotFoundError):
        delay = DOUBT_SECONDS
    return {
        "error": type(error).__name__,
        "message": str(error),
        # Only a submission spends, and one that failed has not, unless it is in doubt.
        "spent": "in doubt" if in_doubt else "nothing",
        **({"job": known_as} if known_as else {}),
        **({} if delay is None else {"poll_again_in_seconds": seconds(delay)}),
        "next": next(
            (text for kind, text in _AFTER_ERROR if isinstance(error, kind)),
            "Tell the person who started this server what the message says.",
        ),
    }


def seconds(delay: float) -> int:
    """Return a delay in whole seconds, one at least."""
    return max(_SHORTEST, math.ceil(delay))


def _known(**values: str | None) -> dict[str, str]:
    """Return the values that there are."""
    return {name: value for name, value in values.items() if value}


def _next(state: str, delay: float, *, is_saved: bool = False) -> dict[str, Any]:
    if is_saved:
        return {"next": SAVED}
    waits = {"pending": delay, "submitting": delay, "in doubt": DOUBT_SECONDS}
    pause = {"poll_again_in_seconds": seconds(waits[state])} if state in waits else {}
    return {**pause, "next": _NEXT[state]}
