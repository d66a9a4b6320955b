"""``--open``: shows a saved video in the program that the system has for it."""

from __future__ import annotations

from pathlib import Path

from wan_ergonomic.cli._opening import open_or_say

from ._options import Destination


def open_if_wanted(destination: Destination, place: Path | None) -> None:
    """Open a file or a folder, if ``--open`` was given; say so if nothing can open it."""
    if destination.open_file and place is not None:
        open_or_say(str(place.absolute()), place)
