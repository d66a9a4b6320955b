"""httpx alone, as people write it by hand."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

HEADERS = {"Authorization": "Bearer key"}


def client(_: str) -> httpx.Client:
    """Return a client."""
    return httpx.Client(headers=HEADERS)


def poller(url: str) -> Callable[[str], Any]:
    """Return what polls a job."""
    http = client(url)
    return lambda job: http.get(f"{url}/x", params={"id": job}).json()


@asynccontextmanager
async def apoller(
    url: str, transport: httpx.AsyncBaseTransport | None = None
) -> AsyncIterator[Callable[[str], Awaitable[Any]]]:
    """Give what polls a job."""
    async with httpx.AsyncClient(headers=HEADERS, timeout=60, transport=transport) as http:

        async def poll(job: str) -> Any:
            return (await http.get(f"{url}/x", params={"id": job})).json()

        yield poll


def download(url: str, to: Path) -> None:
    """Save a file, as it comes."""
    with httpx.Client() as http, http.stream("GET", url) as response, to.open("wb") as file:
        for chunk in response.iter_bytes():
            file.write(chunk)
