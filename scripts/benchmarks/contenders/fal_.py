"""fal's SDK."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import fal_client
from fal_client import client as _module


def client(url: str) -> fal_client.SyncClient:
    """Return a client."""
    # Its addresses are https only, and made at import.
    _module.QUEUE_URL_FORMAT = f"{url}/"
    return fal_client.SyncClient(key="key")


def poller(url: str) -> Callable[[str], Any]:
    """Return what polls a job."""
    made = client(url)
    return lambda job: made.status("owner/app", job)


@asynccontextmanager
async def apoller(url: str) -> AsyncIterator[Callable[[str], Awaitable[Any]]]:
    """Give what polls a job."""
    client(url)
    made = fal_client.AsyncClient(key="key")
    yield lambda job: made.status("owner/app", job)
