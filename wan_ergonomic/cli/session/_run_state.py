"""How far a command got with its generation, and what that means if it ends early.

The state distinguishes a generation that can be resumed, a submission that was never
accepted, and a submission that may have been accepted.
"""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from wan_ergonomic import (
    Generation,
    LinkExpiredError,
    NotFoundError,
    SubmissionInDoubtError,
    WaitTimeoutError,
    WanError,
)
from wan_ergonomic._flows import NOT_SENT, interrupted_submission
from wan_ergonomic._generation import UNSEEN
from wan_ergonomic.cli._connection import Connection
from wan_ergonomic.cli._exits import Exit
from wan_ergonomic.cli._outcome import INTERRUPTED, CommandError, Outcome, interrupted, outcome_of
from wan_ergonomic.cli._streams import OutputError

from ._destination import another_file, file_for
from ._options import Destination

_RESUMABLE = frozenset({Exit.RESUMABLE, Exit.INTERRUPTED, Exit.TERMINATED})


class RunState:
    """How far a command got; a context manager that turns errors into a ``CommandError``.

    The session keeps the attributes up to date.

    Attributes:
        client_request_id: The ``X-Client-Request-Id`` of its submission; empty before it.
        submitting: Whether a submission may have been sent, and its outcome is not known yet.
        generation: The generation as last seen.
        file: The file of the video, once it is saved.
    """

    def __init__(
        self, connection: Connection, destination: Destination | None, generation: Generation | None
    ) -> None:
        self.client_request_id = ""
        self.submitting = False
        self.generation = generation
        self.file: Path | None = None
        self._connection = connection
        self._destination = destination
        self._started = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, WanError):
            raise CommandError(self._failed(error)) from error
        if isinstance(error, KeyboardInterrupt):
            raise CommandError(self._interrupted(error)) from error
        if isinstance(error, OutputError) and self.generation:
            raise CommandError(self._not_written(error)) from error

    def _failed(self, error: WanError) -> Outcome:
        seen = self.generation is not None and self.generation.status != UNSEEN
        outcome = outcome_of(error, accepted=seen)
        named = error.generation_id if isinstance(error, SubmissionInDoubtError) else None
        if named and not self._connection.sandbox:
            return self._perhaps_accepted(outcome, named)
        if isinstance(error, SubmissionInDoubtError):
            return replace(outcome, **self._recovering(error.client_request_id))
        if isinstance(error, NotFoundError) and self._connection.sandbox:
            outcome = replace(
                outcome,
                message=(
                    "There is no such generation: an embedded sandbox and its ids end with their "
                    "command. For one that stays, run wan sandbox in another terminal; it prints "
                    "how to use it. Nothing was billed."
                ),
            )
        elif outcome.code is Exit.RESUMABLE:
            text = self._timed_out(error) if isinstance(error, WaitTimeoutError) else str(error)
            outcome = replace(outcome, message=self._with_generation(text))
        elif not self.client_request_id and outcome.code is Exit.REJECTED:
            outcome = replace(outcome, message=f"{outcome.message} This command cost nothing.")
        if isinstance(error, LinkExpiredError):
            # Fresh links did not help either, so another attempt is not advised.
            return replace(outcome, generation=self.generation)
        return self._with_command(outcome)

    def _perhaps_accepted(self, outcome: Outcome, generation_id: str) -> Outcome:
        """Return the outcome of a submission in doubt whose response named a generation."""
        return replace(
            outcome,
            generation=Generation(id=generation_id),
            next_step="If it was accepted, this resumes it and costs nothing",
            arguments=self._resuming(Generation(id=generation_id)),
        )

    def _recovering(self, request_id: str) -> dict[str, Any]:
        """Return the next step after a submission whose outcome is not known."""
        if self._connection.sandbox:
            return {}
        url = self._connection.base_url
        arguments = ["recover", request_id, *(["--base-url", url] if url else ())]
        return {"next_step": "Look for it, which costs nothing", "arguments": arguments}

    def _timed_out(self, error: WaitTimeoutError) -> str:
        assert self.generation
        elapsed = time.monotonic() - self._started
        failure = f" The last poll failed: {error.__cause__}" if error.__cause__ else ""
        return (
            f"Generation {self.generation.id} is not finished after {elapsed:.0f} s "
            f"(status: {self.generation.status}).{failure}"
        )

    def _interrupted(self, error: KeyboardInterrupt) -> Outcome:
        if self.submitting and NOT_SENT not in getattr(error, "__notes__", ()):
            return Outcome(
                code=Exit.IN_DOUBT,
                kind=INTERRUPTED,
                message=interrupted_submission(self.client_request_id),
                client_request_id=self.client_request_id,
                **self._recovering(self.client_request_id),
            )
        if self.generation is None:
            return interrupted(error)
        return self._with_command(interrupted(error, self._with_generation("Interrupted.")))

    def _not_written(self, error: OutputError) -> Outcome:
        """Return the outcome of a command whose result could not be printed."""
        kind, message = type(error).__name__, self._with_generation(str(error))
        return self._with_command(Outcome(code=Exit.RESUMABLE, kind=kind, message=message))

    def _with_generation(self, text: str) -> str:
        """Return a text, followed by what happens to the generation now."""
        assert self.generation
        generation_id = self.generation.id
        subject = "The generation" if generation_id in text else f"Generation {generation_id}"
        return f"{text} {subject} {self._generation_now()}"

    def _generation_now(self) -> str:
        """Return what happens to the generation now, as the rest of a sentence about it."""
        assert self.generation
        if self.file:
            return f"is completed, and its video is saved: {self.file}"
        if self._connection.sandbox:
            return "ended with the embedded sandbox; nothing was billed."
        if self.generation.status == UNSEEN:
            return "keeps running at the API, if it exists; this command cost nothing."
        if self.generation.completed:
            return "is completed and paid for; its video is not saved yet."
        return "keeps running at the API and is billed once; resuming costs nothing."

    def _with_command(self, outcome: Outcome) -> Outcome:
        outcome = replace(outcome, generation=self.generation)
        if self.generation and outcome.code in _RESUMABLE and not self._connection.sandbox:
            arguments = self._resuming(self.generation)
            return replace(outcome, next_step="Resume with", arguments=arguments)
        return outcome

    def _resuming(self, generation: Generation) -> list[str]:
        """Return the command line that resumes, without the program's name."""
        options: list[str] = []
        if self._destination:
            file = file_for(self._destination, generation)
            # The existing file may be the saved video, or another one that took its name.
            force = self._destination.force or self.file is not None
            free = file if force or not os.path.lexists(file) else another_file(file)
            options += [*_option("-o", "--output", str(free)), *["--force"] * force]
            options += ["--no-metadata"] * self._destination.no_metadata
        if self._connection.base_url:
            options += ["--base-url", self._connection.base_url]
        options += ["--allow-private-links"] * self._connection.allow_private_links
        if generation.id.startswith("-"):
            return ["wait", *options, "--", generation.id]
        return ["wait", generation.id, *options]


def _option(short: str, long: str, value: str) -> list[str]:
    """Return an option with its value; in one word if the value looks like an option."""
    return [f"{long}={value}"] if value.startswith("-") else [short, value]
