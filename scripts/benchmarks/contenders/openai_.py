"""OpenAI's SDK."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import openai


def client(url: str) -> openai.OpenAI:
    """Return a client."""
    return openai.OpenAI(api_key="key", base_url=f"{url}/v1")


def poller(url: str) -> Callable[[str], Any]:
    """Return what polls a job."""
    poll: Callable[[str], Any] = client(url).videos.retrieve
    return poll


@asynccontextmanager
async def apoller(url: str) -> AsyncIterator[Callable[[str], Awaitable[Any]]]:
    """Give what polls a job."""
    async with openai.AsyncOpenAI(api_key="key", base_url=f"{url}/v1") as made:
        yield made.videos.retrieve
