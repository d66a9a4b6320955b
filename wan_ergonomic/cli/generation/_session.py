"""One command's dealings with the API: a client, a display, and a journey that ends them.

Also the embedded sandbox, which lives as long as the command does.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from uuid import uuid4

from wan_ergonomic._errors import DownloadError
from wan_ergonomic._flows import CLIENT_REQUEST_ID, PollingPolicy
from wan_ergonomic._generation import Drift, Generation, Update
from wan_ergonomic._prompts import PromptWarning
from wan_ergonomic.cli._options import Connection, Destination, Reporting, Surroundings
from wan_ergonomic.cli._outcome import Journey

from ._checks import check_connection, load_sandbox, own_defaults
from ._destination import target
from ._display import Display, choose_display

if TYPE_CHECKING:
    from wan_ergonomic._client import WanClient

# A job of six minutes then takes four seconds.
EMBEDDED_SPEED = 100.0
_EMBEDDED_POLLING = PollingPolicy(min_interval=0.25, max_interval=0.5)


class Session:
    """What the commands do, told to the display and noted by the journey."""

    def __init__(self, client: WanClient, display: Display, journey: Journey) -> None:
        self.client = client
        self.display = display
        self.journey = journey

    def submit(self, prompt: str, options: Mapping[str, Any], timeout: float | None) -> Generation:
        """Submit, and return once the id is known."""
        with self._submission(prompt, options) as headers:
            generation = self.client.submit(
                prompt, timeout=timeout, extra_headers=headers, **options
            )
            self._accepted(generation)
        return generation

    def generate(
        self, prompt: str, options: Mapping[str, Any], timeout: float | None
    ) -> Generation:
        """Submit, then wait."""
        with self._submission(prompt, options) as headers:
            return self.client.generate(
                prompt,
                timeout=timeout,
                on_submit=self._accepted,
                on_update=self._looked,
                extra_headers=headers,
                **options,
            )

    def status(self, generation_id: str, timeout: float | None) -> Generation:
        """Look once."""
        self.display.doing("looking")
        return self.client.status(generation_id, timeout=timeout)

    def wait(self, generation_id: str, timeout: float | None) -> Generation:
        """Wait for a generation's end."""
        self.display.doing("looking")
        return self.client.wait(generation_id, timeout=timeout, on_update=self._looked)

    def download(
        self,
        generation: Generation | str,
        destination: Destination,
        *,
        timeout: float | None = None,
    ) -> tuple[Generation, Path | None]:
        """Save a video; return what is known of it and its file, unless it went to a stream."""
        generation_id = generation if isinstance(generation, str) else generation.id
        self.display.doing("opening the video")
        to = target(destination, generation_id)
        size = 0

        def on_progress(done: int, total: int | None) -> None:
            nonlocal size
            size = done
            self.display.downloading(done, total)

        generation = self.client.download(
            generation, to, overwrite=destination.force, timeout=timeout, on_progress=on_progress
        )
        if not isinstance(to, Path):
            _flush(to, generation_id)
        file = to if isinstance(to, Path) else None
        self.journey.downloaded(generation, file)
        self.display.saved(size)
        return generation, file

    @contextmanager
    def _submission(self, prompt: str, options: Mapping[str, Any]) -> Iterator[dict[str, str]]:
        """Mark the time in which an interruption leaves the outcome open."""
        for text in self.client.preview(prompt, **options).warnings:
            self.display.warn(text)
        self.journey.client_request_id = request_id = uuid4().hex
        with warnings.catch_warnings():
            # Said above, as a line of its own.
            warnings.simplefilter("ignore", PromptWarning)
            self.display.doing("submitting")
            self.journey.submitting = True
            yield {CLIENT_REQUEST_ID: request_id}

    def _accepted(self, generation: Generation) -> None:
        self.journey.accepted(generation)
        self.display.accepted(generation)

    def _looked(self, update: Update) -> None:
        self.journey.looked(update)
        self.display.looked(update)


@contextmanager
def session(
    connection: Connection,
    reporting: Reporting,
    *,
    surroundings: Surroundings | None = None,
    destination: Destination | None = None,
    generation_id: str | None = None,
) -> Iterator[Session]:
    """Open a session; it ends with an ``EndedError`` if it does not end well."""
    check_connection(connection)
    with ExitStack() as stack:
        journey = stack.enter_context(Journey(connection, destination, generation_id))
        display = stack.enter_context(choose_display(reporting))
        options: dict[str, Any] = {"base_url": connection.base_url}
        if connection.sandbox:
            display.note("Sandbox: nothing is generated or billed; the video is a test card.")
            sandbox = stack.enter_context(load_sandbox()(speed=EMBEDDED_SPEED))
            options = {"base_url": sandbox.url, "api_key": sandbox.key}
            options["polling"] = _EMBEDDED_POLLING
        client = _client_type()(
            **options,
            defaults=own_defaults(surroundings),
            preset=surroundings.preset if surroundings else None,
            on_drift=_once(display.drifted),
        )
        yield Session(stack.enter_context(client), display, journey)


def _flush(stream: IO[bytes], generation_id: str) -> None:
    """Write out the end of a video, which a stream may hold back until then."""
    try:
        stream.flush()
    except OSError as error:
        raise DownloadError(
            f"The video of generation {generation_id} could not be written: "
            f"{error.strerror or error}. It can be downloaded again."
        ) from error


def _once(tell: Callable[[Drift], None]) -> Callable[[Drift], None]:
    """Return a callback that passes each departure on once, not at each look."""
    seen: set[tuple[str, str]] = set()

    def on_drift(drift: Drift) -> None:
        if (drift.kind, drift.pointer) not in seen:
            seen.add((drift.kind, drift.pointer))
            tell(drift)

    return on_drift


def _client_type() -> type[WanClient]:
    from wan_ergonomic._client import WanClient

    # The client logs drift as well, and Python would print it a second time.
    logging.getLogger("wan_ergonomic").addHandler(logging.NullHandler())
    return WanClient
