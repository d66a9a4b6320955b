"""This package with the transport of httpx-aiohttp, in the one line that its guide names."""

from contextlib import AbstractAsyncContextManager
from typing import Any

from httpx_aiohttp import AiohttpTransport

from . import ours


def apoller(url: str) -> AbstractAsyncContextManager[Any]:
    """Give what polls a job."""
    return ours.apoller(url, AiohttpTransport())
