"""The exit codes: one table for the code, the help and the tests."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum


class Exit(IntEnum):
    """An exit code of `wan`."""

    DONE = 0
    REJECTED = 1
    USAGE = 2
    FAILED = 3
    RESUMABLE = 4
    IN_DOUBT = 5
    INTERRUPTED = 130
    UNREAD = 141
    TERMINATED = 143


MEANINGS: Mapping[Exit, str] = {
    Exit.DONE: "done",
    Exit.REJECTED: "rejected by the API, or the API was not reached; nothing was accepted",
    Exit.USAGE: "invalid command line or input; nothing was sent",
    Exit.FAILED: "the generation failed; another attempt is a new submission",
    Exit.RESUMABLE: "accepted, but not finished or not saved; can be resumed",
    Exit.IN_DOUBT: "submission in doubt; check your usage before you submit again",
    Exit.INTERRUPTED: "interrupted by Ctrl-C",
    Exit.UNREAD: "standard output was closed by its reader",
    Exit.TERMINATED: "ended by SIGTERM, or because the terminal was closed",
}


def explain() -> str:
    """Return the table as help shows it."""
    lines = (f"  {code.value:>3}  {meaning}" for code, meaning in MEANINGS.items())
    # The backspace keeps Typer from joining the lines.
    return "\b\nExit codes:\n" + "\n".join(lines)
