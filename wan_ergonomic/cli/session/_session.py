"""One command's connection to the API: a client, a display and a run state.

With ``--sandbox`` also an embedded sandbox, which lives as long as the command.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from wan_ergonomic import Drift, Generation, PollingPolicy, PromptDefaults, PromptWarning, Update
from wan_ergonomic._flows import CLIENT_REQUEST_ID, Finish
from wan_ergonomic.cli._connection import Connection, check_connection
from wan_ergonomic.cli._extras import load_sandbox
from wan_ergonomic.cli._options import Reporting

from ._ahead import Ahead
from ._choose_display import choose_display
from ._destination import intended, target
from ._display import Display
from ._options import Destination, PromptSettings
from ._prompt import own_defaults
from ._run_state import RunState

if TYPE_CHECKING:
    from wan_ergonomic import WanClient
    from wan_ergonomic.account import Durations
    from wan_ergonomic.ledger import Ledger

# A job of six minutes then takes four seconds.
EMBEDDED_SPEED = 100.0
EMBEDDED_POLLING = PollingPolicy(min_interval=0.25, max_interval=0.5)


class Session:
    """The client's methods, with each event shown by the display and recorded in the run state."""

    def __init__(
        self,
        client: WanClient,
        display: Display,
        state: RunState,
        ledger: Ledger | None,
        *,
        another: Callable[[], WanClient] | None,
        whole: Display | None = None,
    ) -> None:
        """Begin.

        Args:
            client: The client.
            display: Where events are shown.
            state: How far the command got.
            ledger: Where jobs are recorded; None if they are not.
            another: Makes a client that asks for the price; None asks nobody.
            whole: Where the price is shown, if that is not ``display``.
        """
        self.client = client
        self.display = display
        self.state = state
        self.ledger = ledger
        self.another = another
        self._whole = whole or display
        self._ahead: Ahead | None = None

    def submit(self, prompt: str, options: Mapping[str, Any], timeout: float | None) -> Generation:
        """Submit, and return once the id is known."""
        with self._submission(prompt, options) as headers:
            generation = self.client.submit(
                prompt, timeout=timeout, extra_headers=headers, **options
            )
            self._accepted(generation)
        return generation

    def waits(self) -> None:
        """Say to a person who waits that the jobs are recorded, and go on by themselves."""
        if self.ledger:
            self.display.safe_to_leave()

    def generate(
        self,
        prompt: str,
        options: Mapping[str, Any],
        timeout: float | None,
        *,
        recover: bool = False,
    ) -> Generation:
        """Submit, then wait."""
        with self._submission(prompt, options) as headers:
            return self.client.generate(
                prompt,
                timeout=timeout,
                on_submit=self._accepted_and_waits,
                on_update=self._polled,
                extra_headers=headers,
                recover=recover,
                **options,
            )

    def usual(self) -> Durations | None:
        """Return how long jobs usually take, if that is known by now."""
        return self._ahead.durations() if self._ahead else None

    def status(self, generation_id: str, timeout: float | None) -> Generation:
        """Return a generation as it is now, finished or not."""
        self.display.working("checking the status")
        return self.client.status(generation_id, timeout=timeout)

    def wait(self, generation: Generation, timeout: float | None) -> Generation:
        """Wait until a generation has ended."""
        self.display.working("checking the status")
        return self.client.wait(generation, timeout=timeout, on_update=self._polled)

    def download(
        self,
        generation: Generation,
        destination: Destination,
        *,
        timeout: float | None = None,
    ) -> tuple[Generation, Path | None]:
        """Write a video; return its generation, and its file unless it went to standard output."""
        self.display.working("opening the video")
        to = target(destination, generation)
        size = 0

        def on_progress(done: int, total: int | None) -> None:
            nonlocal size
            size = done
            self.display.downloading(done, total)

        generation = self.client.download(
            generation,
            to,
            overwrite=destination.force,
            timeout=timeout,
            on_progress=on_progress,
            finish=self._metadata(destination),
        )
        file = to if isinstance(to, Path) else None
        self.state.generation, self.state.file = generation, file
        self.display.saved(generation.id, file.stat().st_size if file else size)
        return generation, file

    def _metadata(self, destination: Destination) -> Finish | None:
        """Return what makes a video say how it was made."""
        if destination.no_metadata:
            return None
        from wan_ergonomic.video import metadata_for

        return metadata_for(self.ledger, self.display.warn)

    @contextmanager
    def _submission(self, prompt: str, options: Mapping[str, Any]) -> Iterator[dict[str, str]]:
        """Record that a submission is under way: if it is interrupted, its outcome is unknown."""
        for text in self.client.preview(prompt, **options).warnings:
            self.display.warn(text)
        self.state.client_request_id = request_id = uuid4().hex
        with warnings.catch_warnings():
            # Shown above, on a line of its own.
            warnings.simplefilter("ignore", PromptWarning)
            self.display.working("submitting")
            if self.another:
                self._ahead = Ahead(self.another, options, self.ledger)
            self.state.submitting = True
            yield {CLIENT_REQUEST_ID: request_id}

    def _accepted(self, generation: Generation) -> None:
        self.state.generation, self.state.submitting = generation, False
        if self._ahead and (price := self._ahead.price()):
            self._whole.price(price, several=self._whole is not self.display)
        self.display.accepted(generation)

    def _accepted_and_waits(self, generation: Generation) -> None:
        self._accepted(generation)
        self.waits()

    def _polled(self, update: Update) -> None:
        self.state.generation = update.generation
        self.display.polled(update)
        if update.generation.pending and (usual := self.usual()):
            self.display.expected(usual)


