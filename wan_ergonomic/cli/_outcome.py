"""How a command ends other than well: what it means, in a sentence, and how to go on.

A journey knows how far one command has come, so it can tell a job that can be
resumed from one that was never accepted and from one that nobody can tell about.
"""

from __future__ import annotations

import shlex
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from wan_ergonomic._errors import (
    ConfigurationError,
    DownloadError,
    GenerationFailedError,
    NotFoundError,
    PromptError,
    SubmissionInDoubtError,
    WaitTimeoutError,
    WanError,
)
from wan_ergonomic._flows import CLIENT_REQUEST_ID
from wan_ergonomic._generation import UNSEEN, Generation, Update
from wan_ergonomic.cli.generation._destination import UsageError, file_for

from ._exits import Exit
from ._options import Connection, Destination
from ._signals import TerminatedError
from ._streams import OutputError

_CODES: Mapping[type[WanError], Exit] = {
    UsageError: Exit.USAGE,
    ConfigurationError: Exit.USAGE,
    PromptError: Exit.USAGE,
    GenerationFailedError: Exit.FAILED,
    WaitTimeoutError: Exit.RESUMABLE,
    DownloadError: Exit.RESUMABLE,
    SubmissionInDoubtError: Exit.IN_DOUBT,
}

_RESUMABLE = frozenset({Exit.RESUMABLE, Exit.INTERRUPTED, Exit.TERMINATED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a command ended.

    Attributes:
        code: Its exit code.
        kind: The error's name, for programs.
        message: What happened, for a person.
        generation: The generation it is about, where one is known.
        client_request_id: The ``X-Client-Request-Id`` of a submission in doubt.
        advice: What the command line below is for.
        words: A command line that goes on from here, without the program's name.
    """

    code: Exit
    kind: str
    message: str
    generation: Generation | None = None
    client_request_id: str | None = None
    advice: str = ""
    words: Sequence[str] = ()

    def as_json(self, program: str) -> dict[str, Any]:
        """Return what a program is told."""
        generation = self.generation
        return {
            "event": "error",
            "error": {"kind": self.kind, "message": self.message},
            "exit_code": int(self.code),
            "id": generation.id if generation else None,
            "status": generation.status if generation else None,
            "client_request_id": self.client_request_id,
            "command": self.command(program) if self.words else None,
        }

    def command(self, program: str) -> str:
        """Return the command line that goes on from here, ready to be typed."""
        return f"{program} {shlex.join(self.words)}"


class EndedError(Exception):
    """A command has ended, and its ending is known."""

    def __init__(self, ending: Ending) -> None:
        super().__init__(ending.message)
        self.ending = ending


def ending_of(error: WanError, *, accepted: bool = False) -> Ending:
    """Return the ending that an error is, for a job known to be accepted or not."""
    otherwise = Exit.RESUMABLE if accepted else Exit.REFUSED
    code = next((c for kind, c in _CODES.items() if isinstance(error, kind)), otherwise)
    return Ending(
        code=code,
        kind=type(error).__name__,
        message=str(error),
        client_request_id=getattr(error, "client_request_id", None),
    )


def interruption(error: KeyboardInterrupt) -> Ending:
    """Return the ending that an interruption is."""
    code = Exit.TERMINATED if isinstance(error, TerminatedError) else Exit.INTERRUPTED
    return Ending(code=code, kind="Interrupted", message="Interrupted.")


class Journey:
    """How far a command has come; a context manager that ends it with an ``EndedError``.

    Attributes:
        client_request_id: What its submission is sent with.
        submitting: Whether a submission is under way whose outcome is not known.
        generation: What is known of the generation.
        file: Where its video is, once it is saved.
    """

    def __init__(
        self, connection: Connection, destination: Destination | None, generation_id: str | None
    ) -> None:
        self.client_request_id: str | None = None
        self.submitting = False
        self.generation = Generation(id=generation_id) if generation_id else None
        self.file: Path | None = None
        self._connection = connection
        self._destination = destination
        self._started = time.monotonic()

    def accepted(self, generation: Generation) -> None:
        """Take note of a submission's good end."""
        self.generation, self.submitting = generation, False

    def looked(self, update: Update) -> None:
        """Take note of a look."""
        self.generation = update.generation

    def downloaded(self, generation: Generation, file: Path | None) -> None:
        """Take note of a download's good end, to a file or to a stream."""
        self.generation, self.file = generation, file

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, WanError):
            raise EndedError(self._failed(error)) from error
        if isinstance(error, KeyboardInterrupt):
            raise EndedError(self._interrupted(error)) from error
        if isinstance(error, OutputError) and self.generation:
            raise EndedError(self._unread(error, self.generation)) from error

    def _failed(self, error: WanError) -> Ending:
        seen = self.generation is not None and self.generation.status != UNSEEN
        ending = ending_of(error, accepted=seen)
        message = ending.message
        if isinstance(error, WaitTimeoutError):
            message = self._too_late(error)
        elif isinstance(error, NotFoundError) and self._connection.sandbox:
            message = (
                "There is no such generation: ids do not outlive an embedded sandbox, which ends "
                "with its command. To run one that stays, start it in another terminal with "
                "wan sandbox; it says how to use it."
            )
        return self._with_command(ending, message)

    def _too_late(self, error: WaitTimeoutError) -> str:
        assert self.generation
        elapsed = time.monotonic() - self._started
        failure = f" The last look failed: {error.__cause__}" if error.__cause__ else ""
        return (
            f"Generation {self.generation.id} is not finished after {elapsed:.0f} s "
            f"(status: {self.generation.status}).{failure} It {self._what_goes_on()}"
        )

    def _what_goes_on(self) -> str:
        """Say what becomes of the generation without this command."""
        assert self.generation
        if self.file:
            return f"is completed, and its video is saved: {self.file}"
        if self._connection.sandbox:
            return "ended with the embedded sandbox; nothing was billed."
        if self.generation.status == UNSEEN:
            return "goes on at the vendor all the same, if there is one of this id."
        if self.generation.completed:
            return "is completed; only its video is not saved yet."
        return "goes on at the vendor all the same, and is paid for once."

    def _interrupted(self, error: KeyboardInterrupt) -> Ending:
        if self.submitting:
            return Ending(
                code=Exit.IN_DOUBT,
                kind="Interrupted",
                message=(
                    "Interrupted while submitting: the generation may have been accepted and "
                    "billed. Look at your AIML API usage before you submit it anew; the vendor "
                    f"can be asked about {CLIENT_REQUEST_ID} {self.client_request_id}."
                ),
                client_request_id=self.client_request_id,
            )
        message = "Interrupted; nothing was submitted."
        if self.generation:
            message = f"Interrupted. Generation {self.generation.id} {self._what_goes_on()}"
        return self._with_command(interruption(error), message)

    def _unread(self, error: OutputError, generation: Generation) -> Ending:
        """Return the ending of a command whose result could not be written."""
        ending = Ending(code=Exit.RESUMABLE, kind=type(error).__name__, message=str(error))
        return self._with_command(
            ending, f"{error} Generation {generation.id} {self._what_goes_on()}"
        )

    def _with_command(self, ending: Ending, message: str) -> Ending:
        resumable = self.generation and ending.code in _RESUMABLE and not self._connection.sandbox
        return Ending(
            code=ending.code,
            kind=ending.kind,
            message=message,
            generation=self.generation,
            client_request_id=ending.client_request_id,
            advice="Resume with" if resumable else "",
            words=self._resuming() if resumable else (),
        )

    def _resuming(self) -> list[str]:
        assert self.generation
        generation_id, options = self.generation.id, []
        if self._destination:
            to = file_for(self._destination, generation_id)
            options += ["-o", str(to)]
            options += ["--force"] * (self._destination.force or self.file is not None)
        if self._connection.base_url:
            options += ["--base-url", self._connection.base_url]
        if generation_id.startswith("-"):
            return ["wait", *options, "--", generation_id]
        return ["wait", generation_id, *options]
