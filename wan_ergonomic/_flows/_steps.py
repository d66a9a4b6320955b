"""What a flow can ask of the driver that runs it: nouns with data, no behaviour.

A flow is a generator that yields steps and is sent what came of each one, so
the same lines serve the blocking and the asynchronous client. The last update
that a flow reports is its result.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wan_ergonomic._errors import WanError
from wan_ergonomic._generation import Generation, Update
from wan_ergonomic._spec import Role

from ._polling import PollingPolicy
from ._retrying import RetryPolicy

if TYPE_CHECKING:
    from wan_ergonomic._files._part_file import PartFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Call one operation; the driver sends an ``ApiResponse`` back or throws a ``WanError``.

    Attributes:
        role: The operation.
        argument: The body to create a generation with, or the id to ask for.
        timeout: Seconds that the whole request may take.
        patience: Seconds that may pass before it, until it is its turn, and with it.
        headers: Extra headers of this request.
    """

    role: Role
    argument: Any
    timeout: float
    patience: float
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiResponse:
    """A successful answer, unread; header names are in lower case."""

    content: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """Stream what a link holds into a part file, from the byte that it has reached.

    Attributes:
        url: The signed link.
        part: Takes the answer's head, then its bytes.
        left: Returns the seconds until the caller's time is over.
        on_progress: Told (bytes so far, bytes in all or None) after each chunk.
    """

    url: str
    part: PartFile
    left: Callable[[], float]
    on_progress: Callable[[int, int | None], object] | None = None


class CallbackError(Exception):
    """On its way past the flow: what a caller's own callback raised while a step was performed."""

    def __init__(self, error: WanError) -> None:
        super().__init__(error)
        self.error = error


@contextmanager
def callback_errors() -> Iterator[None]:
    """Let no error of a caller's callback be taken for one of the step."""
    try:
        yield
    except WanError as error:
        raise CallbackError(error) from error


@dataclass(frozen=True, slots=True)
class Sleep:
    """Let time pass, in seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """Tell the caller what is known now."""

    update: Update


Step = Call | Fetch | Sleep | Report
Flow = Generator[Step, Any, Generation]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallContext:
    """What one call of a client goes by.

    Attributes:
        now: Seconds on a clock that never goes back.
        started: When, on that clock, the caller's call began.
        timeout: Seconds that the call may take in all.
        extra_headers: Sent with each request to the API.
    """

    now: Callable[[], float]
    started: float
    timeout: float
    polling: PollingPolicy
    retrying: RetryPolicy
    extra_headers: Mapping[str, str] = field(default_factory=dict)

    def elapsed(self) -> float:
        """Return the seconds since the call began."""
        return self.now() - self.started

    def left(self) -> float:
        """Return the seconds until the caller's time is over."""
        return self.timeout - self.elapsed()

    def call(self, role: Role, argument: Any, seconds: float, headers: Mapping[str, str]) -> Call:
        """Return a request that may take so many seconds, but none after the caller's time."""
        left = self.left()
        return Call(
            role=role,
            argument=argument,
            timeout=min(seconds, left),
            patience=left,
            headers=headers,
        )
