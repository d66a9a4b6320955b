"""All I/O with the API and the storage of its videos: the core's only use of httpx."""

from ._causes import cause_of
from ._driver import AsyncDriver, Driver
from ._endpoint import Endpoint
from ._network import within
from ._runner import AsyncRunner, Runner
from ._transport import AsyncTransport, Transport

__all__ = [
    "AsyncDriver",
    "AsyncRunner",
    "AsyncTransport",
    "Driver",
    "Endpoint",
    "Runner",
    "Transport",
    "cause_of",
    "within",
]
