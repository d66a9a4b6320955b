"""Runs a soak: one lap to warm up, one that is measured.

The first is closed before anything is counted, so that what is loaded, cached or kept
by an allocator once is no growth. It is as long as a sandbox lasts, for what such a
one takes at its fullest is never all given back.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from .figures import Figures, as_json, as_text
from .holdings import holdings, peak_memory
from .lap import REMEMBERED, Lap, Plan


def soak(plan: Plan, on_progress: Callable[[int], None] = lambda _: None) -> Figures:
    """Warm up, then run the plan and count; tell how many generations have ended now and then."""
    small = replace(plan, generations=min(REMEMBERED, plan.generations), seed=plan.seed + 1)
    with _quiet([]):
        asyncio.run(Lap(small, lambda _: None).run())
    complaints: list[str] = []
    with _quiet(complaints):
        return asyncio.run(_counted(plan, on_progress, complaints))


def report(plan: Plan, *, in_json: bool) -> int:
    """Soak, print the figures, and return the exit code: 1 if a promise was broken."""
    figures = soak(plan, _tell)
    print(json.dumps(as_json(figures), indent=2) if in_json else as_text(figures))
    broken = figures.broken()
    for promise in broken:
        print(f"BROKEN: {promise}", file=sys.stderr)
    return 1 if broken else 0


def _tell(done: int) -> None:
    print(f"{done:,} generations have ended", file=sys.stderr, flush=True)


async def _counted(
    plan: Plan, on_progress: Callable[[int], None], complaints: list[str]
) -> Figures:
    asyncio.get_running_loop().set_exception_handler(
        lambda _, context: complaints.append(str(context["message"]))
    )
    began, started = await holdings(), time.monotonic()
    # It holds on to its client, closed: what that has kept for good is counted, too.
    lap = Lap(plan, on_progress)
    figures = await lap.run()
    figures.seconds = time.monotonic() - started
    # The threads that resolve names are the loop's, not the client's.
    await asyncio.get_running_loop().shutdown_default_executor()
    figures.began, figures.ended = began, await holdings()
    figures.peak_memory = peak_memory()
    figures.complaints = complaints
    del lap
    return figures


@contextmanager
def _quiet(complaints: list[str]) -> Iterator[None]:
    """Keep the client's warnings of faults off the screen; note what was never closed."""
    log, before = logging.getLogger("wan_ergonomic"), sys.unraisablehook
    level = log.level
    log.setLevel(logging.CRITICAL)
    sys.unraisablehook = lambda found: complaints.append(f"{found.exc_value!r} in {found.object}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", ResourceWarning)
            yield
    finally:
        sys.unraisablehook = before
        log.setLevel(level)
