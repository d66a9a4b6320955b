"""All network I/O: the only package that imports httpx, httpcore and anyio."""

from ._clients import Endpoint
from ._driver import AsyncDriver, Driver
from ._runner import AsyncRunner, Runner

__all__ = ["AsyncDriver", "AsyncRunner", "Driver", "Endpoint", "Runner"]
