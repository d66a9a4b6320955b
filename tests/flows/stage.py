"""Plays a flow: gives each step its outcome from a script, on a fake clock.

Nothing is sent and nothing waits. A test checks the steps that the flow yielded.
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

# What a storage sends into the part file of a fetch; returns the error that ends the stream.
Stream = Callable[[Fetch], WanError | None]
# A response that depends on the time of the call.
Job = Callable[[], ApiResponse]
Outcome = ApiResponse | Exception | Stream | Job


def response(
    status: str = "generating", *, headers: dict[str, str] | None = None, **more: Any
) -> ApiResponse:
    """Return a successful response with an id, a status and other fields."""
    content = json.dumps({"id": ID, "status": status, **more}).encode()
    return ApiResponse(content=content, headers=headers or {})


def completed() -> ApiResponse:
    """Return the response that ends a wait."""
    return response("completed", video={"url": LINK})


def api_error(status_code: int, retry_after: str | None = None, body: Any = "") -> WanError:
    """Return the error that the driver throws in for an error response."""
    headers = {} if retry_after is None else {"retry-after": retry_after}
    content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return parse_error(status_code, headers, content)


def lost(*, sent: bool) -> ConnectionFailedError:
    """Return the error that the driver throws in when no response came."""
    return ConnectionFailedError("The connection failed: reset by peer.", sent=sent)


def context(clock: FakeClock, timeout: float = 1000.0, **more: Any) -> CallContext:
    """Return the context of a call that starts now."""
    policies: dict[str, Any] = {"polling": STEADY, "retrying": RetryPolicy(), **more}
    return CallContext(now=clock.now, started=clock.now(), timeout=timeout, **policies)


@dataclass
class Played:
    """What a flow did.

    Attributes:
        steps: Each step that it yielded.
        result: What it returned, or None.
        error: The error that it raised, or None.
        unused: How many outcomes of the script were left.
    """

    steps: list[Step] = field(default_factory=list)
    result: Generation | None = None
    error: WanError | None = None
    unused: int = 0

    @property
    def step_types(self) -> list[type[Step]]:
        """The type of each step, without file work."""
        return [type(step) for step in self.steps if not isinstance(step, FileWork)]

    @property
    def calls(self) -> list[Call]:
        """Each API request."""
        return [step for step in self.steps if isinstance(step, Call)]

    @property
    def sleeps(self) -> list[float]:
        """The seconds of each pause."""
        return [step.seconds for step in self.steps if isinstance(step, Sleep)]

    @property
    def updates(self) -> list[Update]:
        """Each update that it reported."""
        return [step.update for step in self.steps if isinstance(step, Report)]

    @property
    def fetches(self) -> list[str]:
        """The link of each fetch."""
        return [step.url for step in self.steps if isinstance(step, Fetch)]


def play(flow: Flow, clock: FakeClock, *script: Outcome, seconds: float = 0.0) -> Played:
    """Run a flow to its end.

    Each call or fetch takes ``seconds`` seconds and the next outcome of the script.
    """
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
                step = _deliver(flow, step, next(outcomes, None))
    except StopIteration as end:
        played.result = end.value
    except WanError as error:
        played.error = error
    played.unused = len(list(outcomes))
    return played


def abandon(flow: Flow) -> None:
    """Close a flow where it is, as a driver does that is closed."""
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


def _deliver(flow: Flow, step: Step, outcome: Outcome | None) -> Step:
    assert outcome is not None, "the flow made more requests than the script has outcomes"
    about = (step,) if isinstance(step, Fetch) else ()
    result = outcome(*about) if callable(outcome) else outcome
    return flow.throw(result) if isinstance(result, Exception) else flow.send(result)
