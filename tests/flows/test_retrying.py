"""The table of what is sent again, and how long the pauses are."""

import pytest

from tests.support.stand_in import stand_in
from wan_ergonomic import (
    ApiError,
    ConfigurationError,
    IncompleteDownloadError,
    RetryPolicy,
    UnreadableResponseError,
    WanError,
)

# Not in the door: only flows decide about retries.
from wan_ergonomic._flows import _retrying
from wan_ergonomic._flows._retrying import after_poll, after_submission, backoff
from wan_ergonomic._parsing import parse_error

from .stage import ID, api_error, lost

POLICY = RetryPolicy()

# By status: the verdict about a submission, which is paid for, and about a poll, which is free.
STATUSES = {
    **dict.fromkeys((400, 401, 402, 403, 410, 413, 418, 422), ("final", "final")),
    404: ("final", "again"),
    429: ("again", "again"),
    **dict.fromkeys((300, 301, 304, 305, 308, 409), ("doubt", "final")),
    **dict.fromkeys((100, 302, 303, 307, 408, 425, 499), ("doubt", "again")),
    **dict.fromkeys((*range(500, 505), *range(520, 531), 599, 700, 999), ("doubt", "again")),
}


@pytest.mark.parametrize("code", STATUSES)
def test_each_status_has_its_verdicts(code):
    """One for the paid request, one for the free one."""
    error = api_error(code)
    assert (after_submission(error), after_poll(error)) == STATUSES[code]


@pytest.mark.parametrize(
    ("error", "submission", "poll"),
    [
        (lost(sent=False), "again", "again"),
        (lost(sent=True), "doubt", "again"),
        (UnreadableResponseError("no id"), "doubt", "again"),
        (WanError("anything else"), "doubt", "again"),
    ],
)
def test_each_failure_without_a_status_has_its_verdicts(error, submission, poll):
    """A request that was never sent may be sent again; an unexpected error is doubt."""
    assert (after_submission(error), after_poll(error)) == (submission, poll)


@pytest.mark.parametrize(
    ("retry_after", "body", "expected"),
    [
        ("5", "", "again"),
        (None, {"message": "overloaded"}, "again"),
        (None, "", "doubt"),
        (None, "<html><title>503</title></html>", "doubt"),
        (None, ["overloaded"], "doubt"),
    ],
)
def test_a_503_is_a_rejection_only_if_the_api_says_so(retry_after, body, expected):
    """Retry-After, or a body in the API's format: another body may be a proxy's."""
    assert after_submission(api_error(503, retry_after, body)) == expected


@pytest.mark.parametrize("code", [400, 403, 404, 409, 422, 429, 500, 503])
def test_an_error_response_that_names_a_job_is_doubt(code):
    """Whatever its status is."""
    assert after_submission(api_error(code, "5", body={"id": ID})) == "doubt"


@pytest.mark.parametrize(
    ("code", "verdict"), [(401, "final"), (422, "final"), (429, "doubt"), (503, "doubt")]
)
def test_an_inference_id_is_doubt_unless_the_status_rejects(code, verdict):
    """The API sends one with each response, but begins nothing for a wrong key or request."""
    error = parse_error(code, {"x-inference-id": ID, "retry-after": "5"}, b"{}")
    assert after_submission(error) == verdict


@pytest.mark.parametrize("code", [409, 500, 501, 502, 504, 520])
def test_no_other_server_error_can_be_a_rejection(code):
    """Whatever headers and body it has."""
    assert after_submission(api_error(code, "5", {"message": "sorry"})) != "again"


def test_a_pause_is_random_within_a_growing_span(monkeypatch):
    """Full jitter: from 0 to a limit that doubles up to ``max_backoff``."""
    spans: list[tuple[float, float]] = []

    def draw(low: float, high: float) -> float:
        spans.append((low, high))
        return low

    stand_in(monkeypatch, _retrying, "random", uniform=draw)
    for attempt in (1, 2, 3, 4, 5, 6, 7, 8, 1000, 10**9):
        backoff(POLICY, attempt, None)
    highs = [0.5, 1, 2, 4, 8, 16, 20, 20, 20, 20]
    assert spans == [(0, high) for high in highs]


def test_pauses_stay_in_their_span_and_differ():
    """Clients that failed together do not retry together."""
    pauses = [backoff(POLICY, 3, api_error(502)) for _ in range(200)]
    assert all(0 <= seconds <= 2 for seconds in pauses)
    assert len(set(pauses)) > 190


@pytest.mark.parametrize(
    "error", [api_error(429, "90"), IncompleteDownloadError("busy", retry_after=90)]
)
def test_retry_after_is_the_pause(error):
    """Beyond ``max_backoff`` too: the caller's deadline bounds it."""
    assert backoff(POLICY, 1, error) == 90


@pytest.mark.parametrize("value", ["0", "garbage", "-5"])
def test_an_invalid_retry_after_is_ignored(value, monkeypatch):
    """The pause is the backoff."""
    stand_in(monkeypatch, _retrying, "random", uniform=lambda _, high: high)
    assert backoff(POLICY, 1, api_error(429, value)) == 0.5


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"attempts": 0}, "attempts must be 1 or more"),
        ({"not_found": -1}, "not_found 0 or more"),
        ({"backoff": -0.1}, "0 <= backoff <= max_backoff"),
        ({"backoff": 21}, "0 <= backoff <= max_backoff"),
        ({"max_backoff": float("inf")}, "in seconds"),
        ({"backoff": float("nan")}, "in seconds"),
    ],
)
def test_an_invalid_policy_is_an_error(wrong, words):
    """It is raised when the policy is made, and says what is allowed."""
    with pytest.raises(ConfigurationError, match=words):
        RetryPolicy(**wrong)


def test_a_policy_without_retries_is_allowed():
    """One attempt and no pause."""
    policy = RetryPolicy(attempts=1, backoff=0, max_backoff=0, not_found=0)
    assert backoff(policy, 1, ApiError("no")) == 0


def test_the_default_retry_policy():
    """A changed default is a change for every caller."""
    assert RetryPolicy() == RetryPolicy(attempts=4, backoff=0.5, max_backoff=20, not_found=6)
