"""Plays schedules of polls over durations like the vendor's: polls made against delay."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from statistics import NormalDist, fmean

from wan_ergonomic import PollingPolicy
from wan_ergonomic.account import Durations

# Of the logarithm of a duration: with it, one job of a hundred with a median of 370 s takes 900 s.
SIGMA = 0.38
LONGEST = 900.0

Schedule = Callable[[random.Random], Iterator[float]]
Duration = Callable[[random.Random], float]


def log_normal(median: float) -> Duration:
    """Return durations about a median, none above the longest."""

    def draw(source: random.Random) -> float:
        while (seconds := median * math.exp(source.gauss(0, SIGMA))) > LONGEST:
            pass
        return seconds

    return draw


def heavy_tailed(source: random.Random) -> float:
    """Return a duration about 120 s, or, once in seven times, any up to the longest."""
    if source.random() < 0.85:
        return log_normal(120)(source)
    return source.uniform(120, LONGEST)


DURATIONS: Mapping[str, tuple[Duration, Durations]] = {
    name: (
        draw,
        Durations(
            p50=middle,
            p75=middle * math.exp(SIGMA * NormalDist().inv_cdf(0.75)),
            p90=middle * math.exp(SIGMA * NormalDist().inv_cdf(0.9)),
            p99=None,
            source="metrics",
        ),
    )
    for name, draw, middle in (
        ("median 60 s", log_normal(60), 60.0),
        ("median 120 s", log_normal(120), 120.0),
        ("median 370 s", log_normal(370), 370.0),
        ("heavy tail", heavy_tailed, 128.0),
    )
}


def every(interval: float, first: float = 0.0, jitter: float = 0.0) -> Schedule:
    """Return a schedule with one interval, changed by up to ``jitter`` seconds."""

    def times(source: random.Random) -> Iterator[float]:
        at = first
        while True:
            yield at
            at += interval + source.uniform(-jitter, jitter)

    return times


def _dashscope(_: random.Random) -> Iterator[float]:
    """Yield the times of an interval that doubles at each third poll, up to five seconds."""
    at, pause, step = 0.0, 1.0, 0
    while True:
        step += 1
        if step % 3 == 0:
            pause = min(pause * 2, 5.0)
        yield at
        at += pause


# What each does by default: its own code or documentation, read in autumn 2026.
PEERS: Mapping[str, Schedule] = {
    "every 10 s (vendor, google)": every(10),
    "fal": every(0.1),
    "replicate": every(0.5, first=0.5),
    "openai": every(1),
    "luma": every(3),
    "dashscope": _dashscope,
    "runway": every(6, first=6, jitter=1.5),
}
DEFAULT, KNOWN = PollingPolicy.every().max_interval, 9.4
# The values of the one knob.
KNOB = (0.09, 0.2, 0.45, 0.95, 1.9, 2.8, 4.5, 5.7, 7.5, KNOWN, DEFAULT, 14.0, 20.0)


def ours(policy: PollingPolicy) -> Schedule:
    """Return the schedule of a policy for a job that was just submitted."""

    def times(source: random.Random) -> Iterator[float]:
        random.seed(source.random())
        at = 0.0
        while True:
            yield at
            at += policy.after_success(at, None, submitted=True)

    return times


def play(schedule: Schedule, duration: Duration, jobs: int) -> tuple[float, float]:
    """Return the mean number of polls, and the mean seconds from a job's end to its notice."""
    # Every schedule is played over the same durations.
    ends, source, polls, delays = random.Random(1), random.Random(2), [], []
    for _ in range(jobs):
        end = duration(ends)
        made, noticed = next((made, at) for made, at in enumerate(schedule(source), 1) if at >= end)
        polls.append(made)
        delays.append(noticed - end)
    return fmean(polls), fmean(delays)


Points = dict[str, dict[str, tuple[float, float]]]


def simulate(jobs: int) -> Points:
    """Return polls and delay by durations and schedule; ours as ``9.5`` or ``9.5 known``."""
    found: Points = {}
    for name, (duration, known) in DURATIONS.items():
        schedules = dict(PEERS)
        for knob in KNOB:
            schedules[f"{knob:g}"] = ours(PollingPolicy.every(knob))
            schedules[f"{knob:g} known"] = ours(known.polling(knob))
        found[name] = {each: play(schedule, duration, jobs) for each, schedule in schedules.items()}
    return found


def share(points: Mapping[str, tuple[float, float]], peer: str, suffix: str = "") -> float:
    """Return the polls that ours makes at a peer's delay, as a share of the peer's."""
    polls, delay = points[peer]
    curve = [points[f"{knob:g}{suffix}"] for knob in KNOB]
    for (more, sooner), (fewer, later) in pairwise(curve):
        if sooner <= delay <= later:
            part = math.log(delay / sooner) / math.log(later / sooner)
            return math.exp(math.log(more) * (1 - part) + math.log(fewer) * part) / polls
    raise ValueError(f"no value of the knob has the delay of {peer}")


def lines(simulated: Points) -> Iterator[str]:
    """Yield a table for each kind of durations, in Markdown."""
    for name, points in simulated.items():
        yield from ("", f"### Polls and delay, {name}", "")
        yield "| schedule | polls | seconds until noticed | ours at its delay | percentiles known |"
        yield "|---|---|---|---|---|"
        for peer in PEERS:
            polls, delay = points[peer]
            shares = (share(points, peer, suffix) for suffix in ("", " known"))
            found = " | ".join(f"{it:.2f}" if it < 1 else f"**{it:.2f}**" for it in shares)
            yield f"| {peer} | {polls:,.1f} | {delay:.2f} | {found} |"
        for words, key in (("", f"{DEFAULT:g}"), (", percentiles known", f"{KNOWN:g} known")):
            polls, delay = points[key]
            yield f"| ours by default{words} | {polls:,.1f} | {delay:.2f} | | |"