@contextmanager
def session(
    connection: Connection,
    reporting: Reporting,
    *,
    settings: PromptSettings | None = None,
    destination: Destination | None = None,
    generation: Generation | None = None,
    max_usd: float | None = None,
    needs_key: bool = True,
    exact: bool = False,
    several: bool = False,
) -> Iterator[Session]:
    """Open a session; an error in it becomes a ``CommandError``.

    If it is ``exact``, the client adds no defaults of the configuration file to a prompt. If it is
    for ``several`` jobs, its display has a row for each.
    """
    check_connection(connection, needs_key=needs_key)
    settings = settings or PromptSettings()
    # A missing extra is reported before anything else.
    sandbox_type = load_sandbox() if connection.sandbox else None
    with ExitStack() as stack:
        state = stack.enter_context(RunState(connection, destination, generation))
        display = stack.enter_context(choose_display(reporting, several=several))
        if reporting.verbose:
            stack.enter_context(_requests_shown(display))
        options: dict[str, Any] = {"base_url": connection.base_url}
        if sandbox_type:
            display.note("Sandbox: nothing is generated or billed; the video is a test card.")
            sandbox = stack.enter_context(sandbox_type(speed=EMBEDDED_SPEED))
            options = {"base_url": sandbox.url, "api_key": sandbox.key}
            options["polling"] = EMBEDDED_POLLING
        ledger = _ledger(connection, destination, display)
        if max_usd is not None and ledger is None and not connection.sandbox:
            display.warn("Without the ledger, the cap on spending counts this command alone.")
        kind = client_type() if needs_key else type_without_key()
        another = partial(
            partial(_without_defaults, kind) if exact else kind,
            **options,
            allow_private_links=connection.allow_private_links,
            defaults=own_defaults(settings),
            preset=settings.preset,
            allow_unsupported=settings.allow_unsupported,
            ledger=ledger,
        )
        client = another(max_usd=max_usd, on_drift=_once(display.drifted))
        informs = None if reporting.quiet else another
        yield Session(stack.enter_context(client), display, state, ledger, another=informs)


def _ledger(
    connection: Connection, destination: Destination | None, display: Display
) -> Ledger | None:
    """Return the ledger; an embedded sandbox bills nothing, so it has none."""
    if connection.sandbox or connection.no_ledger:
        return None
    from wan_ergonomic.ledger import find_ledger

    return find_ledger(target=intended(destination), on_trouble=display.warn)


@contextmanager
def _requests_shown(display: Display) -> Iterator[None]:
    """Show each request that the client logs."""

    class Shown(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            display.note(record.getMessage())

    logger, handler = logging.getLogger("wan_ergonomic"), Shown()
    # What is more serious is shown by the command itself.
    handler.addFilter(lambda record: record.levelno == logging.DEBUG)
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        logger.setLevel(level)
        logger.removeHandler(handler)


def _once(report: Callable[[Drift], None]) -> Callable[[Drift], None]:
    """Return a callback that reports each departure once, not at each poll."""
    seen: set[tuple[str, str]] = set()

    def on_drift(drift: Drift) -> None:
        if (drift.kind, drift.pointer) not in seen:
            seen.add((drift.kind, drift.pointer))
            report(drift)

    return on_drift


def client_type() -> type[WanClient]:
    from wan_ergonomic import WanClient

    # The client logs drift too; without a handler Python would print it again.
    logging.getLogger("wan_ergonomic").addHandler(logging.NullHandler())
    return WanClient


def _without_defaults(kind: type[WanClient], **settings: Any) -> WanClient:
    client = kind(**settings)
    client.defaults = PromptDefaults()
    return client


def type_without_key() -> type[WanClient]:
    """Return a client for what needs no key."""
    from wan_ergonomic import MissingKeyError
    from wan_ergonomic._api_key import ApiKey

    class WithoutKey(client_type()):  # type: ignore[misc]
        """Uses the key if there is one."""

        def _find_key(self, api_key: str | None, base_url: str | None) -> ApiKey:
            try:
                found: ApiKey = super()._find_key(api_key, base_url)
            except MissingKeyError:
                return ApiKey("", "")
            return found

    return WithoutKey
