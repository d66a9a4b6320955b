"""Spans of OpenTelemetry: which, with what, and nothing at all where nobody asked for them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support.actions import response
from tests.support.options import small
from tests.support.responses import (
    ID,
    MP4,
    PROMPT,
    SIGNATURE,
    VIDEO,
    accepted,
    completed,
    finished,
    poll_response,
)
from tests.support.stand_in import stand_in
from wan_ergonomic import (
    GenerationFailedError,
    NotFoundError,
    SubmissionInDoubtError,
    WaitTimeoutError,
    _client,
    _tracing,
)
from wan_ergonomic._spec import model
from wan_ergonomic.ledger import Ledger

pytest.importorskip("opentelemetry.sdk", reason="opentelemetry-sdk is not installed")

from opentelemetry import trace as otel
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import ProxyTracerProvider, SpanKind, StatusCode

CREDITS = {"meta": {"usage": {"credits_used": 200_000}}}
SUBMIT = f"generate_content {model()}"


class Traced:
    """What was recorded of a test's calls."""

    def __init__(self) -> None:
        self.exporter = InMemorySpanExporter()
        self.provider = TracerProvider()
        self.provider.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.tracer = self.provider.get_tracer("test")

    @property
    def spans(self) -> Any:
        """The spans that have ended, in that order."""
        return self.exporter.get_finished_spans()

    @property
    def names(self) -> list[str]:
        """Their names."""
        return [span.name for span in self.spans]

    def one(self, name: str) -> Any:
        """Return the only span of a name."""
        (span,) = [span for span in self.spans if span.name == name]
        return span


@pytest.fixture
def traced(monkeypatch) -> Iterator[Traced]:
    """A program that has set OpenTelemetry up."""
    made = Traced()
    monkeypatch.setattr(otel, "get_tracer_provider", lambda: made.provider)
    yield made
    made.provider.shutdown()


@pytest.fixture
def api(server, storage):
    """A server whose job is accepted, runs for two polls, and is completed."""
    server.script("submit", accepted(**CREDITS))
    server.script("poll", poll_response("queued"), poll_response("generating"), completed(storage))
    storage.script("download", response(200, VIDEO, MP4))
    return server


def test_a_submission_has_a_span_with_its_id_and_its_cost(traced, wan, api):
    """Named as the convention has it; the server is named, too."""
    generation = wan.submit(PROMPT)
    span = traced.one(SUBMIT)
    assert span.kind is SpanKind.CLIENT
    assert dict(span.attributes) == {
        "gen_ai.operation.name": "generate_content",
        "gen_ai.output.type": "video",
        "gen_ai.provider.name": "aimlapi",
        "gen_ai.request.model": model(),
        "gen_ai.response.id": ID,
        "server.address": "127.0.0.1",
        "server.port": api.port,
        "wan.client_request_id": generation.client_request_id,
        "wan.cost.credits": 200_000,
        "wan.cost.usd": 0.1,
        "wan.status": "queued",
    }
    assert span.status.status_code is StatusCode.UNSET


@pytest.mark.usefixtures("api")
def test_generating_is_submitting_then_waiting_with_a_span_for_each_poll(traced, wan):
    """The polls are in the wait; both are in the program's own span."""
    with traced.tracer.start_as_current_span("the program"):
        wan.generate(PROMPT)
    assert traced.names == [SUBMIT, *["wan.poll"] * 3, "wan.wait", "the program"]
    waited, program = traced.one("wan.wait"), traced.one("the program")
    polls = [span for span in traced.spans if span.name == "wan.poll"]
    assert {span.parent.span_id for span in polls} == {waited.context.span_id}
    for span in (waited, traced.one(SUBMIT)):
        assert span.parent.span_id == program.context.span_id
    statuses = ["queued", "generating", "completed"]
    assert [span.attributes["wan.status"] for span in polls] == statuses
    assert {span.attributes["gen_ai.response.id"] for span in (*polls, waited)} == {ID}
    assert (waited.attributes["wan.status"], waited.attributes["wan.cost.usd"]) == (
        "completed",
        0.1,
    )


