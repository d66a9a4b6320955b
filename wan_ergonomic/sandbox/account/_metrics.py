"""How long recent requests took, model by model."""

from __future__ import annotations

from starlette.datastructures import QueryParams

from wan_ergonomic import _spec

from .._job_scenarios import ORDINARY
from .._scenario import Body
from ._scenario import AccountScenario
from ._times import written

_WINDOW = 3600
# How much longer than an ordinary job the slower ones take.
_FACTORS = {"p50": 1.0, "p75": 1.1, "p90": 1.3, "p99": 2.0}


def metrics(query: QueryParams, scenario: AccountScenario, *, now: float, speed: float) -> Body:
    """Return the figures of the models that a query selects.

    They are those of an ordinary job at the sandbox's speed, not measured ones: a sandbox that
    was just started has no successes.
    """
    usual = ORDINARY.duration * 1000 / speed
    models = [("example/chat-1", "/v1/chat/completions", 800.0)]
    if scenario.in_metrics:
        models.insert(0, (_spec.model(), _spec.path("create"), usual))
    wanted = query.getlist("aliases")
    return {
        "window_seconds": _WINDOW,
        "generated_at": written(now),
        "models": [
            {
                "alias": name,
                "endpoint": path,
                "metrics": {
                    "duration_ms": {share: time * factor for share, factor in _FACTORS.items()}
                },
            }
            for name, path, time in models
            if not wanted or name in wanted
        ],
    }
