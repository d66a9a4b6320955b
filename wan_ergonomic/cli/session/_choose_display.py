"""Chooses how a command reports its progress."""

from __future__ import annotations

import os
import sys

from wan_ergonomic.cli._options import Reporting
from wan_ergonomic.cli._streams import is_terminal

from ._display import Display, JsonLines, Lines


def choose_display(reporting: Reporting, *, several: bool = False) -> Display:
    """Return the display for the options; only a terminal gets what is redrawn.

    Args:
        reporting: The options.
        several: Whether it is for several jobs, which get a table there.
    """
    if reporting.quiet:
        return Display()
    if reporting.as_json:
        return JsonLines()
    if reporting.no_progress or not is_terminal(sys.stderr) or os.environ.get("TERM") == "dumb":
        return Lines()
    # Only a terminal needs rich, which takes long to import.
    if several:
        from ._live_rows import LiveRows

        return LiveRows()
    from ._live import Live

    return Live()