@pytest.mark.usefixtures("api")
def test_a_status_is_one_poll(traced, wan):
    """It does not wait."""
    wan.status(ID)
    assert traced.names == ["wan.poll"]
    assert traced.one("wan.poll").parent is None


@pytest.mark.usefixtures("api")
def test_watching_is_waiting(traced, wan):
    """If its user leaves early, it did not fail."""
    changes = wan.watch(ID)
    next(changes)
    changes.close()
    assert traced.names == ["wan.poll", "wan.wait"]
    assert traced.one("wan.wait").status.status_code is StatusCode.UNSET
    assert "error.type" not in traced.one("wan.wait").attributes


def test_a_download_has_a_span(traced, wan, api, storage, tmp_path):
    """And one for the poll that renews its link."""
    wan.download(finished(storage), tmp_path / "a.mp4")
    assert traced.names == ["wan.download"]
    assert traced.one("wan.download").attributes["gen_ai.response.id"] == ID
    api.script("poll", completed(storage))
    wan.download(ID, tmp_path / "b.mp4")
    assert traced.names == ["wan.download", "wan.poll", "wan.download"]


def test_a_poll_that_fails_says_why_and_the_wait_goes_on(traced, wan, server, storage):
    """Only its own span has an error."""
    server.script("poll", response(503, {"message": "busy"}), completed(storage))
    wan.wait(ID)
    first, second = (span for span in traced.spans if span.name == "wan.poll")
    assert first.attributes["error.type"] == "ServerError"
    assert first.attributes["http.response.status_code"] == 503
    assert "wan.status" not in first.attributes
    assert [each.status.status_code for each in (first, second, traced.one("wan.wait"))] == [
        *(StatusCode.ERROR, StatusCode.UNSET, StatusCode.UNSET)
    ]


def test_a_call_that_fails_says_why(traced, wan, server):
    """With the id and the status, and without the message."""
    server.script("poll", poll_response("error", error={"name": "x", "message": "canary"}))
    with pytest.raises(GenerationFailedError):
        wan.wait(ID)
    span = traced.one("wan.wait")
    assert span.attributes["error.type"] == "GenerationFailedError"
    assert (span.attributes["wan.status"], span.attributes["gen_ai.response.id"]) == ("error", ID)
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, None)
    assert "canary" not in "".join(each.to_json() for each in traced.spans)
    assert all(each.events == () for each in traced.spans)


def test_a_status_that_fails_ends_its_poll(traced, wan_once, server):
    """There is no other span."""
    server.script("poll", response(404, {"message": "unknown"}))
    with pytest.raises(NotFoundError):
        wan_once.status(ID)
    span = traced.one("wan.poll")
    assert (span.attributes["error.type"], span.attributes["gen_ai.response.id"]) == (
        "NotFoundError",
        ID,
    )


def test_a_wait_that_is_over_is_an_error(traced, wan, server):
    """The job runs on."""
    server.script("poll", poll_response("queued"))
    with pytest.raises(WaitTimeoutError):
        wan.wait(ID, timeout=5)
    assert traced.one("wan.wait").attributes["error.type"] == "WaitTimeoutError"


def test_a_submission_in_doubt_names_what_the_vendor_can_look_up(traced, wan, server):
    """It may be billed."""
    server.script("submit", response(500, {"message": "lost"}))
    with pytest.raises(SubmissionInDoubtError) as caught:
        wan.submit(PROMPT)
    attributes = traced.one(SUBMIT).attributes
    assert attributes["error.type"] == "SubmissionInDoubtError"
    assert attributes["wan.client_request_id"] == caught.value.client_request_id


def test_a_submission_that_is_sent_again_is_one_span(traced, wan, server):
    """It says how often."""
    server.script("submit", response(429, {"message": "busy"}), accepted())
    wan.submit(PROMPT)
    assert traced.names == [SUBMIT]
    assert traced.one(SUBMIT).attributes["http.request.resend_count"] == 1


def test_a_submission_that_is_looked_for_has_a_span(traced, wan):
    """Asking the log has none: it is not told apart from other questions."""
    with pytest.raises(SubmissionInDoubtError):
        wan.recover("mine", timeout=1)
    assert traced.names == ["wan.recover"]
    with pytest.raises(Exception, match="Cannot GET"):
        wan.balance()
    assert traced.names == ["wan.recover"]


