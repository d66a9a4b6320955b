"""Which spans a call has: for submitting, waiting, each poll, and downloading.

Names and attributes are those of OpenTelemetry's conventions where there are any; the others
begin with ``wan``. No attribute holds the key, a signed link or a message of an error,
which may repeat a prompt; nor the prompt itself, unless the usual variable asks for it.
"""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from wan_ergonomic._errors import WanError
from wan_ergonomic._flows import Call, Report, Step, Steps
from wan_ergonomic._generation import Generation
from wan_ergonomic._spec import model
from wan_ergonomic._version import __version__

# The variable by which programs allow the texts of prompts, and the values that allow it in spans.
CONTENT_VARIABLE = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"
_CONTENT = frozenset({"true", "span_only", "span_and_event"})

# The span that is begun with a call, by the name of its flow. That of a submission is begun when it
# is sent, and a poll has one of its own.
_FIRST = {
    "wait": "wan.wait",
    "download": "wan.download",
    "recover": "wan.recover",
    "recover_submission": "wan.recover",
}
# Flows that wait after they have submitted.
_WAITING = frozenset({"generate", "recovering"})


def observed(steps: Any, runner: Any, base_url: str, api: Any, provider: Any) -> tuple[Any, Any]:
    """Return steps and their runner with spans.

    Args:
        steps: What a call does.
        runner: What runs them.
        base_url: The API's address.
        api: The module ``opentelemetry.trace``.
        provider: The program's provider of tracers.
    """
    spans = _Spans(api, provider.get_tracer("wan_ergonomic", __version__), base_url)
    kind = _AsyncRunner if inspect.iscoroutinefunction(runner.call) else _Runner
    return _with_spans(steps, spans), kind(runner, spans)


def _with_spans(flow: Steps[Any], spans: _Spans) -> Steps[Any]:
    """Run a flow, and begin and end spans at its steps."""
    advance: Callable[[], Step] = partial(next, flow)
    try:
        spans.begin(getattr(flow, "__name__", ""))
        while True:
            step = advance()
            spans.reached(step)
            try:
                outcome = yield step
            except BaseException as error:  # noqa: BLE001 - the flow raises it again
                spans.failed(error)
                advance = partial(flow.throw, error)
            else:
                advance = partial(flow.send, outcome)
    except StopIteration as end:
        spans.returned(end.value)
        return end.value
    except BaseException as error:
        spans.ended(error)
        raise


