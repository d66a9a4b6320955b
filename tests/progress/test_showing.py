"""A flow that is shown does what the flow alone does."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.responses import ID
from wan_ergonomic import Generation, Update
from wan_ergonomic._flows import FileWork, Report, Sleep
from wan_ergonomic._progress import shown

SEEN = Update(generation=Generation(id=ID), elapsed=1)


class Noted:
    """A display that notes its calls."""

    def __init__(self) -> None:
        self.calls: list[Any] = []

    def begin(self, first: str) -> None:
        """Note the beginning."""
        self.calls.append(first)

    def show(self, update: Update) -> None:
        """Note an update."""
        self.calls.append(update)

    def end(self, update: Update | None, error: BaseException | None) -> None:
        """Note the end."""
        self.calls.append((update, type(error)))


def flow(caught: list[object]) -> Any:
    """Sleep, report and return; note what is sent and thrown, and clean up."""
    try:
        caught.append((yield Sleep(1)))
        caught.append((yield Report(SEEN)))
    except ValueError as error:
        caught.append(error)
    finally:
        yield FileWork(int)
    return SEEN.generation


def test_each_outcome_reaches_the_flow_and_its_result_the_caller():
    """The report is shown only after the caller's callbacks were called with it."""
    display, caught = Noted(), list[object]()
    steps: Any = shown(flow(caught), display, "first")
    assert next(steps) == Sleep(1)
    assert steps.send("a") == Report(SEEN)
    assert display.calls == ["first"]
    assert steps.send("b") == FileWork(int)
    assert display.calls == ["first", SEEN]
    with pytest.raises(StopIteration) as end:
        steps.send(None)
    assert (end.value.value, caught) == (SEEN.generation, ["a", "b"])
    assert display.calls[2:] == [(SEEN, type(None))]


def test_each_error_reaches_the_flow():
    """It may handle it."""
    display, caught, error = Noted(), list[object](), ValueError("no")
    steps: Any = shown(flow(caught), display, "first")
    next(steps)
    assert steps.throw(error) == FileWork(int)
    with pytest.raises(StopIteration):
        steps.send(None)
    assert (caught, display.calls) == ([error], ["first", (None, type(None))])


def test_an_interrupt_while_it_is_shown_reaches_the_flow():
    """The flow adds the id to it."""
    display, caught = Noted(), list[object]()

    def interrupt(_: Update) -> None:
        raise KeyboardInterrupt

    display.show = interrupt  # type: ignore[assignment]
    steps: Any = shown(flow(caught), display, "first")
    next(steps)
    steps.send(None)
    assert steps.send(None) == FileWork(int)
    with pytest.raises(KeyboardInterrupt):
        steps.send(None)
    assert display.calls == ["first", (SEEN, KeyboardInterrupt)]


def test_a_flow_that_is_closed_does_its_last_work():
    """As a driver ends one."""
    display = Noted()
    steps: Any = shown(flow([]), display, "first")
    next(steps)
    assert steps.throw(GeneratorExit()) == FileWork(int)
    with pytest.raises(GeneratorExit):
        steps.send(None)
    assert display.calls == ["first", (None, GeneratorExit)]
