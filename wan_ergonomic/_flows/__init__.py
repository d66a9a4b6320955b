"""Submitting, waiting and downloading as generators of steps: they decide, and do no I/O."""

from ._download import Progress, download
from ._messages import CLIENT_REQUEST_ID, interrupted_submission
from ._polling import PollingPolicy
from ._recorded import recorded
from ._retrying import RetryPolicy
from ._steps import (
    ApiResponse,
    Call,
    CallContext,
    Fetch,
    FileWork,
    Flow,
    Report,
    Sleep,
    Step,
    callback_errors,
)
from ._submit import submit
from ._wait import generate, status, wait

__all__ = [
    "CLIENT_REQUEST_ID",
    "ApiResponse",
    "Call",
    "CallContext",
    "Fetch",
    "FileWork",
    "Flow",
    "PollingPolicy",
    "Progress",
    "Report",
    "RetryPolicy",
    "Sleep",
    "Step",
    "callback_errors",
    "download",
    "generate",
    "interrupted_submission",
    "recorded",
    "status",
    "submit",
    "wait",
]
