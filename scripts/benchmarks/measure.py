"""Measures one contender, in its own environment: only the standard library is imported here.

``python measure.py CONTENDER TASK URL COUNT`` prints JSON.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from typing import Any

# The interval of each job of the task ``paced``, and how often each is polled.
INTERVAL, POLLS = 1.0, 5
ROUNDS = 5
# Seconds that jobs are awaited; a few of them, in a test of this program, for one second.
AWAITED = 20.0
# How often, if the machine is too busy for one poll.
TRIES = 5


def cpu() -> float:
    """Return the seconds that this process has computed."""
    used = getrusage(RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_mib() -> float:
    """Return the most memory that this process had."""
    return getrusage(RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def one_after_another(contender: Any, url: str, count: int) -> dict[str, float]:
    """Poll one job; return the microseconds of CPU that a poll took in the best of five rounds."""
    poll = contender.poller(url)
    for _ in range(50):
        poll("job-1")
    best = float("inf")
    for _ in range(ROUNDS):
        began = cpu()
        for _ in range(count // ROUNDS):
            poll("job-1")
        best = min(best, (cpu() - began) / (count // ROUNDS))
    return {"us": best * 1e6}


def at_once(contender: Any, url: str, count: int) -> dict[str, float]:
    """Poll many jobs in step; return the microseconds of CPU that a poll took."""

    async def run() -> dict[str, float]:
        async with contender.apoller(url) as poll:
            jobs = [f"job-{number}" for number in range(count)]
            await asyncio.gather(*map(poll, jobs))
            took = []
            for _ in range(ROUNDS):
                began = cpu()
                await asyncio.gather(*map(poll, jobs))
                took.append((cpu() - began) / count)
            return {"us": min(took) * 1e6, "mib": peak_mib()}

    return asyncio.run(run())


def paced(contender: Any, url: str, count: int) -> dict[str, float]:
    """Poll many jobs once in an interval; return the microseconds of CPU that a poll took."""

    async def run() -> dict[str, float]:
        async with contender.apoller(url) as poll:

            async def job(number: int) -> None:
                for _ in range(POLLS):
                    began = time.monotonic()
                    await poll(f"job-{number}")
                    await asyncio.sleep(max(0.0, INTERVAL - (time.monotonic() - began)))

            await poll("job-0")
            began = cpu()
            await asyncio.gather(*map(job, range(count)))
            return {"us": (cpu() - began) / count / POLLS * 1e6, "mib": peak_mib()}

    return asyncio.run(run())


def download(contender: Any, url: str, count: int) -> dict[str, float]:
    """Save a file of so many MiB; return the MiB a second, and the most memory it took."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "video.mp4")
        began = time.perf_counter()
        contender.download(f"{url}/file/{count}.mp4", target)
        took = time.perf_counter() - began
        assert target.stat().st_size == count * 2**20
    return {"rate": count / took, "mib": peak_mib()}


def awaited(contender: Any, url: str, count: int) -> dict[str, float]:
    """Wait for many jobs, which do not end; return the microseconds of CPU that a poll took."""

    async def run() -> dict[str, float]:
        began = cpu()
        jobs = [f"job-{number}" for number in range(count)]
        polls, tries = 0, TRIES
        while not polls and tries:
            polls = await contender.awaited(url, jobs, AWAITED if count >= 200 else 1.0)
            tries -= 1
        return {"us": (cpu() - began) / polls * 1e6, "mib": peak_mib()}

    return asyncio.run(run())


def beside(contender: Any, url: str, count: int) -> dict[str, float]:
    """Save many files at once; return the milliseconds of the longest poll meanwhile."""

    async def run() -> dict[str, float]:
        with tempfile.TemporaryDirectory() as folder:
            targets = [Path(folder, f"{number}.mp4") for number in range(count)]
            longest = await contender.beside(f"{url}/file/16.mp4", targets)
            assert all(target.stat().st_size == 16 * 2**20 for target in targets)
        return {"ms": longest * 1e3, "mib": peak_mib()}

    return asyncio.run(run())


def ready(contender: Any, url: str, _: int) -> dict[str, float]:
    """Make a client; return how many modules are imported then."""
    contender.client(url)
    return {"modules": len(sys.modules)}


TASKS: Mapping[str, Callable[[Any, str, int], dict[str, float]]] = {
    "poll": one_after_another,
    "at_once": at_once,
    "paced": paced,
    "awaited": awaited,
    "download": download,
    "beside": beside,
    "ready": ready,
}
Poll = Callable[[str], object]
APoll = Callable[[str], Awaitable[object]]


def main(name: str, task: str, url: str, count: str) -> None:
    """Measure, and print."""
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    contender = importlib.import_module(f"contenders.{name}")
    print(json.dumps(TASKS[task](contender, url, int(count))))


if __name__ == "__main__":
    main(*sys.argv[1:])
