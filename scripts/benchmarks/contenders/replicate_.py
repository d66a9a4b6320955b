"""Replicate's SDK."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import replicate


def client(url: str) -> replicate.Client:
    """Return a client."""
    return replicate.Client("key", base_url=url)


def poller(url: str) -> Callable[[str], Any]:
    """Return what polls a job."""
    poll: Callable[[str], Any] = client(url).predictions.get
    return poll


@asynccontextmanager
async def apoller(url: str) -> AsyncIterator[Callable[[str], Awaitable[Any]]]:
    """Give what polls a job."""
    yield client(url).predictions.async_get
