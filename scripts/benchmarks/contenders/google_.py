"""Google's SDK."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from google import genai
from google.genai import types


def client(url: str) -> genai.Client:
    """Return a client."""
    return genai.Client(api_key="key", http_options=types.HttpOptions(base_url=url))


def _job(job: str) -> types.GenerateVideosOperation:
    return types.GenerateVideosOperation(name=f"models/m/operations/{job}")


def poller(url: str) -> Callable[[str], Any]:
    """Return what polls a job."""
    made = client(url)
    return lambda job: made.operations.get(_job(job))


@asynccontextmanager
async def apoller(url: str) -> AsyncIterator[Callable[[str], Awaitable[Any]]]:
    """Give what polls a job."""
    made = client(url)
    yield lambda job: made.aio.operations.get(_job(job))
