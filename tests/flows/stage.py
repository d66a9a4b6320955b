"""Plays a flow: answers each call from a script, lets time pass on a fake clock.

Nothing is sent and nothing waits. What a flow asked for, in order, is what a
test looks at.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from tests.conftest import FakeClock
from wan_ergonomic import (
    ConnectionFailedError,
    Generation,
    PollingPolicy,
    RetryPolicy,
    Update,
    WanError,
)
from wan_ergonomic._flows import (
    ApiResponse,
    Call,
    CallContext,
    Fetch,
    FileWork,
    Flow,
    Report,
    Sleep,
    Step,
)
from wan_ergonomic._parsing import parse_error

ID = "dabf0a77-d01c-4982-8857-0ad0fa233053"
LINK = "https://cdn.example/v.mp4?Expires=1754382147&OSSAccessKeyId=AK&Signature=Zm9v%3D"
PENDING = Generation(id=ID, status="queued", raw={"id": ID, "status": "queued"})
STEADY = PollingPolicy(min_interval=10, max_interval=10, jitter=0)

# What a store does to the part file of a fetch, and how the stream breaks off, if it does.
Stream = Callable[[Fetch], WanError | None]
# A job that goes by the clock answers when it is asked.
Job = Callable[[], ApiResponse]
Outcome = ApiResponse | WanError | Stream | Job


def answer(
    status: str = "generating", *, headers: dict[str, str] | None = None, **more: Any
) -> ApiResponse:
    """An answer with an id, a status and whatever else."""
    content = json.dumps({"id": ID, "status": status, **more}).encode()
    return ApiResponse(content=content, headers=headers or {})


def completed() -> ApiResponse:
    """The answer that a wait is for."""
    return answer("completed", video={"url": LINK})


def refusal(status_code: int, retry_after: str | None = None, body: Any = "") -> WanError:
    """What the driver throws in when the API answers with something else than a success."""
    headers = {} if retry_after is None else {"retry-after": retry_after}
    content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return parse_error(status_code, headers, content)


def lost(*, sent: bool) -> ConnectionFailedError:
    """What the driver throws in when no answer came."""
    return ConnectionFailedError("The connection failed: reset by peer.", sent=sent)


def context(clock: FakeClock, timeout: float = 1000.0, **more: Any) -> CallContext:
    """What a call made now goes by."""
    policies: dict[str, Any] = {"polling": STEADY, "retrying": RetryPolicy(), **more}
    return CallContext(now=clock.now, started=clock.now(), timeout=timeout, **policies)


@dataclass
class Played:
    """What a flow did.

    Attributes:
        steps: Each step it asked for.
        result: What it returned, if it did.
        error: What it raised, if it did.
        spare: How many outcomes of the script it did not ask for.
    """

    steps: list[Step] = field(default_factory=list)
    result: Generation | None = None
    error: WanError | None = None
    spare: int = 0

    @property
    def kinds(self) -> list[type[Step]]:
        """The type of each step, without file work."""
        return [type(step) for step in self.steps if not isinstance(step, FileWork)]

    @property
    def calls(self) -> list[Call]:
        """Each request it made."""
        return [step for step in self.steps if isinstance(step, Call)]

    @property
    def sleeps(self) -> list[float]:
        """Each pause it made, in seconds."""
        return [step.seconds for step in self.steps if isinstance(step, Sleep)]

    @property
    def updates(self) -> list[Update]:
        """Each update it reported."""
        return [step.update for step in self.steps if isinstance(step, Report)]

    @property
    def fetches(self) -> list[str]:
        """Each link it followed."""
        return [step.url for step in self.steps if isinstance(step, Fetch)]


def play(flow: Flow, clock: FakeClock, *script: Outcome, seconds: float = 0.0) -> Played:
    """Run a flow to its end, each call or fetch taking so many seconds and the next outcome."""
    played, outcomes = Played(), iter(script)
    try:
        step = next(flow)
        while True:
            played.steps.append(step)
            if isinstance(step, Sleep):
                clock.sleep(step.seconds)
                step = next(flow)
            elif isinstance(step, FileWork):
                step = _work(flow, step)
            elif isinstance(step, Report):
                step = next(flow)
            else:
                clock.time += seconds
                step = _tell(flow, step, next(outcomes, None))
    except StopIteration as end:
        played.result = end.value
    except WanError as error:
        played.error = error
    played.spare = len(list(outcomes))
    return played


def abandon(flow: Flow) -> None:
    """End a flow where it is, as a driver does that is closed."""
    with suppress(GeneratorExit):
        step = flow.throw(GeneratorExit())
        assert isinstance(step, FileWork)
        _work(flow, step)


def _work(flow: Flow, step: FileWork) -> Step:
    try:
        done = step.work()
    except WanError as error:
        return flow.throw(error)
    return flow.send(done)


def _tell(flow: Flow, step: Step, outcome: Outcome | None) -> Step:
    assert outcome is not None, "the flow asked for more than the script holds"
    about = (step,) if isinstance(step, Fetch) else ()
    told = outcome(*about) if callable(outcome) else outcome
    return flow.throw(told) if isinstance(told, WanError) else flow.send(told)
