"""The only two loops that perform what a flow asks for.

They are alike on purpose: read one and you have read both. What is not a
``WanError`` - the caller's own exception, a cancellation, Ctrl-C - is not the
flow's to handle and ends it.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, Generator
from contextlib import closing
from typing import TYPE_CHECKING, assert_never

from ._errors import WanError
from ._generation import Update
from ._steps import Answer, Call, Fetch, Flow, Report, Sleep

if TYPE_CHECKING:
    from ._performing import AwaitingPerformer, BlockingPerformer


def drive(flow: Flow, performer: BlockingPerformer) -> Generator[Update]:
    """Run a flow to its end, yielding each update that it reports."""
    outcome: Answer | WanError | None = None
    with closing(flow):
        while True:
            try:
                step = flow.throw(outcome) if isinstance(outcome, WanError) else flow.send(outcome)
            except StopIteration:
                return
            outcome = None
            try:
                match step:
                    case Call():
                        outcome = performer.call(step)
                    case Fetch():
                        performer.fetch(step)
                    case Sleep():
                        performer.sleep(step.seconds)
                    case Report():
                        yield step.update
                    case _:
                        assert_never(step)
            except WanError as error:
                outcome = error


async def adrive(flow: Flow, performer: AwaitingPerformer) -> AsyncGenerator[Update]:
    """Run a flow to its end, yielding each update that it reports."""
    outcome: Answer | WanError | None = None
    with closing(flow):
        while True:
            try:
                step = flow.throw(outcome) if isinstance(outcome, WanError) else flow.send(outcome)
            except StopIteration:
                return
            outcome = None
            try:
                match step:
                    case Call():
                        outcome = await performer.call(step)
                    case Fetch():
                        await performer.fetch(step)
                    case Sleep():
                        await performer.sleep(step.seconds)
                    case Report():
                        yield step.update
                    case _:
                        assert_never(step)
            except WanError as error:
                outcome = error


async def awaited(told: object) -> None:
    """Await what a callback returned, if it is a coroutine or the like."""
    if inspect.isawaitable(told):
        await told
