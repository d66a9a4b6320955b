"""Work for several jobs, one after another: one that fails does not stop the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import typer

from wan_ergonomic.cli._exits import Exit
from wan_ergonomic.cli._options import Reporting
from wan_ergonomic.cli._outcome import CommandError, report_outcome

T = TypeVar("T")

# These end the whole command, not the work for one.
_OVER = frozenset({Exit.INTERRUPTED, Exit.TERMINATED, Exit.OUTPUT_CLOSED, Exit.USAGE})


def work_through(each: Iterable[T], work: Callable[[T], None], reporting: Reporting) -> None:
    """Do work for each, go on after one that fails, and then exit with the worst of their codes."""
    worst: int = Exit.DONE
    for one in each:
        try:
            work(one)
        except CommandError as error:
            if error.outcome.code in _OVER:
                raise
            worst = max(worst, error.outcome.code)
            report_outcome(error.outcome, as_json=reporting.as_json)
    if worst:
        raise typer.Exit(worst)
