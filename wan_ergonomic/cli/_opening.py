"""Shows a file or an address in the program that the system has for it."""

from __future__ import annotations

import typer

from ._streams import report_prose


def open_or_say(place: str, name: object) -> None:
    """Open a file, a folder or an address; say so if nothing can open it.

    Args:
        place: Its absolute path, or the address.
        name: What it is called in the message.
    """
    try:
        failed = bool(typer.launch(place))
    except OSError:
        failed = True
    if failed:
        report_prose(f"wan: no program could be started for {name}; open it yourself.")
