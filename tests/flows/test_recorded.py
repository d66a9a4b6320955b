"""What is recorded of a flow: before it is sent, and before anyone else learns of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from tests.conftest import FakeClock
from wan_ergonomic import Generation, GenerationFailedError, SpendLimitError, Update
from wan_ergonomic._flows import (
    Call,
    CallContext,
    FileWork,
    Flow,
    Quoted,
    Recording,
    Report,
    Steps,
    recorded,
    submit,
    wait,
)

from .stage import PENDING, abandon, api_error, completed, context, lost, play, response

BODY = {"prompt": "A boat"}


@dataclass
class Told:
    """A price."""

    usd: float | None
    exact: bool = True
    reason: str = ""


class Notes:
    """Records that keep the name and one argument of each call."""

    def __init__(self, error: Exception | None = None) -> None:
        self.made: list[tuple[str, Any]] = []
        self.begun: list[Any] = []
        self.of: list[tuple[str, int | None]] = []
        self.error = error

    def begin(self, *arguments: Any) -> int:
        """Keep the arguments, or raise the error."""
        if self.error:
            raise self.error
        self.begun.append(arguments)
        self.made.append(("begin", arguments[1]))
        return 7

    def ended(self, request_id: str, error: Exception, entry: int | None) -> None:
        """Keep the error."""
        self.made.append(("ended", error))
        self.of.append((request_id, entry))

    def __getattr__(self, name: str) -> Any:
        return lambda *arguments: self.made.append((name, arguments[0]))


def recording(notes: Notes, price: Quoted | None = None) -> Recording:
    """Return a recording for one call."""

    def quote(_: Mapping[str, Any]) -> Steps[Quoted | None]:
        yield from ()
        return price

    return Recording(notes, quote)


def flow_of(
    notes: Notes,
    clock: FakeClock,
    make: Callable[[CallContext], Flow],
    price: Quoted | None = None,
) -> Flow:
    """Return a recorded flow."""
    made = recording(notes, price)
    return recorded(make(context(clock, recording=made)), made)


def submitted(notes: Notes, clock: FakeClock, price: Quoted | None = None) -> Flow:
    """Return the recorded flow of a submission."""
    return flow_of(notes, clock, lambda each: submit(BODY, each), price)


def test_a_submission_is_recorded_before_and_after_its_call(clock):
    """Then it is reported."""
    notes = Notes()
    played = play(submitted(notes, clock), clock, response("queued"))
    assert [type(step) for step in played.steps] == [FileWork, Call, FileWork, Report]
    assert notes.made == [("begin", BODY), ("accepted", played.result)]


def test_a_submission_that_is_sent_again_is_begun_once(clock):
    """It keeps its request id."""
    notes = Notes()
    flow = submitted(notes, clock)
    play(flow, clock, api_error(429, retry_after="1"), response("queued"))
    assert [name for name, _ in notes.made] == ["begin", "accepted"]


@pytest.mark.parametrize("outcome", [api_error(400), lost(sent=True)], ids=["rejected", "in doubt"])
def test_a_submission_that_fails_is_recorded_with_its_error(clock, outcome):
    """The caller gets the same error."""
    notes = Notes()
    played = play(submitted(notes, clock), clock, outcome)
    assert notes.made == [("begin", BODY), ("ended", played.error)]
    assert notes.of == [(notes.begun[0][0], 7)]


def test_only_changes_of_the_status_are_recorded_of_a_wait(clock):
    """Each poll is reported all the same."""
    notes = Notes()
    script = (response("queued"), response("queued"), response("generating"), completed())
    played = play(flow_of(notes, clock, lambda each: wait(PENDING, each)), clock, *script)
    seen = [(name, generation.status) for name, generation in notes.made]
    assert seen == [("seen", "queued"), ("seen", "generating"), ("seen", "completed")]
    assert len(played.updates) == len(script)


def test_an_error_of_a_wait_ends_no_submission(clock):
    """There was none in this flow."""
    notes = Notes()
    play(
        flow_of(notes, clock, lambda each: wait(Generation(id="gen-1"), each)),
        clock,
        api_error(401),
    )
    assert notes.made == []


def test_a_flow_that_is_closed_while_it_is_recorded_does_the_work_that_it_has_left():
    """A part file is closed in the end."""
    done: list[str] = []

    def inner() -> Flow:
        try:
            yield Report(Update(generation=PENDING, elapsed=0))
        finally:
            yield FileWork(lambda: done.append("closed"))
        raise AssertionError

    flow = recorded(inner(), recording(Notes()))
    assert isinstance(next(flow), FileWork)
    abandon(flow)
    assert done == ["closed"]


def test_an_error_while_recording_is_raised_in_the_flow():
    """As one of the step itself would be: Ctrl-C, for example."""
    caught: list[BaseException] = []

    def inner() -> Flow:
        try:
            yield Report(Update(generation=PENDING, elapsed=0))
        except KeyboardInterrupt as error:
            caught.append(error)
            raise
        raise AssertionError

    flow, stop = recorded(inner(), recording(Notes())), KeyboardInterrupt()
    next(flow)
    with pytest.raises(KeyboardInterrupt):
        flow.throw(stop)
    assert caught == [stop]


@pytest.mark.parametrize(
    ("generation", "of"),
    [
        (Generation(id="", status="failed", client_request_id="r-1"), [("r-1", None)]),
        (Generation(id="gen-1", status="failed"), []),
        (None, []),
    ],
)
def test_a_submission_that_the_log_has_as_failed_is_ended(clock, generation, of):
    """By its request's id, which is all that is known of one that was looked for."""

    def failing() -> Flow:
        yield FileWork(lambda: None)
        raise GenerationFailedError("Failed.", generation=generation)

    notes = Notes()
    played = play(recorded(failing(), recording(notes)), clock)
    assert isinstance(played.error, GenerationFailedError)
    assert notes.of == of


def test_what_must_not_be_sent_is_not_sent(clock):
    """The error is the caller's; nothing is recorded as ended."""
    notes = Notes(SpendLimitError("Too much."))
    played = play(submitted(notes, clock), clock)
    assert (played.error, played.calls, notes.made) == (notes.error, [], [])
    assert str(played.error) == "Too much."


def test_why_a_price_is_not_known_is_said_with_the_rejection(clock):
    """Else a person would have to ask for the price again."""
    played = play(
        submitted(Notes(SpendLimitError("Unknown.")), clock, Told(None, reason="it varies")), clock
    )
    assert str(played.error) == "Unknown. Why: it varies."


def test_the_price_is_recorded_with_the_submission(clock):
    """It is asked for before the submission is sent."""
    notes = Notes()
    play(submitted(notes, clock, Told(0.5)), clock, response("queued"))
    assert [arguments[2] for arguments in notes.begun] == [0.5]


@pytest.mark.parametrize(
    ("price", "drift"),
    [
        (Told(0.25), ["$0.5 was charged; the price in the catalogue is $0.25 (price)"]),
        (Told(0.5), []),
        (Told(None), []),
        (Told(0.25, exact=False), []),
        (None, []),
    ],
)
def test_a_charge_that_is_not_the_price_is_reported(clock, price, drift):
    """Once, with the submission."""
    meta = {"usage": {"credits_used": 1_000_000}}
    played = play(submitted(Notes(), clock, price), clock, response("queued", meta=meta))
    found = [str(each) for each in played.updates[0].generation.drift if each.kind == "price"]
    assert found == drift
