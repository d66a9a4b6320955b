"""Records what a flow pays for, before its caller or anyone else learns of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from wan_ergonomic._errors import WanError
from wan_ergonomic._generation import Generation

from ._messages import CLIENT_REQUEST_ID
from ._steps import Call, Fetch, FileWork, Flow, Report, Step

if TYPE_CHECKING:
    from wan_ergonomic._files import PartFile

Work = Callable[[], None]


class Records(Protocol):
    """Where the progress of flows is recorded; every method may block, and none fails."""

    def begin(self, client_request_id: str, body: Mapping[str, Any]) -> None:
        """Record a submission that is about to be sent."""

    def accepted(self, generation: Generation) -> None:
        """Record what the response to a submission says."""

    def ended(self, client_request_id: str, error: WanError) -> None:
        """Record a submission that was rejected or is in doubt."""

    def seen(self, generation: Generation) -> None:
        """Record a generation as it is now."""

    def saved(self, generation: Generation, file: Any) -> None:
        """Record the path of a saved video."""


def recorded(flow: Flow, records: Records) -> Flow:
    """Run a flow, and record its submission, each change of status, and the video's file."""
    recording = _Recording(records)
    advance: Callable[[], Step] = partial(next, flow)
    try:
        while True:
            step = advance()
            try:
                for work in recording.before(step):
                    yield FileWork(work)
                outcome = yield step
            except BaseException as error:  # noqa: BLE001 - the flow raises it again
                advance = partial(flow.throw, error)
            else:
                advance = partial(flow.send, outcome)
    except StopIteration as end:
        generation: Generation = end.value
        return generation
    except WanError as error:
        for work in recording.failed(error):
            yield FileWork(work)
        raise


class _Recording:
    """What was recorded of one flow so far."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._request_id: str | None = None
        self._accepted = False
        self._status: str | None = None
        self._part: PartFile | None = None

    def before(self, step: Step) -> Iterator[Work]:
        """Yield what to record before a step."""
        if isinstance(step, Call) and step.role == "create" and self._request_id is None:
            self._request_id = step.headers[CLIENT_REQUEST_ID]
            yield partial(self._records.begin, self._request_id, step.argument)
        elif isinstance(step, Fetch):
            self._part = step.part
        elif isinstance(step, Report):
            yield from self._report(step.update.generation)

    def _report(self, generation: Generation) -> Iterator[Work]:
        if self._request_id and not self._accepted:
            self._accepted = True
            yield partial(self._records.accepted, generation)
        elif generation.status != self._status:
            yield partial(self._records.seen, generation)
        self._status = generation.status
        if self._part and self._part.path:
            yield partial(self._records.saved, generation, self._part.path)

    def failed(self, error: WanError) -> Iterator[Work]:
        """Yield what to record of a flow that an error ended."""
        if self._request_id and not self._accepted:
            yield partial(self._records.ended, self._request_id, error)
