"""How long recent jobs took."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.flows.stage import context, play
from wan_ergonomic import PollingPolicy, ServerError, UnreadableResponseError, _spec
from wan_ergonomic._flows import ApiResponse
from wan_ergonomic.account import Durations, durations, from_history


@pytest.mark.parametrize(
    ("p50", "p90", "text"),
    [
        (300, 420, "usually 5 to 7 min, by the vendor's figures"),
        (300, 310, "usually 5 min, by the vendor's figures"),
        (20, 40, "usually 20 to 40 s, by the vendor's figures"),
        (0.2, 0.3, "usually 1 s, by the vendor's figures"),
        (60, 100, "usually 1 to 2 min, by the vendor's figures"),
    ],
)
def test_figures_are_said_as_a_range(p50, p90, text):
    """From the half of the jobs to nine of ten."""
    assert str(Durations(p50=p50, p75=p50, p90=p90, p99=None, source="metrics")) == text


@pytest.mark.parametrize(
    ("p50", "p90", "quiet"), [(370, 602, 159), (120, 120, 120), (120, 100, 120), (60, 6000, 0.02)]
)
def test_figures_say_how_long_no_job_ends(p50, p90, quiet):
    """The wider they are spread, the shorter; also the shorter the interval."""
    figures = Durations(p50=p50, p75=p50, p90=p90, p99=None, source="metrics")
    policy = figures.polling()
    assert policy == PollingPolicy.every(9.4, quiet=policy.quiet)
    assert policy.quiet == pytest.approx(quiet, rel=0.2)
    assert figures.polling(0.5).quiet <= policy.quiet


def test_the_history_of_this_machine_gives_figures():
    """If it has enough jobs."""
    found = from_history([100.0, 200.0, 300.0])
    assert found
    assert (found.p50, found.source) == (200.0, "ledger")
    assert found.p50 <= found.p75 <= found.p90 <= (found.p99 or 0)
    assert from_history([100.0, 200.0]) is None


def test_the_vendor_says_how_long_jobs_take(bank):
    """In seconds, though it counts milliseconds."""
    with bank.client() as wan:
        took = wan.durations()
    assert (took.p50, took.p75, took.p90, took.p99) == pytest.approx((375, 412.5, 487.5, 750))
    assert took.source == "metrics"
    assert abs(took.as_of.timestamp() - bank.clock.time) < 1
    assert str(took).startswith("usually 6 to 8 min")
    (request,) = bank.requests("model_metrics")
    assert request.query["aliases"] == _spec.model()


def test_a_model_without_figures_has_none(bank):
    """It had no success in the window."""
    bank.play("no-metrics")
    with bank.client() as wan:
        assert wan.durations() is None


def test_metrics_that_stay_away_are_an_error(bank):
    """Nothing is invented."""
    bank.play("metrics-away")
    with bank.client() as wan, pytest.raises(ServerError):
        wan.durations()
    assert len(bank.requests("model_metrics")) == 4


def figures(**shares: Any) -> dict[str, Any]:
    """Return the metrics of the model."""
    return {"alias": "M", "metrics": {"duration_ms": shares}}


@pytest.mark.parametrize(
    ("models", "expected"),
    [
        ([figures(p50=1000, p75=2000, p90=3000, p99=4000)], (1, 2, 3, 4)),
        ([figures(p50=1000, p90="3000")], (1, 3, 3, None)),
        ([figures(p50=1000, p75=0, p90=3000, p99=-1)], (1, 3, 3, None)),
        ([figures(p50=0, p90=3000)], None),
        ([figures(p50=1000)], None),
        ([{"alias": "m", "metrics": 5}, figures(p50=1000, p90=3000)], (1, 3, 3, None)),
        ([{"alias": "other"}], None),
        ([5, {}], None),
        ([], None),
    ],
)
def test_figures_are_those_of_the_model_as_far_as_they_are_there(clock, models, expected):
    """Without the half and the nine of ten they say nothing."""
    content = json.dumps({"models": models, "generated_at": 5}).encode()
    steps: Any = durations("m", context(clock))
    played = play(steps, clock, ApiResponse(content=content, headers={}))
    found: Any = played.result
    assert played.error is None
    assert (found and (found.p50, found.p75, found.p90, found.p99)) == expected
    assert found is None or found.as_of is None


def test_metrics_without_a_list_are_an_error(clock):
    """They say nothing about the model."""
    steps: Any = durations("m", context(clock))
    played = play(steps, clock, ApiResponse(content=b'{"models": {}}', headers={}))
    assert isinstance(played.error, UnreadableResponseError)
