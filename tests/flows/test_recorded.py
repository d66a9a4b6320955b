"""What is recorded of a flow: before it is sent, and before anyone else learns of it."""

from __future__ import annotations

from typing import Any

import pytest

from wan_ergonomic import Generation
from wan_ergonomic._flows import Call, FileWork, Flow, Report, recorded, submit, wait

from .stage import PENDING, abandon, api_error, completed, context, lost, play, response

BODY = {"prompt": "A boat"}
HEADERS = {"X-Client-Request-Id": "r"}


class Notes:
    """Records that keep the name and the last argument of each call."""

    def __init__(self) -> None:
        self.made: list[tuple[str, Any]] = []

    def __getattr__(self, name: str) -> Any:
        return lambda *arguments: self.made.append((name, arguments[-1]))


def test_a_submission_is_recorded_before_and_after_its_call(clock):
    """Then it is reported."""
    notes = Notes()
    played = play(recorded(submit(BODY, context(clock)), notes), clock, response("queued"))
    assert [type(step) for step in played.steps] == [FileWork, Call, FileWork, Report]
    assert notes.made == [("begin", BODY), ("accepted", played.result)]


def test_a_submission_that_is_sent_again_is_begun_once(clock):
    """It keeps its request id."""
    notes = Notes()
    flow = recorded(submit(BODY, context(clock)), notes)
    play(flow, clock, api_error(429, retry_after="1"), response("queued"))
    assert [name for name, _ in notes.made] == ["begin", "accepted"]


@pytest.mark.parametrize("outcome", [api_error(400), lost(sent=True)], ids=["rejected", "in doubt"])
def test_a_submission_that_fails_is_recorded_with_its_error(clock, outcome):
    """The caller gets the same error."""
    notes = Notes()
    played = play(recorded(submit(BODY, context(clock)), notes), clock, outcome)
    assert notes.made == [("begin", BODY), ("ended", played.error)]


def test_only_changes_of_the_status_are_recorded_of_a_wait(clock):
    """Each poll is reported all the same."""
    notes = Notes()
    script = (response("queued"), response("queued"), response("generating"), completed())
    played = play(recorded(wait(PENDING, context(clock)), notes), clock, *script)
    seen = [(name, generation.status) for name, generation in notes.made]
    assert seen == [("seen", "queued"), ("seen", "generating"), ("seen", "completed")]
    assert len(played.updates) == len(script)


def test_an_error_of_a_wait_ends_no_submission(clock):
    """There was none in this flow."""
    notes = Notes()
    play(recorded(wait(Generation(id="gen-1"), context(clock)), notes), clock, api_error(401))
    assert notes.made == []


def test_a_flow_that_is_closed_while_it_is_recorded_does_the_work_that_it_has_left():
    """A part file is closed in the end."""
    done: list[str] = []

    def inner() -> Flow:
        try:
            yield Call(role="create", argument={}, timeout=1, time_left=1, headers=HEADERS)
        finally:
            yield FileWork(lambda: done.append("closed"))
        raise AssertionError

    flow = recorded(inner(), Notes())
    assert isinstance(next(flow), FileWork)
    abandon(flow)
    assert done == ["closed"]


def test_an_error_while_recording_is_raised_in_the_flow():
    """As one of the step itself would be: Ctrl-C, for example."""
    caught: list[BaseException] = []

    def inner() -> Flow:
        try:
            yield Call(role="create", argument={}, timeout=1, time_left=1, headers=HEADERS)
        except KeyboardInterrupt as error:
            caught.append(error)
            raise
        raise AssertionError

    flow, stop = recorded(inner(), Notes()), KeyboardInterrupt()
    next(flow)
    with pytest.raises(KeyboardInterrupt):
        flow.throw(stop)
    assert caught == [stop]
