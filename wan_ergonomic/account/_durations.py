"""How long recent jobs took, by the vendor's metrics or by the ledger's own history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import NormalDist
from typing import Any, Literal

from wan_ergonomic._flows import CallContext, PollingPolicy, Steps
from wan_ergonomic._parsing import member, read_number

from ._ask import ask, read_object, rows_of
from ._log import read_moment

_SHARES = ("p50", "p75", "p90", "p99")
# With fewer jobs, the ledger's history says nothing.
_FEWEST_JOBS = 3
# Seconds between polls: of the polls that the figures save, some are spent on less delay.
_INTERVAL = 9.4
# How many standard deviations below the middle the quiet time ends for an interval of one second,
# and how they shrink with the interval.
_DEVIATIONS, _DEVIATIONS_POWER = 2.95, -0.13


@dataclass(frozen=True, slots=True, kw_only=True)
class Durations:
    """Seconds that shares of recent jobs did not exceed.

    Attributes:
        p50: Half of them.
        p75: Three quarters.
        p90: 90 %.
        p99: 99 %; None if it is not known.
        source: The vendor's ``metrics``, or this machine's ``ledger``.
        as_of: When they were taken; None if that is not known.
    """

    p50: float
    p75: float
    p90: float
    p99: float | None
    source: Literal["metrics", "ledger"]
    as_of: datetime | None = None

    def polling(self, seconds: float = _INTERVAL) -> PollingPolicy:
        """Return ``PollingPolicy.every(seconds)`` with a quiet time in which hardly any job ends.

        That is one job of 80 at the default interval, and fewer for whoever polls more often: the
        logarithm of durations like these is normally distributed.

        Raises:
            ConfigurationError: The interval is not a number above 0.
        """
        policy = PollingPolicy.every(seconds)
        deviations = _DEVIATIONS * seconds**_DEVIATIONS_POWER / NormalDist().inv_cdf(0.9)
        share: float = (self.p50 / max(self.p90, self.p50)) ** deviations
        return replace(policy, quiet=self.p50 * share)

    def __str__(self) -> str:
        """Return what to expect, such as ``usually 5 to 7 min``."""
        low, high = self.p50, max(self.p90, self.p50)
        unit, seconds = ("s", 1) if high < 90 else ("min", 60)
        whose = "the vendor's figures" if self.source == "metrics" else "the jobs of this machine"
        return f"usually {_range(low / seconds, high / seconds)} {unit}, by {whose}"


def durations(model: str, context: CallContext) -> Steps[Durations | None]:
    """Return the vendor's figures; None if it has none for the model.

    Raises:
        WanError: They cannot be read.
    """
    response = yield from ask("model_metrics", {"aliases": model}, context)
    body = read_object(response)
    found = [
        each for each in rows_of(body, "models") if str(each.get("alias")).lower() == model.lower()
    ]
    made = [_read(each, body.get("generated_at")) for each in found]
    return next((each for each in made if each), None)


def from_history(seconds: Sequence[float]) -> Durations | None:
    """Return the figures of jobs on this machine; None if they are too few."""
    if len(seconds) < _FEWEST_JOBS:
        return None
    # Slow to import.
    from statistics import quantiles

    cuts = quantiles(seconds, n=100, method="inclusive")
    return Durations(p50=cuts[49], p75=cuts[74], p90=cuts[89], p99=cuts[98], source="ledger")


def _read(model: Any, generated: Any) -> Durations | None:
    figures = member(member(model, "metrics"), "duration_ms")
    values = [read_number(member(figures, share)) for share in _SHARES]
    known = [value / 1000 if value is not None and value > 0 else None for value in values]
    p50, p75, p90, p99 = known
    if p50 is None or p90 is None:
        return None
    return Durations(
        p50=p50,
        p75=p75 or p90,
        p90=p90,
        p99=p99,
        source="metrics",
        as_of=read_moment(generated),
    )


def _range(low: float, high: float) -> str:
    least, most = max(1, round(low)), max(1, round(high))
    return f"{least}" if least == most else f"{least} to {most}"
