"""Runs what blocks in threads."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import anyio.to_thread
from anyio import CapacityLimiter

T = TypeVar("T")


async def in_thread(
    work: Callable[..., T], *arguments: Any, limiter: CapacityLimiter | None = None, **named: Any
) -> T:
    """Run something that blocks in a thread, and return its result.

    Not by ``asyncio.to_thread``: DBOS replaces the threads of that, and ends them when it stops.

    Args:
        work: What blocks.
        *arguments: Its arguments.
        limiter: How many threads may do such work at once; by default, 40 for all kinds.
        **named: Its named arguments.
    """
    return await anyio.to_thread.run_sync(partial(work, *arguments, **named), limiter=limiter)
