"""A submission is paid for at most once: what may have been accepted is never sent again.

tests/flows/test_retrying.py has the whole table of decisions, and tests/faults plays
each fault. Here are the promises of SECURITY.md about money, each on a real socket.
"""

from __future__ import annotations

import logging
from typing import Any

import httpcore
import pytest

from tests.support.actions import Close, Hang, Reset, Send, head, response
from tests.support.loopback import Entry
from tests.support.options import an_option
from tests.support.responses import ID, PROMPT, accepted, html, poll_response
from wan_ergonomic import (
    BadRequestError,
    ConfigurationError,
    SubmissionInDoubtError,
    UnreadableResponseError,
    WanError,
)
from wan_ergonomic._spec import model
from wan_ergonomic.generated_client.models.generation_request import GenerationRequest

# Long enough to connect on a busy machine, short enough to wait for.
SOON = 1.0
PARTIAL = Send(head(200, {"Content-Length": "500"}) + b'{"id": "gen-1", "st')
SILENT: dict[str, Entry] = {
    "no response": Hang(),
    "silent within the body": (PARTIAL, Hang()),
}
LOST: dict[str, Entry] = {
    **SILENT,
    "closed without a response": Close(),
    "reset without a response": Reset(),
    "closed within the head": (Send(PARTIAL.data[:30]), Close()),
    "closed within the body": (PARTIAL, Close()),
    "reset within the body": (PARTIAL, Hang(0.05), Reset()),
    "not HTTP": (Send(b"\0\0\0\0\r\n\r\n"), Close()),
    **{f"{status} from a proxy": html(status) for status in (408, 502, 503, 524)},
}
UNREADABLE: dict[str, Any] = {
    "HTML": "<html>Welcome</html>",
    "empty": "",
    "truncated": '{"id": "gen-1", "sta',
    "no id": {"status": "queued"},
    "a blank id": {"id": " ", "status": "queued"},
}


@pytest.mark.parametrize("fault", LOST.values(), ids=LOST)
def test_a_submission_without_a_response_is_in_doubt_and_not_sent_again(
    client_kind, server, clock, fault
):
    """The error has the request, and the id that the vendor can look it up by."""
    server.script("submit", fault)
    timeout = SOON if fault in SILENT.values() else None
    with (
        client_kind.client(base_url=server.url, clock=clock) as wan,
        pytest.raises(SubmissionInDoubtError) as caught,
    ):
        wan.submit(PROMPT, **an_option(), timeout=timeout)
    (posted,) = server.received("submit")
    assert caught.value.client_request_id == posted.headers["x-client-request-id"]
    assert caught.value.request == posted.json
    assert posted.json == {"model": model(), "prompt": PROMPT, **an_option()}
    assert isinstance(caught.value.__cause__, WanError)
    assert (server.requests, clock.sleeps) == ([posted], [])


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_an_accepted_submission_with_an_unreadable_response_is_in_doubt(
    client_kind, server, clock, body
):
    """The API accepted it, and its id is lost: it is not sent again."""
    server.script("submit", response(201, body))
    with (
        client_kind.client(base_url=server.url, clock=clock) as wan,
        pytest.raises(SubmissionInDoubtError) as caught,
    ):
        wan.submit(PROMPT)
    (posted,) = server.requests
    assert caught.value.client_request_id == posted.headers["x-client-request-id"]
    assert isinstance(caught.value.__cause__, UnreadableResponseError)


def submit_in_doubt(wan, server):
    """Submit, and return the error; check that the submission was sent once and can be looked up.

    The error says nothing of the money but that it may be spent.
    """
    with pytest.raises(SubmissionInDoubtError) as caught:
        wan.submit(PROMPT)
    (posted,) = server.requests
    assert caught.value.client_request_id == posted.headers["x-client-request-id"]
    assert "Nothing was accepted" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("status", [500, 501])
def test_a_submission_that_the_api_failed_is_not_sent_again(wan, server, status):
    """The API may have failed after it accepted the submission."""
    server.script("submit", response(status, {"message": "Oops"}))
    assert "Oops" in str(submit_in_doubt(wan, server))


def test_a_conflict_leaves_a_submission_in_doubt(wan, server):
    """A 409 may mean that it was accepted already."""
    server.script("submit", response(409, {"message": "Duplicate request"}))
    assert "Duplicate request" in str(submit_in_doubt(wan, server))


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirected_submission_is_in_doubt(wan, server, storage, status):
    """Whether the API took it before it sent us elsewhere is not known."""
    there = {"Location": f"{storage.origin}/v2/video/generations"}
    server.script("submit", response(status, "", there))
    assert "check base_url" in str(submit_in_doubt(wan, server))
    assert storage.requests == []


