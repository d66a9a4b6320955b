"""Runway's SDK."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import runwayml


def client(url: str) -> runwayml.RunwayML:
    """Return a client."""
    return runwayml.RunwayML(api_key="key", base_url=url)


def poller(url: str) -> Callable[[str], Any]:
    """Return what polls a job."""
    poll: Callable[[str], Any] = client(url).tasks.retrieve
    return poll


@asynccontextmanager
async def apoller(url: str) -> AsyncIterator[Callable[[str], Awaitable[Any]]]:
    """Give what polls a job."""
    async with runwayml.AsyncRunwayML(api_key="key", base_url=url) as made:
        yield made.tasks.retrieve