@pytest.mark.usefixtures("api")
def test_a_seed_is_an_attribute(traced, wan):
    """The convention has a name for it."""
    wan.submit(PROMPT, **small())
    assert traced.one(SUBMIT).attributes.get("gen_ai.request.seed") == small().get("seed")


@pytest.mark.parametrize(("value", "told"), [("", False), ("false", False), ("True", True)])
@pytest.mark.usefixtures("api")
def test_a_prompt_is_told_only_if_it_is_asked_for(traced, wan, monkeypatch, value, told):
    """By the variable that the convention names."""
    monkeypatch.setenv("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", value)
    wan.generate(PROMPT)
    whole = "".join(span.to_json() for span in traced.spans)
    assert (PROMPT in whole) == told
    if told:
        (message,) = json.loads(traced.one(SUBMIT).attributes["gen_ai.input.messages"])
        parts = [{"type": "text", "content": PROMPT}]
        assert message == {"role": "user", "parts": parts}


@pytest.mark.usefixtures("api")
def test_no_span_holds_the_key_or_a_signed_link(traced, wan, canary_key, tmp_path):
    """Spans are sent elsewhere."""
    wan.download(wan.generate(PROMPT), tmp_path / "boat.mp4")
    whole = "".join(span.to_json() for span in traced.spans)
    assert "wan.download" in whole
    assert canary_key not in whole
    assert SIGNATURE not in whole
    assert "http://" not in whole


def test_a_request_is_made_in_its_span(traced, client_kind, server, clock):
    """So that spans of an HTTP client, and log records, belong to it."""
    seen = []

    def respond(_: httpx.Request) -> httpx.Response:
        seen.append(otel.get_current_span().get_span_context().span_id)
        return httpx.Response(200, json={"id": ID, "status": "completed", "video": "https://x/y"})

    options = {"transport": httpx.MockTransport(respond), "clock": clock}
    with client_kind.client(base_url=server.url, **options) as client:
        client.wait(ID)
    assert seen == [traced.one("wan.poll").context.span_id]
    assert not otel.get_current_span().get_span_context().is_valid


def test_a_client_with_a_ledger_has_the_same_spans(traced, client_kind, api, clock, tmp_path):
    """What is recorded has none."""
    options = {"ledger": Ledger(tmp_path / "ledger"), "clock": clock}
    with client_kind.client(base_url=api.url, **options) as client:
        client.generate(PROMPT)
    assert traced.names == [SUBMIT, *["wan.poll"] * 3, "wan.wait"]


@pytest.mark.parametrize("provider", [ProxyTracerProvider, otel.NoOpTracerProvider])
def test_without_a_provider_nothing_is_done(monkeypatch, provider):
    """The package alone is no wish for spans."""
    monkeypatch.setattr(otel, "get_tracer_provider", provider)
    steps, runner = iter(()), object()
    assert _tracing.observe(steps, runner, "https://x") == (steps, runner)


def test_without_the_package_nothing_is_done(monkeypatch):
    """It is not imported either."""
    stand_in(monkeypatch, _tracing, "sys", modules={})
    steps, runner = iter(()), object()
    assert _tracing.observe(steps, runner, "https://x") == (steps, runner)


@pytest.mark.parametrize("polls", [2, 30])
def test_without_spans_a_poll_makes_no_call_more(wan, server, storage, monkeypatch, polls):
    """A call asks once whether there are any, however often it polls; nothing else is loaded."""
    monkeypatch.delitem(sys.modules, "wan_ergonomic._tracing._spans", raising=False)
    made = []

    def observe(steps: Any, runner: Any, base_url: str) -> Any:
        returned = _tracing.observe(steps, runner, base_url)
        made.append((returned[0] is steps, returned[1] is runner))
        return returned

    monkeypatch.setattr(_client, "observe", observe)
    server.script("poll", *[poll_response("queued")] * (polls - 1), completed(storage))
    wan.wait(ID)
    assert len(server.requests) == polls
    assert made == [(True, True)]
    assert "wan_ergonomic._tracing._spans" not in sys.modules
