"""The only two loops that perform what a flow asks for.

They are alike on purpose: read one and you have read both. Whatever is raised
while a step is performed is raised in the flow. Only a ``WanError`` is the
flow's to handle; a caller's own exception, a cancellation or Ctrl-C ends it.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, Callable, Generator, Iterable
from contextlib import closing
from typing import TYPE_CHECKING, Any, assert_never

from wan_ergonomic._flows._steps import ApiResponse, Call, Fetch, Flow, Report, Sleep
from wan_ergonomic._generation import Update

if TYPE_CHECKING:
    from ._runner import AsyncRunner, Runner

# Each callback that an update is for, with what it is told.
Calls = Callable[[Update], Iterable[tuple[Callable[[Any], object], object]]]


def drive(flow: Flow, runner: Runner, calls: Calls) -> Generator[Update]:
    """Run a flow to its end, telling and yielding each update that it reports."""
    outcome: ApiResponse | BaseException | None = None
    with closing(flow):
        while True:
            try:
                step = (
                    flow.throw(outcome)
                    if isinstance(outcome, BaseException)
                    else flow.send(outcome)
                )
            except StopIteration:
                return
            outcome = None
            try:
                match step:
                    case Call():
                        outcome = runner.call(step)
                    case Fetch():
                        runner.fetch(step)
                    case Sleep():
                        runner.sleep(step.seconds)
                    case Report():
                        for callback, about in calls(step.update):
                            callback(about)
                        yield step.update
                    case _:
                        assert_never(step)
            except BaseException as error:  # noqa: BLE001 - the flow raises it again
                outcome = error


async def adrive(flow: Flow, runner: AsyncRunner, calls: Calls) -> AsyncGenerator[Update]:
    """Run a flow to its end, telling and yielding each update that it reports."""
    outcome: ApiResponse | BaseException | None = None
    with closing(flow):
        while True:
            try:
                step = (
                    flow.throw(outcome)
                    if isinstance(outcome, BaseException)
                    else flow.send(outcome)
                )
            except StopIteration:
                return
            outcome = None
            try:
                match step:
                    case Call():
                        outcome = await runner.call(step)
                    case Fetch():
                        await runner.fetch(step)
                    case Sleep():
                        await runner.sleep(step.seconds)
                    case Report():
                        for callback, about in calls(step.update):
                            await awaited(callback(about))
                        yield step.update
                    case _:
                        assert_never(step)
            except BaseException as error:  # noqa: BLE001 - the flow raises it again
                outcome = error


async def awaited(told: object) -> None:
    """Await what a callback returned, if it is a coroutine or the like."""
    if inspect.isawaitable(told):
        await told
