"""What an error tells an agent: whether money was spent, and what to do next."""

from __future__ import annotations

import pytest

from wan_ergonomic import (
    ApiError,
    AuthenticationError,
    ConnectionFailedError,
    DownloadError,
    GenerationFailedError,
    LedgerError,
    MissingKeyError,
    NotFoundError,
    PromptError,
    RateLimitError,
    ServerError,
    SpendLimitError,
    SubmissionInDoubtError,
    SubmissionNotFoundError,
    UnreadableResponseError,
    WaitTimeoutError,
)

pytest.importorskip("mcp", reason="the extra `mcp` is not installed")

from wan_ergonomic.mcp_server._results import DOUBT_SECONDS, ToolError, of_error, seconds

LOST = {"client_request_id": "mine"}


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (ToolError("x"), "Correct the arguments"),
        (PromptError("x"), "Correct the arguments"),
        (SpendLimitError("x"), "raise its limit"),
        (MissingKeyError("x"), "a setting is wrong"),
        (NotFoundError("x"), "list_videos"),
        (RateLimitError("x"), "poll_again_in_seconds"),
        (ServerError("x"), "again later"),
        (AuthenticationError("x"), "Tell the person"),
        (ApiError("x"), "Tell the person"),
        (ConnectionFailedError("x"), "again later"),
        (GenerationFailedError("x"), "new, paid submission"),
        (WaitTimeoutError("x"), "The job runs on"),
        (UnreadableResponseError("x"), "The job runs on"),
        (DownloadError("x"), "continues where it stopped"),
        (LedgerError("x"), "Tell the person"),
    ],
)
def test_each_error_says_what_to_do(error, advice):
    """Only a submission in doubt may have spent money."""
    data = of_error(error)
    assert (data["error"], data["message"], data["spent"]) == (type(error).__name__, "x", "nothing")
    assert advice in data["next"]


@pytest.mark.parametrize(
    ("kind", "delay"), [(SubmissionInDoubtError, DOUBT_SECONDS), (SubmissionNotFoundError, None)]
)
def test_a_submission_in_doubt_may_have_spent_money(kind, delay):
    """Its job is the id that it was sent with."""
    data = of_error(kind("x", client_request_id="mine"))
    assert (data["spent"], data["job"]) == ("in doubt", "mine")
    assert data.get("poll_again_in_seconds") == delay
    assert "submit it again" in data["next"]


def test_the_job_of_a_call_is_named():
    """Also where the error names a generation."""
    error = DownloadError("x", generation_id="other")
    assert of_error(error, "mine")["job"] == "mine"
    assert of_error(error)["job"] == "other"


def test_a_retry_after_becomes_a_delay():
    """In whole seconds, one at least."""
    assert of_error(RateLimitError("x", retry_after=2.1))["poll_again_in_seconds"] == 3
    assert seconds(0.05) == 1
