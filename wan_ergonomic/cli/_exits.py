"""The exit codes of every command, and the errors that lead to them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

from wan_ergonomic import (
    ConfigurationError,
    DownloadError,
    GenerationFailedError,
    PromptError,
    SubmissionInDoubtError,
    VideoFileError,
    WaitTimeoutError,
    WanError,
)


class UsageError(WanError):
    """The command line cannot be carried out as it was given; nothing was sent."""


class Exit(IntEnum):
    """An exit code of the commands that call the API."""

    DONE = 0
    REJECTED = 1
    USAGE = 2
    FAILED = 3
    RESUMABLE = 4
    IN_DOUBT = 5
    INTERRUPTED = 130
    OUTPUT_CLOSED = 141
    TERMINATED = 143


MEANINGS: Mapping[Exit, str] = {
    Exit.DONE: "done",
    Exit.REJECTED: "error response or no connection; nothing was accepted or charged",
    Exit.USAGE: "invalid command line or input; nothing was sent",
    Exit.FAILED: "failed, or has no video; another attempt is a new submission",
    Exit.RESUMABLE: "accepted, but not finished or not saved; the message says how to resume",
    Exit.IN_DOUBT: "submission in doubt: it may run and be billed; wan recover looks for it",
    Exit.INTERRUPTED: "interrupted by Ctrl-C; the message says how to resume",
    Exit.OUTPUT_CLOSED: "standard output was closed by its reader",
    Exit.TERMINATED: "ended by SIGTERM, or because the terminal was closed",
}

_CODES: Mapping[type[WanError], Exit] = {
    UsageError: Exit.USAGE,
    ConfigurationError: Exit.USAGE,
    PromptError: Exit.USAGE,
    VideoFileError: Exit.USAGE,
    GenerationFailedError: Exit.FAILED,
    WaitTimeoutError: Exit.RESUMABLE,
    DownloadError: Exit.RESUMABLE,
    SubmissionInDoubtError: Exit.IN_DOUBT,
}


class ContractExit(IntEnum):
    """An exit code of the `wan contract` commands, which do not call the API."""

    CLEAN = 0
    FOUND = 1
    UNKNOWN = 2


CONTRACT_MEANINGS: Mapping[ContractExit, str] = {
    ContractExit.CLEAN: "nothing found, or nothing as severe as --fail-on",
    ContractExit.FOUND: "found: drift, or traffic that departs from the contract",
    ContractExit.UNKNOWN: "unknown: a source is gone or unreadable, or invalid usage",
}


def exit_for(error: WanError, *, accepted: bool) -> Exit:
    """Return the exit code for an error.

    Args:
        error: The error that ended a command.
        accepted: Whether the API is known to have accepted the generation.
    """
    otherwise = Exit.RESUMABLE if accepted else Exit.REJECTED
    return next((code for kind, code in _CODES.items() if isinstance(error, kind)), otherwise)


def explain(meanings: Mapping[Exit, str] | Mapping[ContractExit, str]) -> str:
    """Return a table of exit codes as help shows it."""
    lines = (f"  {code.value:>3}  {meaning}" for code, meaning in meanings.items())
    # The backspace keeps Typer from joining the lines.
    return "\b\nExit codes:\n" + "\n".join(lines)
