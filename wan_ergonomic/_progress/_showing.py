"""Runs a flow, and shows what it reports."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial

from wan_ergonomic._flows import Flow, Report, Step
from wan_ergonomic._generation import Update

from ._display import Display


def shown(flow: Flow, display: Display, first: str) -> Flow:
    """Run a flow, and show each report once the caller's own callbacks have it.

    Args:
        flow: What to run.
        display: Where to show it.
        first: What to show until the first report.
    """
    update: Update | None = None
    advance: Callable[[], Step] = partial(next, flow)
    try:
        _safely(display.begin, first)
        while True:
            step = advance()
            try:
                outcome = yield step
                if isinstance(step, Report):
                    update = step.update
                    _safely(display.show, update)
            except BaseException as error:  # noqa: BLE001 - the flow raises it again
                advance = partial(flow.throw, error)
            else:
                advance = partial(flow.send, outcome)
    except StopIteration as end:
        _safely(display.end, update, None)
        return end.value  # type: ignore[no-any-return]
    except BaseException as error:
        _safely(display.end, update, error)
        raise


def _safely(show: Callable[..., None], *arguments: object) -> None:
    """Show something if that is possible: standard error may be closed, or its disk be full."""
    with suppress(Exception):
        show(*arguments)