@pytest.mark.parametrize("status", [444, 498, 700])
def test_a_submission_with_a_nonstandard_status_is_in_doubt(client_kind, server, clock, status):
    """A status that HTTP does not define is doubt about a submission, and retried for a poll."""
    server.script("submit", response(status))
    server.script("poll", response(status), poll_response("generating"))
    with client_kind.client(base_url=server.url, clock=clock) as wan:
        with pytest.raises(SubmissionInDoubtError):
            wan.submit(PROMPT)
        assert wan.status(ID).status == "generating"
    assert len(server.requests) == 3


@pytest.mark.parametrize("status", [409, 429, 503])
@pytest.mark.parametrize("body", [{"id": ID}, {"generation": {"id": ID}}, [{"generation_id": ID}]])
def test_an_error_response_that_names_a_job_leaves_the_submission_in_doubt(
    wan, server, status, body
):
    """In whatever shape, and whatever the HTTP status is."""
    server.script("submit", response(status, body, {"Retry-After": "1"}))
    assert submit_in_doubt(wan, server).generation_id == ID


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("name", "value"),
    [("x-inference-id", ID), ("x-aimlapi-credits-used", "7"), ("x-aimlapi-usd-spent", "0.5")],
)
def test_a_header_that_names_a_job_leaves_the_submission_in_doubt(wan, server, status, name, value):
    """An error response with the id or the cost of a generation is no rejection."""
    server.script("submit", response(status, {}, {"Retry-After": "1", name: value}))
    submit_in_doubt(wan, server)


def test_a_log_filter_that_raises_leaves_the_submission_in_doubt(wan, server, caplog):
    """A response is logged by httpcore before this library has it."""
    logger = logging.getLogger(f"{httpcore.__name__}.http11")
    caplog.set_level(logging.DEBUG, logger.name)

    def raises(record: logging.LogRecord) -> bool:
        if record.getMessage().startswith("receive_response_headers.complete"):
            raise LookupError(record.name)
        return True

    logger.addFilter(raises)
    try:
        error = submit_in_doubt(wan, server)
    finally:
        logger.removeFilter(raises)
    assert "LookupError was raised during the request" in str(error)


def test_a_request_that_cannot_be_made_is_not_in_doubt(wan, server, monkeypatch):
    """Nothing was sent: the generated client raises before that."""
    monkeypatch.setattr(GenerationRequest, "from_dict", lambda values: values["nothing"])
    said = r"KeyError: 'nothing'\. Nothing was sent\."
    with pytest.raises(ConfigurationError, match=said) as raised:
        wan.submit(PROMPT)
    assert isinstance(raised.value.__cause__, KeyError)
    assert server.requests == []


def test_no_submission_uses_the_connection_of_another(client_kind, server):
    """A kept connection may be closing at that moment, which would leave a submission in doubt."""
    server.script("submit", accepted(), accepted())
    with client_kind.client(base_url=server.url) as wan:
        for _ in range(2):
            wan.submit(PROMPT)
    assert (len(server.requests), server.connections) == (2, 2)


def test_one_submission_has_one_request_id_however_often_it_is_sent(client_kind, server, clock):
    """The vendor can look up a submission by one id, which no other submission has."""
    server.script("submit", response(429), response(503, {"message": "Busy"}), accepted())
    with client_kind.client(base_url=server.url, clock=clock) as wan:
        kept = [wan.submit(PROMPT).client_request_id for _ in range(2)]
    sent = [request.headers["x-client-request-id"] for request in server.requests]
    assert sent == [kept[0]] * 3 + [kept[1]]
    assert kept[0] != kept[1]


@pytest.mark.parametrize("end", [Close(), Reset(), Hang()], ids=["closed", "reset", "silent"])
def test_a_rejection_counts_even_if_its_body_breaks_off(client_kind, server, clock, end):
    """The status is enough to know that nothing was accepted."""
    server.script("submit", (Send(head(400, {"Content-Length": "99"}) + b'{"m'), end))
    with (
        client_kind.client(base_url=server.url, clock=clock) as wan,
        pytest.raises(BadRequestError, match=r"Nothing was accepted or charged\.$"),
    ):
        wan.submit(PROMPT, timeout=SOON)
    assert len(server.requests) == 1


def test_a_429_counts_even_if_its_body_breaks_off(client_kind, server, clock):
    """It is retried as any other 429."""
    server.script("submit", (Send(head(429, {"Content-Length": "9"})), Close()), accepted())
    with client_kind.client(base_url=server.url, clock=clock) as wan:
        assert wan.submit(PROMPT).id == ID
    assert len(server.requests) == 2
