"""Imports ``_http`` (and httpx) without blocking an event loop for tenths of a second."""

from __future__ import annotations

import sys
from importlib import import_module

_HTTP = f"{__package__}._http"


def is_http_loaded() -> bool:
    """Whether the package that sends requests is imported already."""
    return _HTTP in sys.modules


async def load_http() -> None:
    """Import the package that sends requests, in a thread."""
    from anyio import to_thread

    await to_thread.run_sync(import_module, _HTTP, abandon_on_cancel=True)
