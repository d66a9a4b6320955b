"""How a command ended if it did not succeed: exit code, message and next step."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from wan_ergonomic import Generation, WanError

from ._exits import ContractExit, Exit, exit_for
from ._signals import TerminatedError
from ._streams import report_command, report_json, report_prose

# The shell of Windows understands double quotes only.
_JOIN = subprocess.list2cmdline if os.name == "nt" else shlex.join

# What a person types to start the program.
PROGRAM: ContextVar[str] = ContextVar("program", default="wan")

# The kind of an outcome that a signal has caused.
INTERRUPTED = "Interrupted"
UNSPENT = "Nothing was sent or spent."


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a command ended.

    Attributes:
        code: The exit code.
        kind: The name of the error, for programs.
        message: What happened, for a person.
        generation: The generation concerned, if one is known.
        client_request_id: The ``X-Client-Request-Id`` of a submission in doubt.
        next_step: What the command line below is for.
        arguments: The command line to continue with, without the program's name.
    """

    code: Exit | ContractExit
    kind: str
    message: str
    generation: Generation | None = None
    client_request_id: str | None = None
    next_step: str = ""
    arguments: Sequence[str] = ()

    @property
    def is_interruption(self) -> bool:
        """Whether a signal ended the command, whatever became of its submission."""
        return self.kind == INTERRUPTED

    def as_json(self, program: str) -> dict[str, Any]:
        """Return the event that ``--json`` reports."""
        generation = self.generation
        return {
            "event": "error",
            "error": {"kind": self.kind, "message": self.message},
            "exit_code": int(self.code),
            "id": generation.id if generation else None,
            "status": generation.status if generation else None,
            "client_request_id": self.client_request_id,
            "command": self.command(program) if self.arguments else None,
        }

    def command(self, program: str) -> str:
        """Return the command line to continue with, quoted for a shell."""
        return command_line(program, self.arguments)


class CommandError(Exception):
    """A command failed or was interrupted.

    Attributes:
        outcome: How it ended.
    """

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.message)
        self.outcome = outcome


def report_outcome(outcome: Outcome, *, as_json: bool) -> None:
    """Report how a command ended: its message and the command to continue with, or an event."""
    program = PROGRAM.get()
    if as_json:
        report_json(outcome.as_json(program))
        return
    report_prose(f"wan: {outcome.message}")
    if outcome.arguments:
        report_command(outcome.next_step, outcome.command(program))


def command_line(program: str, arguments: Sequence[str]) -> str:
    """Return a command line, quoted for a shell."""
    return f"{program} {_JOIN(arguments)}"


def outcome_of(error: WanError, *, accepted: bool = False) -> Outcome:
    """Return the outcome of a command that an error ended.

    Args:
        error: The error.
        accepted: Whether the API is known to have accepted the generation.
    """
    code, message = exit_for(error, accepted=accepted), str(error)
    if code is Exit.USAGE and "Nothing was sent" not in message:
        message = f"{message} {UNSPENT}"
    return Outcome(
        code=code,
        kind=type(error).__name__,
        message=message,
        client_request_id=getattr(error, "client_request_id", None),
    )


def interrupted(
    error: KeyboardInterrupt, message: str = "Interrupted; nothing was submitted."
) -> Outcome:
    """Return the outcome of a command that Ctrl-C or another signal ended."""
    code = Exit.TERMINATED if isinstance(error, TerminatedError) else Exit.INTERRUPTED
    return Outcome(code=code, kind=INTERRUPTED, message=message)
