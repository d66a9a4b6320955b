"""``--open``: shows a saved video in the program that the system has for it."""

from __future__ import annotations

from pathlib import Path

import typer

from wan_ergonomic.cli._streams import report_prose

from ._options import Destination


def open_if_wanted(destination: Destination, place: Path | None) -> None:
    """Open a file or a folder, if ``--open`` was given; say so if nothing can open it."""
    if not destination.open_file or place is None:
        return
    try:
        failed = bool(typer.launch(str(place.absolute())))
    except OSError:
        failed = True
    if failed:
        report_prose(f"wan: no program could be started for {place}; open it yourself.")
