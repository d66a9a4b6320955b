"""This package, as its README shows it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from wan_ergonomic import AsyncWanClient, Generation, Video, WanClient

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


def download(url: str, to: Path) -> None:
    """Save a video."""
    done = Generation(id="job-1", status="completed", video=Video(url=url))
    with client(url.partition("/file/")[0]) as wan:
        wan.download(done, to)
