"""The steps that a flow yields to its driver, and what a flow is called with.

A flow is a generator that yields steps, is sent the result of each one, and
returns a generation; so the same lines serve the blocking and the asynchronous
client.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeVar

from wan_ergonomic._errors import WanError
from wan_ergonomic._generation import Generation, Update
from wan_ergonomic._spec import Role

from ._polling import PollingPolicy
from ._retrying import RetryPolicy

if TYPE_CHECKING:
    from wan_ergonomic._files import PartFile

    from ._recorded import Recording

_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class Call(NamedTuple):
    """Call one operation; the driver sends an ``ApiResponse`` back or throws a ``WanError``.

    Attributes:
        role: The operation.
        argument: The body to create a generation with, or the id to poll.
        timeout: Seconds that the whole request may take.
        time_left: Seconds until the caller's deadline; includes the wait for a free slot.
        headers: Extra headers of this request.
        fresh: Whether a poll needs a new connection. A submission always has one: on an older
            connection, which the server may be closing, its outcome could be in doubt.
    """

    role: Role
    argument: Any
    timeout: float
    time_left: float
    headers: Mapping[str, str] = _NO_HEADERS
    fresh: bool = False


class Query(NamedTuple):
    """Ask about the account or the catalogue, which costs nothing; answered as ``Call`` is.

    Attributes:
        operation: The operation's id in our description of the account operations.
        parameters: Its parameters, by their names in generated code.
        timeout: Seconds that the whole request may take.
        headers: Extra headers of this request.
    """

    operation: str
    parameters: Mapping[str, Any]
    timeout: float
    headers: Mapping[str, str] = _NO_HEADERS


class ApiResponse(NamedTuple):
    """A successful response, not parsed yet; header names are in lower case."""

    content: bytes
    headers: Mapping[str, str]


class Fetch(NamedTuple):
    """Stream a video into a part file, from the byte that it has reached.

    Attributes:
        url: The signed link.
        part: Takes the head of the response, then its bytes.
        left: Returns the seconds until the caller's deadline.
        on_progress: Called with (bytes so far, total bytes or None) after each chunk.
    """

    url: str
    part: PartFile
    left: Callable[[], float]
    on_progress: Callable[[int, int | None], object] | None = None


class FileWork(NamedTuple):
    """Do something with files, which may block; under async it runs in a thread."""

    work: Callable[[], object]


class Sleep(NamedTuple):
    """Let time pass, in seconds."""

    seconds: float


class Report(NamedTuple):
    """Report what is known now to the caller."""

    update: Update


Step = Call | Query | Fetch | FileWork | Sleep | Report
Result = TypeVar("Result")
Steps: TypeAlias = Generator[Step, Any, Result]
Flow = Steps[Generation]

# Called with (bytes so far, total bytes or None).
Progress = Callable[[int, int | None], object]
# Called with the generation, and as the ``finish`` of ``PartFile.publish``.
Finish = Callable[[Generation, Any, Any], bool]


class CallbackError(Exception):
    """Carries an exception from a user callback past the flow's own error handling."""

    def __init__(self, error: WanError) -> None:
        super().__init__(error)
        self.error = error


@contextmanager
def callback_errors() -> Iterator[None]:
    """Wrap a ``WanError`` that a user callback raises, so that no flow handles it as its own."""
    try:
        yield
    except WanError as error:
        raise CallbackError(error) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class CallContext:
    """The clock, deadline, policies and headers of one call of a client.

    Attributes:
        now: Seconds on a clock that never goes back.
        started: When, on that clock, the call began.
        timeout: Seconds that the call may take in all.
        extra_headers: Sent with each request to the API.
        recording: Records what the call pays for; None if nobody does.
    """

    now: Callable[[], float]
    started: float
    timeout: float
    polling: PollingPolicy
    retrying: RetryPolicy
    extra_headers: Mapping[str, str] = field(default_factory=dict)
    recording: Recording | None = None

    def elapsed(self) -> float:
        """Return the seconds since the call began."""
        return self.now() - self.started

    def left(self) -> float:
        """Return the seconds until the caller's deadline."""
        return self.timeout - self.elapsed()

    def call(
        self,
        role: Role,
        argument: Any,
        seconds: float,
        headers: Mapping[str, str],
        *,
        fresh: bool = False,
    ) -> Call:
        """Return a request that may take ``seconds`` seconds, but not beyond the deadline."""
        left = self.left()
        return Call(
            role=role,
            argument=argument,
            timeout=min(seconds, left),
            time_left=left,
            headers=headers,
            fresh=fresh,
        )
