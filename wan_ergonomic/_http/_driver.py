"""The only two loops that run the steps of a flow: one blocks, one awaits.

They are alike on purpose: if you have read one, you know the other. An exception raised
while a step runs is raised in the flow. A flow handles only ``WanError``; a
user's own exception, a cancellation or Ctrl-C ends it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Generic, TypeVar, assert_never, cast

from wan_ergonomic._flows import Call, Fetch, FileWork, Query, Report, Sleep, Step, Steps
from wan_ergonomic._generation import Update

from ._runner import AsyncRunner, Runner, awaited

Result = TypeVar("Result")
# Returns each callback that an update is for, with its argument.
Callbacks = Callable[[Update], Iterable[tuple[Callable[[Any], object], object]]]


class _Driver(Generic[Result]):
    """A flow, and the outcome of its last step.

    Attributes:
        result: What the flow has returned; set at its end.
    """

    result: Result

    def __init__(self, flow: Steps[Result], callbacks: Callbacks) -> None:
        self._flow = flow
        self._callbacks = callbacks
        self._outcome: object = None

    def _advance(self) -> Step | None:
        """Give the flow the outcome of its last step; return its next step, None at its end."""
        outcome, self._outcome = self._outcome, None
        try:
            if isinstance(outcome, BaseException):
                return self._flow.throw(outcome)
            return self._flow.send(outcome)
        except StopIteration as end:
            self.result = end.value
            return None

    def close(self) -> None:
        """End the flow where it is, with the file work that it still has to do."""
        self._outcome = GeneratorExit()
        with suppress(GeneratorExit):
            while True:
                # A flow that is closed yields nothing but file work.
                self._outcome = cast("FileWork", self._advance()).work()


class Driver(_Driver[Result]):
    """Runs a flow by blocking."""

    def __init__(self, flow: Steps[Result], runner: Runner, callbacks: Callbacks) -> None:
        super().__init__(flow, callbacks)
        self._runner = runner

    def next_update(self) -> Update | None:
        """Run the flow to its next report; return the update, or None at the flow's end."""
        while (step := self._advance()) is not None:
            try:
                match step:
                    case Call() | Query():
                        self._outcome = self._runner.call(step)
                    case Fetch():
                        self._runner.fetch(step)
                    case FileWork():
                        self._outcome = step.work()
                    case Sleep():
                        self._runner.sleep(step.seconds)
                    case Report():
                        for callback, argument in self._callbacks(step.update):
                            callback(argument)
                        return step.update
                    case _:
                        assert_never(step)
            except BaseException as error:  # noqa: BLE001 - the flow raises it again
                self._outcome = error
        return None


class AsyncDriver(_Driver[Result]):
    """Runs a flow by awaiting."""

    def __init__(self, flow: Steps[Result], runner: AsyncRunner, callbacks: Callbacks) -> None:
        super().__init__(flow, callbacks)
        self._runner = runner

    async def next_update(self) -> Update | None:
        """Run the flow to its next report; return the update, or None at the flow's end."""
        while (step := self._advance()) is not None:
            try:
                match step:
                    case Call() | Query():
                        self._outcome = await self._runner.call(step)
                    case Fetch():
                        await self._runner.fetch(step)
                    case FileWork():
                        self._outcome = await self._runner.file_work(step.work)
                    case Sleep():
                        await self._runner.sleep(step.seconds)
                    case Report():
                        for callback, argument in self._callbacks(step.update):
                            await awaited(callback(argument))
                        return step.update
                    case _:
                        assert_never(step)
            except GeneratorExit:
                # This coroutine is being destroyed and cannot await; close() does the rest.
                raise
            except BaseException as error:  # noqa: BLE001 - the flow raises it again
                self._outcome = error
        return None
