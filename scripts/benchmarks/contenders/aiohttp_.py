"""aiohttp alone."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp


@asynccontextmanager
async def apoller(url: str) -> AsyncIterator[Callable[[str], Awaitable[Any]]]:
    """Give what polls a job."""
    async with aiohttp.ClientSession(headers={"Authorization": "Bearer key"}) as session:

        async def poll(job: str) -> Any:
            async with session.get(f"{url}/x", params={"id": job}) as response:
                return await response.json()

        yield poll
