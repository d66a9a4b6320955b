"""The speed of jobs: it can change at any time, and no job jumps."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wan_ergonomic import ConfigurationError
from wan_ergonomic.sandbox import SCENARIOS, Sandbox
from wan_ergonomic.sandbox._pace import Pace

from .conftest import LONG

_STEPS = st.lists(
    st.tuples(st.floats(0.001, 1e6), st.floats(0, 1e4)),
    max_size=8,
)


def test_a_new_speed_holds_from_now_on(clock):
    """What has passed keeps the speed that it had."""
    pace = Pace(10.0, clock.now)
    start = clock.time
    clock.time += 5
    pace.speed = 100.0
    clock.time += 5
    assert pace.speed == 100.0
    assert pace.between(start, clock.time) == 550.0
    assert pace.between(start + 2, start + 4) == 20.0
    assert pace.between(start + 6, start + 7) == 100.0
    assert (pace.after(start, 20.0), pace.after(start, 150.0)) == (start + 2, start + 6)
    assert pace.after(start + 6, 300.0) == start + 9


def test_the_last_of_several_speeds_at_one_moment_holds(clock):
    """The ones between leave no trace."""
    pace = Pace(1.0, clock.now)
    for speed in (5.0, 7.0, 7.0, 2.0):
        pace.speed = speed
    clock.time += 10
    assert pace.between(1000.0, clock.time) == 20.0
    assert len(pace._speeds) == 2


def test_a_clock_that_is_put_back_does_not_undo_a_speed(clock):
    """The speeds stay in their order."""
    pace = Pace(1.0, clock.now)
    pace.speed = 10.0
    clock.time -= 100
    pace.speed = 20.0
    assert [since for since, _ in pace._speeds][1:] == [1000.0]
    assert pace.between(1000.0, 1001.0) == 20.0


@given(_STEPS, st.floats(0, 1e6))
def test_no_change_of_speed_lets_a_job_jump(steps, seconds):
    """It never runs backwards, and its end is when it has run for as long as it takes."""
    now = 1e6
    pace = Pace(1.0, lambda: now)
    start, ran = now, [0.0]
    for speed, passed in steps:
        before = pace.between(start, now)
        pace.speed = speed
        assert pace.between(start, now) == before
        now += passed
        ran.append(pace.between(start, now))
    assert all(later >= earlier for earlier, later in pairwise(ran))
    end = pace.after(start, seconds)
    # Around the time of the clock, a floating-point number has steps of a ten-millionth.
    allowed = 1e-6 * max(pace.speed, *(speed for speed, _ in steps), 1.0) if steps else 1e-6
    assert pace.between(start, end) == pytest.approx(seconds, rel=1e-6, abs=allowed)


@pytest.mark.parametrize("speed", [0, -1, float("inf"), float("nan")])
def test_a_speed_must_be_a_finite_number_above_0(speed):
    """At first and later; the speed is then as it was."""
    with pytest.raises(ConfigurationError, match="speed must be a finite number above 0, not"):
        Sandbox(speed=speed)
    sandbox = Sandbox(speed=3)
    with pytest.raises(ConfigurationError, match="speed must be"):
        sandbox.speed = speed
    assert sandbox.speed == 3


def test_the_speed_changes_while_jobs_run(api, clock):
    """A job goes on from where it is: faster, and slower again."""
    generation_id = api.submit().json()["id"]
    clock.time += 100
    api.sandbox.speed = 1000
    assert api.poll(generation_id).json()["status"] == "generating"
    clock.time += 0.1
    api.sandbox.speed = 1
    # 200 of the 375 seconds that a job runs.
    clock.time += 174
    assert api.poll(generation_id).json()["status"] == "generating"
    clock.time += 2
    assert api.poll(generation_id).json()["status"] == "completed"


def test_what_has_happened_keeps_its_time(api, clock):
    """A refund was made when its job failed, whatever the speed is now."""
    api.finished("[scenario: fails]")
    before = api.sandbox.account.transactions
    api.sandbox.speed = 0.001
    clock.time += LONG
    api.sandbox.speed = 1e6
    assert [one.type for one in before] == ["TOP_UP", "MODEL_USAGE", "REFUND"]
    assert api.sandbox.account.transactions == before


def test_a_job_that_never_ends_has_no_end_at_any_speed(clock):
    """Its end is infinite."""
    jobs = Sandbox(clock=clock.now, speed=1000)._vendor.jobs
    job = jobs.accept({"resolution": "480P"}, SCENARIOS["stuck"])
    clock.time += LONG
    jobs._pace.speed = 2
    assert jobs.end_of(job) == float("inf")
    assert jobs.ran(job) == LONG * 1000
