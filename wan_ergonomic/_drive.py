"""The only two loops that perform what a flow asks for.

They are alike on purpose: read one and you have read both. What is not a
``WanError`` - the caller's own exception, a cancellation, Ctrl-C - is not the
flow's to handle and ends it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import closing
from functools import partial
from typing import Protocol, assert_never

from ._errors import WanError
from ._generation import Update
from ._steps import Answer, Call, Fetch, Flow, Report, Sleep, Step


class Performer(Protocol):
    """Performs steps by blocking."""

    def call(self, step: Call, /) -> Answer:
        """Ask the API."""

    def fetch(self, step: Fetch, /) -> None:
        """Stream a video."""

    def sleep(self, seconds: float, /) -> None:
        """Let time pass."""


class AsyncPerformer(Protocol):
    """Performs steps by awaiting."""

    async def call(self, step: Call, /) -> Answer:
        """Ask the API."""

    async def fetch(self, step: Fetch, /) -> None:
        """Stream a video."""

    def sleep(self, seconds: float, /) -> Awaitable[None]:
        """Let time pass."""


def drive(flow: Flow, performer: Performer) -> Generator[Update]:
    """Run a flow to its end, yielding each update that it reports."""
    resume: Callable[[], Step] = partial(next, flow)
    with closing(flow):
        while True:
            try:
                step = resume()
            except StopIteration:
                return
            resume = partial(next, flow)
            try:
                match step:
                    case Call():
                        resume = partial(flow.send, performer.call(step))
                    case Fetch():
                        performer.fetch(step)
                    case Sleep():
                        performer.sleep(step.seconds)
                    case Report():
                        yield step.update
                    case _:
                        assert_never(step)
            except WanError as error:
                resume = partial(flow.throw, error)


async def adrive(flow: Flow, performer: AsyncPerformer) -> AsyncGenerator[Update]:
    """Run a flow to its end, yielding each update that it reports."""
    resume: Callable[[], Step] = partial(next, flow)
    with closing(flow):
        while True:
            try:
                step = resume()
            except StopIteration:
                return
            resume = partial(next, flow)
            try:
                match step:
                    case Call():
                        resume = partial(flow.send, await performer.call(step))
                    case Fetch():
                        await performer.fetch(step)
                    case Sleep():
                        await performer.sleep(step.seconds)
                    case Report():
                        yield step.update
                    case _:
                        assert_never(step)
            except WanError as error:
                resume = partial(flow.throw, error)
