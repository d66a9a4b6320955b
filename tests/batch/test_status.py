"""How far a batch is."""

from __future__ import annotations

import pytest

from wan_ergonomic.batch import Status
from wan_ergonomic.batch.store import Workers

from .opened import fail, lose, new, settings, stored


def status(tmp_path, **counts: int) -> Status:
    """Return a status with so many rows in each state."""
    named = {state.replace("_", " "): count for state, count in counts.items()}
    return Status(name="videos", settings=settings(tmp_path), counts=named)  # type: ignore[arg-type]


def test_a_batch_is_counted(tmp_path):
    """By states, and in dollars."""
    with new(tmp_path, max_usd=3.0) as batch:
        empty = batch.status()
        assert (empty.total, empty.usd, empty.videos, empty.expected_usd) == (0, 0.0, 0, 0.0)
        batch.add(["A boat", "A fox", "A cat"], price=lambda _: 0.2)
        lose(tmp_path, 1)
        fail(tmp_path, 2)
        found = batch.status()
        assert found.counts == {"in doubt": 1, "failed": 1, "waiting": 1}
        assert (found.total, found.count("failed", "waiting", "done")) == (3, 2)
        assert (found.usd, found.videos, found.name) == (0.1, 1, tmp_path.name)
        assert found.expected_usd == pytest.approx(0.6)
        assert found.settings.max_usd == 3.0


def test_who_runs_a_batch_is_counted(tmp_path):
    """As far as they were heard of lately."""
    with new(tmp_path) as batch:
        assert batch.status().workers == 0
        database = stored(tmp_path)
        Workers(database).beat("a", "here")
        database.close()
        assert batch.status().workers == 1


@pytest.mark.parametrize(
    ("counts", "finished", "successful"),
    [
        ({}, True, True),
        ({"done": 2}, True, True),
        ({"done": 1, "failed": 1}, True, False),
        ({"done": 1, "bad": 1}, True, False),
        ({"done": 1, "waiting": 1}, False, False),
        ({"done": 1, "held": 1}, False, False),
        ({"done": 1, "in_doubt": 1}, False, False),
        ({"accepted": 1}, False, False),
    ],
)
def test_when_a_batch_has_ended(tmp_path, counts, finished, successful):
    """Each row has a video, or a reason that it has none."""
    found = status(tmp_path, **counts)
    assert (found.is_finished, found.is_successful) == (finished, successful)


def test_a_limit_that_another_process_sets_is_shown(tmp_path):
    """A status is of now."""
    with new(tmp_path) as batch, new(tmp_path) as other:
        other.change(max_usd=4.0)
        assert batch.status().settings.max_usd == 4.0
