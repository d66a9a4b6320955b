"""Submitting, waiting and downloading as generators of steps: they decide, and do no I/O."""

from typing import TYPE_CHECKING

from wan_ergonomic._loading import lazily

if TYPE_CHECKING:
    from ._download import download
    from ._messages import CLIENT_REQUEST_ID, NOT_SENT, interrupted_submission
    from ._polling import PollingPolicy
    from ._recorded import Quote, Quoted, Recording, Records, recorded
    from ._retrying import RetryPolicy, after_poll, delay_if_allowed
    from ._steps import (
        ApiResponse,
        Call,
        CallContext,
        Fetch,
        FileWork,
        Finish,
        Flow,
        Progress,
        Query,
        Report,
        Sleep,
        Step,
        Steps,
        callback_errors,
    )
    from ._submit import submit
    from ._wait import finish, generate, status, wait

__all__ = [
    "CLIENT_REQUEST_ID",
    "NOT_SENT",
    "ApiResponse",
    "Call",
    "CallContext",
    "Fetch",
    "FileWork",
    "Finish",
    "Flow",
    "PollingPolicy",
    "Progress",
    "Query",
    "Quote",
    "Quoted",
    "Recording",
    "Records",
    "Report",
    "RetryPolicy",
    "Sleep",
    "Step",
    "Steps",
    "after_poll",
    "callback_errors",
    "delay_if_allowed",
    "download",
    "finish",
    "generate",
    "interrupted_submission",
    "recorded",
    "status",
    "submit",
    "wait",
]

# Those that are fast to import come first.
_HOMES = (
    "_steps",
    "_polling",
    "_retrying",
    "_messages",
    "_submit",
    "_wait",
    "_recorded",
    "_download",
)

__getattr__, __dir__ = lazily(__name__, __all__, _HOMES)
