"""What is kept of requests and responses, and how much of it."""

import time

import httpx
import pytest

from tests.support.waiting import SECONDS, until
from wan_ergonomic import _spec
from wan_ergonomic.sandbox import Sandbox, records
from wan_ergonomic.sandbox import _spec as _contract

from .conftest import hang_up

RECORDS = records._records


def answered(api):
    """Return the newest record, once it has its response."""
    until(lambda: api.sandbox.received[-1].response)
    return api.sandbox.received[-1]


def test_a_record_has_its_response(api):
    """Status, headers, body and what it meant, and the job that the request was about."""
    sent = api.submit()
    received = answered(api)
    response = received.response
    assert response.status == sent.status_code == _contract.status_of("create")
    assert response.body == sent.text
    assert response.headers["x-inference-id"] == received.generation_id == sent.json()["id"]
    assert (response.size, response.complete, response.kept) == (len(sent.content), True, True)
    assert received.number == 1
    assert abs(received.at - time.time()) < SECONDS
    assert received.charged_usd == api.sandbox.account.charged_usd
    assert response.summary == f"queued  {sent.json()['id'][:8]}  ${received.charged_usd:.2f}"
    assert 0 < response.duration < 60


def test_what_a_response_meant_is_said_in_a_few_words(api, get):
    """Of each kind of response."""
    link = api.link()
    (short,) = {one.generation_id[:8] for one in api.sandbox.received}
    size = len(get(link).content)
    assert answered(api).response.summary == f"{size:,} bytes of video/mp4  {short}"
    api.poll(api.sandbox.received[0].generation_id)
    assert answered(api).response.summary == f"completed  {short}"
    for path, said in {
        "/v1/models": "3 rows",
        "/models/metrics": "2 rows",
        "/v2/logs?period=24h": "1 row",
        "/v2/billing": f"${100 - api.sandbox.account.charged_usd:.2f} left",
        "/nowhere": "Cannot GET /nowhere",
    }.items():
        api.http.get(path)
        assert answered(api).response.summary == said
    assert api.http.post(_spec.path("create"), json={}).status_code == 400
    assert answered(api).response.summary == "Invalid payload"
    api.submit("[scenario: oldest-error]")
    said = "prompt should not be empty; prompt must be a string"
    assert answered(api).response.summary == said
    api.submit("[scenario: lost-502]")
    assert answered(api).response.summary.startswith("an HTML page  ")
    api.http.get("/v1/models", headers={"If-None-Match": "*"})
    assert answered(api).response.summary == "empty"


def test_a_long_message_is_cut_and_an_unknown_body_says_nothing():
    """In a summary; the body has all of it."""
    record = records.Received(method="GET", path="/", query={}, headers={})

    def said(text):
        return records._summary.summary_of(
            record, status=200, kind="application/json", text=text, size=len(text)
        )

    assert said('{"message": "' + 100 * "x" + '"}') == 79 * "x" + "…"
    assert (said('{"data": 3}'), said("[]")) == ("", "2 bytes of application/json")


def test_a_connection_that_drops_has_no_status(api):
    """Nor headers and a body; the job is known all the same."""
    hang_up(api, "lost-connection")
    received = answered(api)
    response = received.response
    assert (response.status, response.complete, response.body) == (None, False, None)
    assert response.summary.startswith(f"no response  {received.generation_id[:8]}  $")


def test_a_request_that_waits_has_no_response_yet(api):
    """It gets one when its connection is closed."""
    held = hang_up(api, "lost-response", wait=False)
    until(lambda: api.sandbox.billed)
    assert api.sandbox.received[0].response is None
    api.sandbox.stop()
    held.result()
    closed = api.sandbox.received[0].response
    assert closed is not None
    assert closed.status is None


def test_a_video_that_breaks_off_is_not_complete(api, get):
    """Its bytes are not kept, only their number."""
    link = api.link("[scenario: cut]")
    with pytest.raises(Exception, match="peer closed"):
        get(link)
    cut = answered(api).response
    whole = len(get(link).content)
    assert (cut.status, cut.complete, cut.body, cut.size) == (200, False, None, whole // 2)
    assert answered(api).response.complete


def test_a_long_text_is_cut_and_says_so(api, monkeypatch):
    """The size is that of the whole."""
    monkeypatch.setattr(records._recorder, "MAX_TEXT", 40)
    sent = api.http.get("/v1/models")
    response = answered(api).response
    assert (response.body, response.cut) == (sent.text[:40], True)
    assert response.size == len(sent.content)


def test_what_is_no_json_is_kept_as_text(api, monkeypatch):
    """The beginning of it."""
    monkeypatch.setattr(RECORDS, "MAX_TEXT", 6)
    headers = {"Content-Type": "application/json"}
    for body, text in ((b"{never", "{never"), (b"\xff" * 9, "\ufffd" * 6), (b"", None)):
        api.http.post(_spec.path("create"), content=body, headers=headers)
        assert (api.sandbox.received[-1].body, api.sandbox.received[-1].text) == (None, text)


def test_the_oldest_responses_lose_headers_and_bodies(api, monkeypatch):
    """Once all of them together are too many bytes; status and summary stay."""
    monkeypatch.setattr(RECORDS, "_KEPT_BYTES", 3000)
    for _ in range(4):
        api.http.get("/v1/models")
    first, last = api.sandbox.received[0].response, answered(api).response
    assert (first.kept, first.headers, first.body) == (False, {}, None)
    assert (first.status, first.summary) == (200, "3 rows")
    assert last.kept
    assert last.body
    assert api.sandbox._vendor.records._bytes <= 3000


def test_the_oldest_records_are_dropped(monkeypatch, clock):
    """And counted; the others keep their numbers."""
    monkeypatch.setattr(RECORDS, "_KEPT", 2)
    with Sandbox(clock=clock.now) as sandbox:
        for number in range(3):
            httpx.get(f"{sandbox.url}/{number}")
    kept = sandbox._vendor.records
    assert [one.path for one in sandbox.received] == ["/1", "/2"]
    assert [one.number for one in sandbox.received] == [2, 3]
    assert (kept.total, kept.dropped) == (3, 1)
    assert [kept.numbered(number) for number in (0, 1, 4)] == [None, None, None]
    assert kept.numbered(3) is sandbox.received[1]
    assert kept.newest(1) == [sandbox.received[1]]


def test_the_key_is_masked_in_what_a_response_repeats(api):
    """As in all else that is kept."""
    body = {"model": _spec.model(), "prompt": [api.sandbox.key]}
    for send in (
        lambda: api.http.post(_spec.path("create"), json=body),
        lambda: api.http.get(f"/{api.sandbox.key}"),
    ):
        assert api.sandbox.key in send().text
        response = answered(api).response
        assert "***" in response.body
        assert api.sandbox.key not in response.body + response.summary
