"""What may be tried again: the whole table, and how long a pause may last."""

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
from wan_ergonomic._flows import _retrying
from wan_ergonomic._flows._retrying import after_poll, after_submission, backoff

from .stage import api_error, lost

POLICY = RetryPolicy()

# Status: what follows for a submission, which is paid for, and for a look, which is free.
STATUSES = {
    **dict.fromkeys((300, 302, 400, 401, 402, 403, 409, 410, 413, 418, 422), ("final", "final")),
    404: ("final", "again"),
    429: ("again", "again"),
    **dict.fromkeys((408, 425, 499), ("doubt", "again")),
    **dict.fromkeys((500, 501), ("final", "again")),
    **dict.fromkeys((502, 503, 504, *range(520, 531), 599), ("doubt", "again")),
}


@pytest.mark.parametrize("code", STATUSES)
def test_each_status_has_its_verdicts(code):
    """What a refusal means for the paid request and for the free one."""
    error = api_error(code)
    assert (after_submission(error), after_poll(error)) == STATUSES[code]


@pytest.mark.parametrize(
    ("error", "submission", "look"),
    [
        (lost(sent=False), "again", "again"),
        (lost(sent=True), "doubt", "again"),
        (UnreadableResponseError("no id"), "doubt", "again"),
        (WanError("anything else"), "doubt", "again"),
    ],
)
def test_each_failure_without_a_status_has_its_verdicts(error, submission, look):
    """What was never sent may be sent again; what is not understood is in doubt."""
    assert (after_submission(error), after_poll(error)) == (submission, look)


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
def test_a_503_is_a_refusal_only_if_the_api_says_so(retry_after, body, expected):
    """Retry-After, or a body in the API's own shape, tells its word from a proxy's guess."""
    assert after_submission(api_error(503, retry_after, body)) == expected


@pytest.mark.parametrize("code", [500, 502, 504, 520])
def test_only_a_503_can_be_a_refusal(code):
    """Other server errors leave the question open, whatever comes with them."""
    assert after_submission(api_error(code, "5", {"message": "sorry"})) != "again"


def test_a_pause_is_drawn_from_the_whole_of_a_growing_span(monkeypatch):
    """Full jitter: between nothing and a span that doubles until it reaches the cap."""
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
    """Clients that failed together do not come back together."""
    pauses = [backoff(POLICY, 3, api_error(502)) for _ in range(200)]
    assert all(0 <= seconds <= 2 for seconds in pauses)
    assert len(set(pauses)) > 190


@pytest.mark.parametrize(
    "error", [api_error(429, "90"), IncompleteDownloadError("busy", retry_after=90)]
)
def test_what_is_asked_for_is_the_pause(error):
    """Retry-After is taken as it is, beyond the cap too: the caller's deadline bounds it."""
    assert backoff(POLICY, 1, error) == 90


@pytest.mark.parametrize("value", ["0", "garbage", "-5"])
def test_asking_for_nothing_is_not_asking(value, monkeypatch):
    """A Retry-After that says nothing leaves the backoff as it is."""
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
def test_a_policy_that_makes_no_sense_is_refused(wrong, words):
    """A policy checks itself when it is made, and says what it may be."""
    with pytest.raises(ConfigurationError, match=words):
        RetryPolicy(**wrong)


def test_the_least_patient_policy_is_allowed():
    """One attempt, no pause and no patience are a choice."""
    policy = RetryPolicy(attempts=1, backoff=0, max_backoff=0, not_found=0)
    assert backoff(policy, 1, ApiError("no")) == 0


def test_the_defaults_are_patient_with_what_passes():
    """A few attempts, pauses up to twenty seconds, and six answers of 404 in a row."""
    assert RetryPolicy() == RetryPolicy(attempts=4, backoff=0.5, max_backoff=20, not_found=6)