class _Spans:
    """The spans of one call that are not ended yet: that of the operation, and of a poll in it."""

    def __init__(self, api: Any, tracer: Any, base_url: str) -> None:
        self._api = api
        self._tracer = tracer
        server = urlsplit(base_url)
        port = server.port or {"http": 80, "https": 443}[server.scheme]
        self._common = {
            "gen_ai.provider.name": "aimlapi",
            "gen_ai.request.model": model(),
            "server.address": server.hostname,
            "server.port": port,
        }
        self._flow = ""
        self._operation: Any = None
        self._poll: Any = None
        self._sent = 0

    def current(self) -> AbstractContextManager[object]:
        """Make the innermost span the current one, for those of an HTTP client."""
        span = self._operation if self._poll is None else self._poll
        if span is None:
            return nullcontext()
        # An error is recorded where it is raised in the flow.
        made: AbstractContextManager[object] = self._api.use_span(
            span, record_exception=False, set_status_on_exception=False
        )
        return made

    def begin(self, flow: str) -> None:
        """Begin the span of a call, unless that depends on what it does."""
        self._flow = flow
        if flow in _FIRST:
            self._operation = self._start(_FIRST[flow])

    def reached(self, step: Step) -> None:
        """End and begin what a step ends and begins."""
        generation = None
        if isinstance(step, Report) and step.update.error is None:
            generation = step.update.generation
        self._end_poll(generation)
        if isinstance(step, Call) and step.role == "create":
            self._submits(step.argument)
        elif isinstance(step, Call):
            self._polls(step.argument)
        elif generation and self._sent:
            self._accepted(generation)

    def failed(self, error: BaseException) -> None:
        """Record why a poll failed; the flow may go on."""
        self._fail(self._poll, error)

    def returned(self, result: Any) -> None:
        """End everything with what the call returns."""
        generation = result if isinstance(result, Generation) else None
        self._end_poll(generation)
        self._end_operation(generation)

    def ended(self, error: BaseException) -> None:
        """End everything with the error that ends the call."""
        self._fail(self._poll, error)
        self._fail(self._operation, error)
        self.returned(getattr(error, "generation", None))

    def _submits(self, body: Mapping[str, Any]) -> None:
        self._sent += 1
        if self._sent > 1:
            self._operation.set_attribute("http.request.resend_count", self._sent - 1)
            return
        # The convention for the name: the operation, then the model.
        operation = "generate_content"
        self._operation = self._start(f"{operation} {model()}", client=True)
        self._operation.set_attribute("gen_ai.operation.name", operation)
        self._operation.set_attribute("gen_ai.output.type", "video")
        seed = body.get("seed")
        if isinstance(seed, int):
            self._operation.set_attribute("gen_ai.request.seed", seed)
        if os.environ.get(CONTENT_VARIABLE, "").strip().lower() in _CONTENT:
            self._operation.set_attribute("gen_ai.input.messages", _messages(body))

    def _accepted(self, generation: Generation) -> None:
        """End the span of the submission; where the call waits next, begin that of waiting."""
        self._sent = 0
        self._end_operation(generation)
        if self._flow in _WAITING:
            self._operation = self._start("wan.wait")

    def _polls(self, generation_id: str) -> None:
        if self._operation is not None:
            self._operation.set_attribute("gen_ai.response.id", generation_id)
        self._poll = self._start("wan.poll", client=True)
        self._poll.set_attribute("gen_ai.response.id", generation_id)

    def _start(self, name: str, *, client: bool = False) -> Any:
        kind = self._api.SpanKind.CLIENT if client else self._api.SpanKind.INTERNAL
        # Without a context, the parent is the program's current span.
        parent = self._api.set_span_in_context(self._operation) if self._operation else None
        return self._tracer.start_span(
            name, context=parent, kind=kind, attributes=dict(self._common)
        )

    def _end_poll(self, generation: Generation | None) -> None:
        if self._poll is not None:
            _end(self._poll, generation)
            self._poll = None

    def _end_operation(self, generation: Generation | None) -> None:
        if self._operation is not None:
            _end(self._operation, generation)
            self._operation = None

    def _fail(self, span: Any, error: BaseException) -> None:
        # A call that its user has ended early did not fail.
        if span is None or isinstance(error, GeneratorExit):
            return
        span.set_attribute("error.type", type(error).__name__)
        status = getattr(error, "status_code", None)
        if isinstance(error, WanError) and status:
            span.set_attribute("http.response.status_code", status)
        span.set_status(self._api.Status(self._api.StatusCode.ERROR))
        known = {
            "gen_ai.response.id": getattr(error, "generation_id", None),
            "wan.client_request_id": getattr(error, "client_request_id", None),
        }
        span.set_attributes({name: value for name, value in known.items() if value})


def _end(span: Any, generation: Generation | None) -> None:
    """End a span with what is known of a generation."""
    if generation:
        usage = generation.usage
        known = {
            "gen_ai.response.id": generation.id,
            "wan.status": generation.status,
            "wan.client_request_id": generation.client_request_id,
            "wan.cost.usd": usage and usage.in_usd,
            "wan.cost.credits": usage and usage.credits,
        }
        span.set_attributes({name: value for name, value in known.items() if value is not None})
    span.end()


def _messages(body: Mapping[str, Any]) -> str:
    parts = [{"type": "text", "content": body.get("prompt")}]
    return json.dumps([{"role": "user", "parts": parts}], ensure_ascii=False)


class _Runner:
    """Runs requests inside the span that they belong to."""

    def __init__(self, runner: Any, spans: _Spans) -> None:
        self._runner = runner
        self._spans = spans

    def __getattr__(self, name: str) -> Any:
        return getattr(self._runner, name)

    def call(self, step: Any) -> Any:
        """Call the API."""
        with self._spans.current():
            return self._runner.call(step)

    def fetch(self, step: Any) -> Any:
        """Stream a video into its part file."""
        with self._spans.current():
            return self._runner.fetch(step)


class _AsyncRunner(_Runner):
    """Does so by awaiting."""

    async def call(self, step: Any) -> Any:
        """Call the API."""
        with self._spans.current():
            return await self._runner.call(step)

    async def fetch(self, step: Any) -> Any:
        """Stream a video into its part file."""
        with self._spans.current():
            return await self._runner.fetch(step)
