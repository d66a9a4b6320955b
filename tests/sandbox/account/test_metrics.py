"""How long the account's models take."""

import pytest

from wan_ergonomic import _spec
from wan_ergonomic.sandbox import Sandbox

from .conftest import METRICS


def test_the_metrics_are_those_of_an_ordinary_job(account):
    """In milliseconds, with the path that submissions go to."""
    body = account.get(METRICS, aliases=_spec.model()).json()
    (model,) = body["models"]
    assert (model["alias"], model["endpoint"]) == (_spec.model(), _spec.path("create"))
    assert model["metrics"]["duration_ms"] == {
        "p50": 375_000,
        "p75": pytest.approx(412_500),
        "p90": 487_500,
        "p99": 750_000,
    }
    assert (body["window_seconds"], body["generated_at"]) == (3600, "1970-01-01T00:16:40.000Z")


def test_a_faster_sandbox_has_shorter_times(get):
    """A hundred times as fast, a hundredth of the time."""
    with Sandbox(speed=100) as sandbox:
        (model,) = get(f"{sandbox.url}{METRICS}", params={"aliases": _spec.model()}).json()[
            "models"
        ]
    assert model["metrics"]["duration_ms"]["p50"] == 3750


def test_other_models_are_listed_too(account):
    """All of them without aliases, and none for an unknown one."""
    assert len(account.get(METRICS).json()["models"]) == 2
    assert account.get(METRICS, aliases="nobody/nothing").json()["models"] == []


def test_the_metrics_can_lack_the_model(account):
    """As after a window without a success."""
    account.play("no-metrics")
    assert account.get(METRICS, aliases=_spec.model()).json()["models"] == []
    assert len(account.get(METRICS).json()["models"]) == 1
