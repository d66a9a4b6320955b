"""How long recent jobs took."""

from __future__ import annotations

import pytest

from wan_ergonomic.account import Durations, from_history


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


def test_the_history_of_this_machine_gives_figures():
    """If it has enough jobs."""
    found = from_history([100.0, 200.0, 300.0])
    assert found
    assert (found.p50, found.source) == (200.0, "ledger")
    assert found.p50 <= found.p75 <= found.p90 <= (found.p99 or 0)
    assert from_history([100.0, 200.0]) is None
