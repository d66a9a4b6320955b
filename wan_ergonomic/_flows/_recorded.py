"""Records what a flow pays for, before its caller or anyone else learns of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from wan_ergonomic._errors import GenerationFailedError, SpendLimitError, WanError
from wan_ergonomic._generation import Drift, Generation

from ._steps import Fetch, FileWork, Flow, Report, Step, Steps

if TYPE_CHECKING:
    from wan_ergonomic._files import PartFile

Work = Callable[[], object]

# A charge that differs from the quote by less, in US dollars, is the same.
_SAME_USD = 0.00005


class Quoted(Protocol):
    """What a request costs."""

    @property
    def usd(self) -> float | None:
        """US dollars; None if that is not known."""

    @property
    def reason(self) -> str:
        """Why that is not known; "" if it is."""

    @property
    def exact(self) -> bool:
        """Whether a charge that differs from it is a finding."""


Quote = Callable[[Mapping[str, Any]], Steps[Quoted | None]]


class Records(Protocol):
    """Where the progress of flows is recorded. Every method may block; only ``begin`` may fail."""

    def begin(
        self, client_request_id: str, body: Mapping[str, Any], usd: float | None
    ) -> int | None:
        """Record a submission that is about to be sent; return its number.

        Raises:
            SpendLimitError: It must not be sent.
        """

    def accepted(self, generation: Generation, entry: int | None) -> None:
        """Record what the response to a submission says."""

    def ended(self, client_request_id: str, error: WanError, entry: int | None) -> None:
        """Record a submission that was rejected or is in doubt."""

    def seen(self, generation: Generation) -> None:
        """Record a generation as it is now."""

    def saved(self, generation: Generation, file: Any) -> None:
        """Record the path of a saved video."""


def recorded(flow: Flow, recording: Recording) -> Flow:
    """Run a flow, and record its submission, each change of status, and the video's file."""
    advance: Callable[[], Step] = partial(next, flow)
    try:
        while True:
            step = advance()
            try:
                if isinstance(step, Fetch):
                    recording.part = step.part
                elif isinstance(step, Report):
                    step = recording.compared(step)
                    for work in recording.of_report(step):
                        yield FileWork(work)
                outcome = yield step
            except BaseException as error:  # noqa: BLE001 - the flow raises it again
                advance = partial(flow.throw, error)
            else:
                advance = partial(flow.send, outcome)
    except StopIteration as end:
        return recording.returned(end.value)
    except WanError as error:
        yield from recording.rejected(error)
        raise


class Recording:
    """What was recorded of one call so far.

    Attributes:
        part: The file that a video is streamed into.
    """

    def __init__(self, records: Records, quote: Quote) -> None:
        self.part: PartFile | None = None
        self._records = records
        self._quote = quote
        self._quoted: Quoted | None = None
        self._request_id: str | None = None
        self._entry: int | None = None
        self._accepted = False
        self._status: str | None = None
        # What a report of the submission says, without and with a difference of the price.
        self._differs: tuple[Generation, Generation] | None = None

    def begin(self, client_request_id: str, body: Mapping[str, Any]) -> Steps[None]:
        """Record a submission before it is sent for the first time.

        Raises:
            SpendLimitError: It must not be sent.
        """
        self._quoted = yield from self._quote(body)
        usd = self._quoted.usd if self._quoted else None
        begin = partial(self._records.begin, client_request_id, body, usd)
        try:
            self._entry = yield FileWork(begin)
        except SpendLimitError as error:
            if error.price_usd is None and self._quoted and self._quoted.reason:
                error.args = (f"{error} Why: {self._quoted.reason.rstrip('.')}.",)
            raise
        self._request_id = client_request_id

    def rejected(self, error: WanError) -> Steps[None]:
        """Record that a submission was rejected, though its call ends for another reason."""
        for work in self.of_failure(error):
            yield FileWork(work)

    def compared(self, report: Report) -> Report:
        """Add a difference between the quote and the charge to a submission's report."""
        quoted, update = self._quoted, report.update
        usage = update.generation.usage
        charged = usage.in_usd if usage else None
        if self._accepted or not quoted or not quoted.exact or charged is None:
            return report
        if quoted.usd is None or abs(quoted.usd - charged) < _SAME_USD:
            return report
        drift = Drift(
            kind="price",
            operation="create",
            pointer="/meta/usage",
            expected=f"${quoted.usd:g}",
            found=f"${charged:g}",
        )
        generation = replace(update.generation, drift=(*update.generation.drift, drift))
        self._differs = update.generation, generation
        return Report(replace(update, generation=generation))

    def returned(self, generation: Generation) -> Generation:
        """Return what a call returns: that of a submission as it was reported."""
        reported = self._differs
        return reported[1] if reported and generation is reported[0] else generation

    def of_report(self, report: Report) -> Iterator[Work]:
        """Yield what to record of a report."""
        generation = report.update.generation
        # A submission, or one that was found again: downloads report no poll either.
        begun = generation.client_request_id and not report.update.polls and not self.part
        if begun and not self._accepted:
            self._accepted = True
            yield partial(self._records.accepted, generation, self._entry)
        elif generation.status != self._status:
            yield partial(self._records.seen, generation)
        self._status = generation.status
        # A download also polls for a fresh link, before the video is in its place.
        if self.part and self.part.path and not report.update.polls:
            yield partial(self._records.saved, generation, self.part.path)

    def of_failure(self, error: WanError) -> Iterator[Work]:
        """Yield what to record of a call that an error ended."""
        request_id = self._request_id
        if request_id is None and isinstance(error, GenerationFailedError):
            # Found as failed, without an id.
            request_id = error.generation.client_request_id if error.generation else None
        if request_id and not self._accepted:
            yield partial(self._records.ended, request_id, error, self._entry)
