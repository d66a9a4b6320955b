"""This package, as its README shows it. Nothing is imported that its client does not need."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from wan_ergonomic import (
    AsyncWanClient,
    Generation,
    PollingPolicy,
    Update,
    Video,
    WaitTimeoutError,
    WanClient,
)

KEY = "a-key-of-thirty-two-characters-x"


def client(url: str) -> WanClient:
    """Return a client."""
    return WanClient(KEY, base_url=url)


def poller(url: str) -> Callable[[str], Any]:
    """Return what polls a job."""
    return client(url).status


@asynccontextmanager
async def apoller(
    url: str, transport: Any = None
) -> AsyncIterator[Callable[[str], Awaitable[Any]]]:
    """Give what polls a job."""
    async with AsyncWanClient(KEY, base_url=url, transport=transport) as wan:
        yield wan.status


async def awaited(url: str, jobs: Sequence[str], seconds: float) -> int:
    """Wait so long for jobs that do not end; return how often they were polled."""
    import asyncio

    polls = 0

    def count(_: Update) -> None:
        nonlocal polls
        polls += 1

    async def wait(job: str) -> None:
        with suppress(WaitTimeoutError):
            await wan.wait(job, on_update=count)

    often = PollingPolicy(min_interval=0.3 * seconds, max_interval=0.3 * seconds)
    async with AsyncWanClient(KEY, base_url=url, polling=often, timeout=seconds) as wan:
        await asyncio.gather(*map(wait, jobs))
    return polls


async def beside(url: str, targets: Sequence[Path]) -> float:
    """Save videos at once; return the seconds that the longest poll took meanwhile."""
    import asyncio

    done = Generation(id="job-1", status="completed", video=Video(url=url))
    longest = 0.0
    async with AsyncWanClient(KEY, base_url=url.partition("/file/")[0]) as wan:
        saving = asyncio.gather(*(wan.download(done, target) for target in targets))
        while not saving.done():
            began = time.perf_counter()
            await wan.status("job-1")
            longest = max(longest, time.perf_counter() - began)
            await asyncio.sleep(0.05)
        await saving
    return longest


def download(url: str, to: Path) -> None:
    """Save a video."""
    done = Generation(id="job-1", status="completed", video=Video(url=url))
    with client(url.partition("/file/")[0]) as wan:
        wan.download(done, to)
