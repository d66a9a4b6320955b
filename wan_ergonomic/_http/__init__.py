"""All I/O with the API and the storage of its videos: the core's only use of httpx."""

from ._clients import Endpoint
from ._driver import AsyncDriver, Driver
from ._runner import AsyncRunner, Runner

__all__ = ["AsyncDriver", "AsyncRunner", "Driver", "Endpoint", "Runner"]
