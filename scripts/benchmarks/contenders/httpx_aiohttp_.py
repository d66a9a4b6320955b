"""httpx over aiohttp."""

from contextlib import AbstractAsyncContextManager
from typing import Any

from httpx_aiohttp import AiohttpTransport

from . import httpx_


def apoller(url: str) -> AbstractAsyncContextManager[Any]:
    """Give what polls a job."""
    return httpx_.apoller(url, AiohttpTransport())
