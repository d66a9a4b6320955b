"""Several jobs at once: each is waited for, and saved, in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

import typer

from wan_ergonomic import Generation
from wan_ergonomic.cli._connection import Connection
from wan_ergonomic.cli._options import Reporting
from wan_ergonomic.cli._outcome import (
    CommandError,
    Outcome,
    interrupted,
    report_outcome,
)
from wan_ergonomic.cli._streams import printable

from ._display import Display
from ._options import Destination
from ._relay import Event, Relay
from ._result import put_file, put_result
from ._run_state import RunState
from ._session import Session

if TYPE_CHECKING:
    from pathlib import Path

    from wan_ergonomic import WanClient

# How often a wait looks for a signal, where waiting itself cannot be interrupted.
_LOOK_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Job:
    """A job that was accepted, and where it is shown.

    Attributes:
        generation: The generation as last seen.
        display: Its row.
        state: How far the command got with it.
    """

    generation: Generation
    display: Display
    state: RunState


@dataclass(frozen=True, slots=True)
class _Ended:
    """What became of a job: its video, or an error."""

    generation: Generation
    file: Path | None = None
    error: BaseException | None = None


class Together:
    """Waits for jobs, and saves their videos, at the same time.

    Attributes:
        errors: How jobs and submissions failed, in the order of their ends.
        saved: How many videos were saved.
    """

    def __init__(
        self,
        session: Session,
        connection: Connection,
        reporting: Reporting,
        destination: Destination | None,
    ) -> None:
        """Begin with no job.

        Args:
            session: The session of the command; its client is used by all threads.
            connection: How the API is called.
            reporting: What is printed.
            destination: The folder for the videos; None if they are not saved.
        """
        self.errors: list[CommandError] = []
        self.saved = 0
        self._session = session
        self._connection = connection
        self._reporting = reporting
        self._destination = destination
        self._events: SimpleQueue[tuple[Display, Event] | _Ended] = SimpleQueue()
        self._left: list[str] = []
        self._first: Session | None = None

    def submit(self, name: str, prompt: str, options: Mapping[str, Any]) -> Job:
        """Submit one job, whose row is called by ``name``; the only one has no name, and no row.

        Raises:
            CommandError: It failed, is in doubt, or was interrupted.
        """
        whole = self._session.display
        display = whole.row(name) if name else whole
        # The price is asked for once.
        mine = self._one(display, another=None if self._first else self._session.another)
        self._first = self._first or mine
        with mine.state:
            generation = mine.submit(prompt, options, self._connection.timeout)
        return Job(generation, display, mine.state)

    def known(self, generation: Generation) -> Job:
        """Return a job that was submitted before."""
        display = self._session.display.row(generation.id)
        return Job(generation, display, self._one(display, generation).state)

    def say(self, text: str) -> None:
        """Say something about all jobs, unless it is nothing."""
        if text:
            self._session.display.note(text)

    def finish(self, jobs: Sequence[Job]) -> None:
        """Wait for all jobs; print each as it ends.

        Raises:
            CommandError: The command was interrupted; the jobs run on.
        """
        self._left = [job.generation.id for job in jobs]
        if jobs:
            self._session.waits()
        for job in jobs:
            threading.Thread(target=self._run, args=[job], daemon=True).start()
        try:
            while self._left:
                self._show_next()
        except KeyboardInterrupt as error:
            raise CommandError(self._interrupted(error)) from error

    def exit(self) -> None:
        """Report the errors, and exit with the worst of their codes.

        Raises:
            typer.Exit: There are errors.
        """
        for error in self.errors:
            report_outcome(error.outcome, as_json=self._reporting.as_json)
        if self.errors:
            raise typer.Exit(max(int(error.outcome.code) for error in self.errors))

    def _one(
        self,
        display: Display,
        generation: Generation | None = None,
        *,
        another: Callable[[], WanClient] | None = None,
    ) -> Session:
        """Return a session for one job, with a display and a state of its own."""
        state = RunState(self._connection, self._destination, generation)
        whole = self._session
        return Session(
            whole.client, display, state, whole.ledger, another=another, whole=whole.display
        )

    def _show_next(self) -> None:
        if self._first and (usual := self._first.usual()):
            self._session.display.expected(usual)
        try:
            event = self._events.get(timeout=_LOOK_SECONDS)
        except Empty:
            return
        if not isinstance(event, _Ended):
            display, show = event
            show(display)
            return
        self._left.remove(event.generation.id)
        if isinstance(event.error, CommandError):
            self.errors.append(event.error)
        elif event.error is not None:
            raise event.error
        else:
            with self._session.display.aside():
                self._put(event)

    def _put(self, ended: _Ended) -> None:
        """Print what became of a job."""
        self.saved += ended.file is not None
        if self._destination:
            put_file(ended.generation, self._destination, self._reporting, ended.file)
        else:
            said = f"{ended.generation.id}  {ended.generation.status}"
            put_result(ended.generation, self._reporting, printable(said))

    def _run(self, job: Job) -> None:
        """Finish a job; in a thread, which shows and prints nothing itself."""
        relay = Relay(lambda event: self._events.put((job.display, event)))
        mine = self._one(relay, job.generation)
        try:
            with mine.state:
                ended = self._ended(mine, job.generation)
        except BaseException as error:  # noqa: BLE001 - raised in the main thread
            self._events.put((job.display, lambda display: display.given_up()))
            ended = _Ended(job.generation, error=error)
        self._events.put(ended)

    def _ended(self, mine: Session, generation: Generation) -> _Ended:
        found = mine.wait(generation, self._connection.timeout)
        if self._destination is None:
            return _Ended(found)
        found, file = mine.download(found, self._destination)
        return _Ended(found, file)

    def _interrupted(self, error: KeyboardInterrupt) -> Outcome:
        number = len(self._left)
        which = "1 generation" if number == 1 else f"{number} generations"
        if self._connection.sandbox:
            now = "ended with the embedded sandbox; nothing was billed."
            return interrupted(error, f"Interrupted. {which} {now}")
        keeps = "keeps" if number == 1 else "keep"
        told = f"Interrupted. {which} {keeps} running at the API, billed once; resuming is free."
        return replace(
            interrupted(error, told), next_step="Resume with", arguments=self._resuming()
        )

    def _resuming(self) -> list[str]:
        url = self._connection.base_url
        address = ["--base-url", url] if url else []
        if self._destination and self._session.ledger:
            return ["resume", *address]
        folder = ["-o", f"{self._destination.output or '.'}/"] if self._destination else []
        return ["watch", *folder, *address, "--", *self._left]
