"""The interval between polls: short at first, longer later, and jittered."""

import pytest

from wan_ergonomic import ConfigurationError, PollingPolicy
from wan_ergonomic._client import WAIT_SECONDS
from wan_ergonomic._flows import generate, wait

from .stage import PENDING, completed, context, play, response

CALM = PollingPolicy(jitter=0)


def job_of(seconds, clock):
    """Return a job that is completed ``seconds`` seconds after its start."""
    return lambda: completed() if clock.time >= 1000 + seconds else response()


@pytest.mark.parametrize(
    ("elapsed", "expected"),
    [(0, 1), (5, 1), (10, 1), (30, 3), (99, 9.9), (100, 10), (1000, 10), (10**9, 10)],
)
def test_the_interval_grows_with_the_time_waited(elapsed, expected):
    """A tenth of the time waited, from one second to ten."""
    assert CALM.interval(elapsed) == pytest.approx(expected)


def test_the_caller_can_choose_bounds_and_growth():
    """Other values give other intervals."""
    policy = PollingPolicy(min_interval=2, max_interval=30, growth=0.5, jitter=0)
    assert [policy.interval(elapsed) for elapsed in (0, 10, 100)] == [2, 5, 30]


def test_an_interval_changes_by_the_jitter_at_most():
    """Jobs that were submitted together are not polled together."""
    intervals = [PollingPolicy().interval(1000) for _ in range(300)]
    assert all(8 <= seconds <= 12 for seconds in intervals)
    assert min(intervals) < 9
    assert max(intervals) > 11


def test_without_jitter_an_interval_is_exact():
    """The same time waited gives the same interval."""
    assert {CALM.interval(50) for _ in range(50)} == {5}


@pytest.mark.parametrize("seconds", [5, 370, 1000])
def test_the_defaults_suit_the_vendors_own_runs(clock, seconds):
    """The run on the vendor's page took 370 s, and its sample waits for 1000 s."""
    flow = wait(PENDING, context(clock, WAIT_SECONDS, polling=PollingPolicy()))
    played = play(flow, clock, *[job_of(seconds, clock)] * 500)
    assert played.result
    assert played.result.completed
    # The end is noticed soon, with few requests.
    assert clock.time - 1000 - seconds <= max(1.2, seconds * 0.12)
    assert len(played.calls) <= 20 + seconds / 7


def test_a_long_wait_costs_few_requests(clock):
    """The default deadline is twenty minutes."""
    flow = wait(PENDING, context(clock, WAIT_SECONDS, polling=CALM))
    played = play(flow, clock, *[response()] * 500)
    assert 100 < len(played.calls) < 150


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"min_interval": 0}, "min_interval"),
        ({"min_interval": 11}, "min_interval <= max_interval"),
        ({"max_interval": float("inf")}, "max_interval"),
        ({"min_interval": float("nan")}, "min_interval"),
        ({"growth": -1}, "growth"),
        ({"growth": float("inf")}, "growth"),
        ({"jitter": 1}, "jitter"),
        ({"jitter": -0.1}, "jitter"),
        ({"request_timeout": 0}, "request_timeout"),
        ({"request_timeout": float("inf")}, "request_timeout"),
        ({"in_flight": 0}, "in_flight"),
        ({"quiet": -1}, "quiet"),
        ({"quiet": float("inf")}, "quiet"),
        ({"quiet": float("nan")}, "quiet"),
    ],
)
def test_an_invalid_policy_is_an_error(wrong, words):
    """It is raised when the policy is made, and says what is allowed."""
    with pytest.raises(ConfigurationError, match=words):
        PollingPolicy(**wrong)


def test_a_constant_interval_is_allowed():
    """No growth and no jitter."""
    assert PollingPolicy(growth=0, jitter=0).interval(500) == 1


def test_the_default_polling_policy():
    """A changed default is a change for every caller."""
    assert PollingPolicy() == PollingPolicy(
        min_interval=1,
        max_interval=10,
        growth=0.1,
        jitter=0.2,
        request_timeout=20,
        in_flight=4,
        quiet=0,
    )


def test_a_policy_can_be_made_of_one_number():
    """The quiet time is shorter for who polls often, or whatever is known of the durations."""
    policy = PollingPolicy.every()
    assert policy == PollingPolicy.every(9.7)
    assert (policy.min_interval, policy.max_interval, policy.growth) == (1, 9.7, 0.25)
    assert policy.quiet == pytest.approx(34, 0.01)
    often = PollingPolicy.every(0.5)
    assert (often.min_interval, often.max_interval) == (0.5, 0.5)
    assert 20 < often.quiet < 30
    assert PollingPolicy.every(20, quiet=100).quiet == 100
    assert PollingPolicy.every(20, quiet=0).quiet == 0


@pytest.mark.parametrize("wrong", [0, -1, float("nan"), float("inf")])
def test_a_policy_of_no_interval_is_an_error(wrong):
    """As when it is made of its fields."""
    with pytest.raises(ConfigurationError, match="PollingPolicy: "):
        PollingPolicy.every(wrong)


def times_of_polls(flow, clock):
    """Return when a flow polls, in seconds since its start, if the job never ends."""
    times = []

    def job():
        times.append(clock.time - 1000)
        return response("queued")

    play(flow, clock, *[job] * 100)
    return times


def test_a_job_is_polled_once_in_its_quiet_time_and_at_its_end(clock):
    """Only if it was submitted by the same call: any other may be about to end."""
    policy = PollingPolicy(quiet=34, growth=0.2, max_interval=9.5, jitter=0)
    calls = generate({"prompt": "A boat"}, context(clock, 70, polling=policy))
    assert times_of_polls(calls, clock)[1:5] == pytest.approx([0, 34, 40.8, 48.96])
    clock.time = 1000
    calls = wait(PENDING, context(clock, 70, polling=policy))
    assert times_of_polls(calls, clock)[:4] == pytest.approx([0, 1, 2, 3])


def test_the_end_of_a_quiet_time_is_jittered():
    """Jobs that were submitted together are not polled together."""
    policy = PollingPolicy(quiet=30)
    delays = [policy.after_success(0, None, submitted=True) for _ in range(300)]
    assert all(24 <= seconds <= 36 for seconds in delays)
    assert max(delays) - min(delays) > 6
    assert policy.after_success(0, 3.0, submitted=True) == 3
    assert policy.after_success(30, None, submitted=True) < 4
