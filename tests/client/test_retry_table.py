"""What may be tried again: every row and column, counted by the server that was asked.

The columns are ``submit``, ``poll`` (a status request) and ``download``. The
rule behind the rows: nothing is ever submitted twice that may have been
accepted the first time.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from tests.conftest import FakeClock
from tests.support.actions import Close, Hang, Reset, Send, Serve, Stage, head, response
from tests.support.loopback import Entry, Loopback
from tests.support.options import an_option
from tests.support.responses import (
    ID,
    PROMPT,
    VIDEO,
    accepted,
    completed,
    finished,
    html,
    link,
    poll_response,
)
from wan_ergonomic import (
    ApiError,
    AuthenticationError,
    BadRequestError,
    ConnectionFailedError,
    Generation,
    IncompleteDownloadError,
    InsufficientCreditsError,
    LinkExpiredError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    RetryPolicy,
    ServerError,
    SubmissionInDoubtError,
    UnreadableResponseError,
    Video,
    WanError,
)
from wan_ergonomic._spec import model

STAGES: tuple[Stage, ...] = ("submit", "poll", "download")
GOOD: dict[str, Entry] = {
    "submit": accepted(),
    "poll": poll_response("generating"),
    "download": Serve(VIDEO),
}

# Long enough for this machine at its busiest, short enough to wait for.
SOON = 2.0
AT_ONCE = RetryPolicy(backoff=0)


def time_for(loss: object) -> float | None:
    """Return how long to wait for an answer: no longer than needed, if there is none."""
    return SOON if loss in SILENT.values() else None


PROMISE = head(200, {"Content-Length": "500", "Content-Type": "application/json"})
SILENT: dict[str, Entry] = {
    "no answer in time": Hang(),
    "silent within the body": (Send(PROMISE + b'{"id": "gen-1", "st'), Hang()),
}
LOSSES: dict[str, Entry] = {
    **SILENT,
    "closed without an answer": Close(),
    "reset without an answer": Reset(),
    "closed within the head": (Send(PROMISE[:30]), Close()),
    "closed within the body": (Send(PROMISE + b'{"id": "gen-1", "st'), Close()),
    "reset within the body": (Send(PROMISE + b'{"id": "gen-1", "st'), Hang(0.05), Reset()),
    "not HTTP": (Send(b"\0\0\0\0\r\n\r\n"), Close()),
    **{f"{status} from a proxy": html(status) for status in (408, 502, 503, 504, *range(520, 528))},
}
UNREADABLE: dict[str, Any] = {
    "HTML": "<html>Welcome</html>",
    "empty": "",
    "null": "null",
    "a list": '[{"id": "gen-1"}]',
    "a text": '"gen-1"',
    "cut short": '{"id": "gen-1", "sta',
    "not UTF-8": b'{"id": "\xff\xfe", "status": queued}',
    "too deep": "[" * 100_000,
    "too long": b'{"id": "gen-1", "status": "queued", "pad": "' + b"x" * 2**20 + b'"}',
}
WITHOUT_ID = {
    "no id": {"status": "queued"},
    "a null id": {"id": None, "status": "queued"},
    "a blank id": {"id": " ", "status": "queued"},
}
REFUSALS = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    409: ApiError,
    422: BadRequestError,
}
UNAVAILABLE = {"statusCode": 503, "message": "All workers are busy"}


def ask(wan: Any, stage: str, server: Loopback, **options: Any) -> Any:
    """Make the request of one stage; return what came of it."""
    if stage == "submit":
        return wan.submit(PROMPT, **options)
    if stage == "poll":
        return wan.status(ID, **options)
    file = io.BytesIO()
    wan.download(finished(server), file, **options)
    return file.getvalue()


def is_good(stage: str, result: Any) -> bool:
    """Whether that is what the last entry of a script gives."""
    return bool(result == VIDEO if stage == "download" else result.id == ID)


class Opening(FakeClock):
    """A clock by which a server begins to listen after a number of sleeps."""

    def __init__(self, server: Loopback, after: int) -> None:
        super().__init__()
        self.server = server
        self.after = after

    def sleep(self, seconds: float) -> None:
        """Sleep, and open the server when it is time."""
        super().sleep(seconds)
        if len(self.sleeps) == self.after:
            self.server.listen()


# Nothing was sent


@pytest.mark.parametrize("stage", STAGES)
def test_a_refused_connection_is_tried_again(client_kind, stage):
    """Nothing was sent, so nothing can be spent twice: again."""
    with Loopback(listening=False) as server:
        server.script(stage, GOOD[stage])
        clock = Opening(server, after=3)
        with client_kind.client(base_url=server.url, clock=clock) as wan:
            assert is_good(stage, ask(wan, stage, server))
        assert (len(clock.sleeps), len(server.requests)) == (3, 1)


@pytest.mark.parametrize("stage", STAGES)
def test_a_host_that_never_answers_is_tried_again(client_kind, stage):
    """A connection that was not made in time carried nothing: again."""
    with Loopback(full=True) as server:
        server.script(stage, GOOD[stage])
        clock = Opening(server, after=1)
        with client_kind.client(base_url=server.url, clock=clock, retrying=AT_ONCE) as wan:
            assert is_good(stage, ask(wan, stage, server, timeout=3))
        assert (len(clock.sleeps), len(server.requests)) == (1, 1)


@pytest.mark.parametrize("stage", ["submit", "poll"])
def test_an_unknown_host_is_tried_again_then_named(client_kind, stage, clock, server):
    """A name that does not resolve is tried as often as the policy says, and was never reached."""
    with (
        client_kind.client(base_url="https://wan.invalid", clock=clock) as wan,
        pytest.raises(ConnectionFailedError, match="before anything was sent") as caught,
    ):
        ask(wan, stage, server)
    assert (caught.value.sent, len(clock.sleeps)) == (False, 3)


def test_a_store_with_an_unknown_name_is_tried_again(client_kind, clock, server):
    """So it is for downloads."""
    video = Video(url="https://wan.invalid/v.mp4")
    with (
        client_kind.client(base_url=server.url, clock=clock) as wan,
        pytest.raises(IncompleteDownloadError) as caught,
    ):
        wan.download(Generation(id=ID, status="completed", video=video), io.BytesIO())
    assert (caught.value.generation_id, len(clock.sleeps)) == (ID, 3)


@pytest.mark.parametrize(
    ("stage", "kind"),
    [
        ("submit", ConnectionFailedError),
        ("poll", ConnectionFailedError),
        ("download", IncompleteDownloadError),
    ],
)
def test_attempts_end(client_kind, stage, kind, clock):
    """What never succeeds is tried as often as the policy says, and no more."""
    policy = RetryPolicy(attempts=2)
    with (
        Loopback(listening=False) as server,
        client_kind.client(base_url=server.url, clock=clock, retrying=policy) as wan,
        pytest.raises(kind),
    ):
        ask(wan, stage, server)
    assert len(clock.sleeps) == 1


# Sent, then lost


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_a_lost_submission_is_in_doubt_and_never_sent_again(client_kind, server, clock, loss):
    """Whatever may have been accepted is not paid for twice; its request id is there to ask by."""
    server.script("submit", loss)
    with (
        client_kind.client(base_url=server.url, clock=clock) as wan,
        pytest.raises(SubmissionInDoubtError) as caught,
    ):
        wan.submit(PROMPT, **an_option(), timeout=time_for(loss))
    (posted,) = server.received("submit")
    assert caught.value.client_request_id == posted.headers["x-client-request-id"]
    assert caught.value.request == posted.json
    assert posted.json == {"model": model(), "prompt": PROMPT, **an_option()}
    assert isinstance(caught.value.__cause__, WanError)
    assert (server.requests, clock.sleeps) == ([posted], [])


@pytest.mark.parametrize(
    "then",
    [(Close(),), (Hang(0.05), Reset()), (Hang(),)],
    ids=["closed", "reset", "silent"],
)
def test_a_lost_download_goes_on_from_the_byte_reached(client_kind, server, clock, then):
    """The second request asks for the rest of the same version, and the whole is right."""
    server.script("download", Serve(VIDEO, cut=1000, then=then), Serve(VIDEO))
    file = io.BytesIO()
    with client_kind.client(base_url=server.url, clock=clock, retrying=AT_ONCE) as wan:
        wan.download(finished(server), file, timeout=SOON)
    first, second = server.requests
    assert ("range" in first.headers, "if-range" in first.headers) == (False, False)
    assert (second.headers["range"], second.headers["if-range"]) == ("bytes=1000-", '"v1"')
    assert file.getvalue() == VIDEO


def test_a_connection_that_was_closed_meanwhile_leaves_no_doubt(client_kind, server, clock):
    """A kept connection that the server has closed is not used for the next submission."""
    server.script("submit", (accepted(), Close()))
    with client_kind.client(base_url=server.url, clock=clock) as wan:
        for _ in range(3):
            assert wan.submit(PROMPT).id == ID
            server.drain()
    assert len(server.requests) == 3


def test_no_submission_uses_a_connection_of_another(client_kind, server):
    """One that was kept may be closing just then, which would leave a submission in doubt."""
    server.script("submit", accepted(), accepted())
    with client_kind.client(base_url=server.url) as wan:
        for _ in range(2):
            wan.submit(PROMPT)
    assert (len(server.requests), server.connections) == (2, 2)


# Refused for now


@pytest.mark.parametrize("stage", STAGES)
def test_a_refusal_for_now_is_tried_again_when_the_server_asks_for_it(
    client_kind, server, clock, stage
):
    """429, and 503 in the API's own words, were accepted by nobody; Retry-After is honoured."""
    in_words = response(503, UNAVAILABLE)
    server.script(
        stage,
        response(429, "", {"Retry-After": "7"}),
        response(503, "<html>", {"Retry-After": "11.5"}),
        in_words,
        GOOD[stage],
    )
    with client_kind.client(base_url=server.url, clock=clock) as wan:
        assert is_good(stage, ask(wan, stage, server))
    assert clock.sleeps[:2] == [7.0, 11.5]
    assert 0 <= clock.sleeps[2] <= 2
    assert len(server.requests) == 4


@pytest.mark.parametrize("stage", STAGES)
def test_retry_after_may_be_a_date(client_kind, server, clock, stage):
    """An HTTP date is a moment, and is waited for."""
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    server.script(stage, response(429, "", {"Retry-After": moment}), GOOD[stage])
    with client_kind.client(base_url=server.url, clock=clock) as wan:
        assert is_good(stage, ask(wan, stage, server))
    assert 20 < clock.sleeps[0] <= 40


@pytest.mark.parametrize(
    ("stage", "kind"),
    [("submit", RateLimitError), ("poll", RateLimitError), ("download", IncompleteDownloadError)],
)
def test_a_retry_after_beyond_the_deadline_ends_it_at_once(client_kind, server, clock, stage, kind):
    """No one sleeps towards a deadline that will have passed."""
    server.script(stage, response(429, "", {"Retry-After": "60"}), GOOD[stage])
    with (
        client_kind.client(base_url=server.url, clock=clock) as wan,
        pytest.raises(kind) as caught,
    ):
        ask(wan, stage, server, timeout=5)
    assert caught.value.retry_after == 60.0
    assert (len(server.requests), clock.sleeps) == (1, [])


def test_one_submission_has_one_request_id_however_often_it_is_sent(client_kind, server, clock):
    """The vendor can be asked about a submission by one id, and by no other's."""
    server.script("submit", response(429), response(503, UNAVAILABLE), accepted())
    with client_kind.client(base_url=server.url, clock=clock) as wan:
        kept = [wan.submit(PROMPT).client_request_id for _ in range(2)]
    sent = [request.headers["x-client-request-id"] for request in server.requests]
    assert sent == [kept[0]] * 3 + [kept[1]]
    assert kept[0] != kept[1]


def test_a_submission_is_not_sent_again_when_its_time_is_over(client_kind, server):
    """A sleep too long ends in the refusal, where one more request would end in doubt."""

    class Late(FakeClock):
        def sleep(self, seconds: float) -> None:
            super().sleep(seconds + 10)

    server.script("submit", response(429, "", {"Retry-After": "1"}), accepted())
    with (
        client_kind.client(base_url=server.url, clock=Late()) as wan,
        pytest.raises(RateLimitError),
    ):
        wan.submit(PROMPT, timeout=5)
    assert len(server.requests) == 1


# Rejected


def test_an_empty_account_has_an_error_of_its_own(client_kind, server, clock):
    """The vendor's own spelling of its kind is understood, and the way out is named."""
    kind = "err_insufficent_credits"
    server.script("submit", response(403, {"error": {"message": "Broke", "data": {"kind": kind}}}))
    with (
        client_kind.client(base_url=server.url, clock=clock) as wan,
        pytest.raises(InsufficientCreditsError, match="Top up at https://") as caught,
    ):
        wan.submit(PROMPT)
    assert (caught.value.kind, len(server.requests)) == (kind, 1)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_an_expired_link_is_renewed_by_one_poll(client_kind, server, storage, clock, status):
    """The storage's no is answered by one look at the API, and the fresh link is followed."""
    storage.script("download", response(status), Serve(VIDEO))
    fresh = f"{storage.origin}/fresh.mp4?Signature=2"
    server.script("poll", poll_response("completed", video={"url": fresh}))
    file = io.BytesIO()
    with client_kind.client(base_url=server.url, clock=clock) as wan:
        generation = wan.download(finished(storage), file)
    assert [request.target for request in storage.requests] == [
        link(storage).removeprefix(storage.origin),
        "/fresh.mp4?Signature=2",
    ]
    assert (len(server.requests), generation.video.url, file.getvalue()) == (1, fresh, VIDEO)


@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_link_is_renewed_once_only(client_kind, server, storage, clock, status):
    """If a fresh link is refused too, a fresher one would be."""
    storage.script("download", response(status), response(status), Serve(VIDEO))
    server.script("poll", completed(storage))
    with (
        client_kind.client(base_url=server.url, clock=clock) as wan,
        pytest.raises(LinkExpiredError, match=str(status)),
    ):
        wan.download(finished(storage), io.BytesIO())
    assert (len(storage.requests), len(server.requests)) == (2, 1)


# Not found


@pytest.mark.parametrize("stage", ["submit", "poll"])
def test_not_found_is_final_where_nothing_was_accepted(client_kind, server, clock, stage):
    """A submission, or a look at an id that nobody vouches for, is made once."""
    server.script(stage, response(404))
    with (
        client_kind.client(base_url=server.url, clock=clock) as wan,
        pytest.raises(NotFoundError),
    ):
        ask(wan, stage, server)
    assert len(server.requests) == 1


def test_not_found_is_tolerated_for_a_job_that_was_accepted(client_kind, server, clock):
    """A generation that the API has answered for is looked at again, by ``status`` too."""
    server.script("submit", accepted())
    server.script("poll", response(404), response(404), poll_response("generating"))
    with client_kind.client(base_url=server.url, clock=clock) as wan:
        assert wan.status(wan.submit(PROMPT)).status == "generating"
    assert len(server.received("poll")) == 3


def test_a_wait_survives_a_run_of_not_found(client_kind, server, clock):
    """The API forgets jobs for a while; as often in a row as the policy says is believed."""
    server.script(
        "poll",
        *[response(404)] * 3,
        poll_response("generating"),
        *[response(404)] * 3,
        completed(server),
    )
    with client_kind.client(
        base_url=server.url, clock=clock, retrying=RetryPolicy(not_found=3)
    ) as wan:
        assert wan.wait(ID).completed
    assert len(server.requests) == 8


def test_a_wait_ends_when_not_found_goes_on(client_kind, server, clock):
    """One answer of 404 more than the policy tolerates means what it says."""
    server.script("poll", response(404))
    with (
        client_kind.client(
            base_url=server.url, clock=clock, retrying=RetryPolicy(not_found=3)
        ) as wan,
        pytest.raises(NotFoundError) as caught,
    ):
        wan.wait(ID)
    assert (len(server.requests), caught.value.generation_id) == (4, ID)
    assert not hasattr(caught.value, "__notes__")  # nobody has ever seen this job


def test_an_error_about_a_job_that_was_accepted_says_how_to_go_on(client_kind, server, clock):
    """Whoever reads the traceback of a paid job finds its id in it."""
    server.script("submit", accepted())
    server.script("poll", response(403))
    with (
        client_kind.client(base_url=server.url, clock=clock) as wan,
        pytest.raises(PermissionDeniedError) as caught,
    ):
        wan.generate("A boat")
    assert f"wait({ID!r}) picks it up again" in caught.value.__notes__[0]


@pytest.mark.parametrize("end", [Close(), Reset(), Hang()], ids=["closed", "reset", "silent"])
def test_a_refusal_is_told_by_its_status_alone(client_kind, server, clock, end):
    """However its body ends: what was refused is not in doubt."""
    server.script("submit", (Send(head(400, {"Content-Length": "99"}) + b'{"m'), end))
    with (
        client_kind.client(base_url=server.url, clock=clock) as wan,
        pytest.raises(BadRequestError, match=r"Nothing was accepted or charged\.$"),
    ):
        wan.submit(PROMPT, timeout=SOON)
    assert len(server.requests) == 1


def test_a_refusal_for_now_is_told_by_its_status_too(client_kind, server, clock):
    """A 429 whose body breaks off asks for patience like any other."""
    server.script("submit", (Send(head(429, {"Content-Length": "9"})), Close()), accepted())
    with client_kind.client(base_url=server.url, clock=clock) as wan:
        assert wan.submit(PROMPT).id == ID
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", [444, 460, 498, 600, 700, 999])
def test_what_no_standard_knows_may_have_been_accepted(client_kind, server, clock, status):
    """A status that HTTP has not is doubt about a submission, and passing for a look."""
    server.script("submit", response(status))
    server.script("poll", response(status), poll_response("generating"))
    with client_kind.client(base_url=server.url, clock=clock) as wan:
        with pytest.raises(SubmissionInDoubtError):
            wan.submit(PROMPT)
        assert wan.status(ID).status == "generating"
    assert len(server.requests) == 3


@pytest.mark.parametrize("said", ["queued", "accepted anew"])
@pytest.mark.parametrize("status", [429, 503])
def test_a_refusal_that_names_a_job_may_have_been_accepted(
    client_kind, server, clock, status, said
):
    """What says that there is a generation is not sent again, whatever its status says."""
    server.script("submit", response(status, {"id": ID, "status": said}))
    with (
        client_kind.client(base_url=server.url, clock=clock) as wan,
        pytest.raises(SubmissionInDoubtError),
    ):
        wan.submit(PROMPT)
    assert len(server.requests) == 1


@pytest.mark.parametrize("said", [["queued"], {"is": "queued"}, 429, None])
def test_a_refusal_with_some_other_status_is_one(client_kind, server, clock, said):
    """Error bodies have a status too, which is a number or may be anything."""
    server.script("submit", response(429, {"id": ID, "status": said}), accepted())
    with client_kind.client(base_url=server.url, clock=clock) as wan:
        assert wan.submit(PROMPT).id == ID
    assert len(server.requests) == 2


# The API failed


@pytest.mark.parametrize("status", [500, 501])
def test_a_submission_that_the_api_failed_is_not_sent_again(client_kind, server, clock, status):
    """500 is the API's own word that it failed: an error, and one request."""
    server.script("submit", response(status, {"message": "Oops"}))
    with (
        client_kind.client(base_url=server.url, clock=clock) as wan,
        pytest.raises(ServerError, match="Oops"),
    ):
        wan.submit(PROMPT)
    assert len(server.requests) == 1


# A yes that cannot be read


@pytest.mark.parametrize(
    "body", [*UNREADABLE.values(), *WITHOUT_ID.values()], ids=[*UNREADABLE, *WITHOUT_ID]
)
@pytest.mark.parametrize("status", [200, 201])
def test_an_unreadable_yes_to_a_submission_is_in_doubt(client_kind, server, clock, status, body):
    """It was accepted, and the id is lost: never again, and the request id is there to ask by."""
    server.script("submit", response(status, body))
    with (
        client_kind.client(base_url=server.url, clock=clock) as wan,
        pytest.raises(SubmissionInDoubtError) as caught,
    ):
        wan.submit(PROMPT)
    (posted,) = server.requests
    assert caught.value.client_request_id == posted.headers["x-client-request-id"]
    assert isinstance(caught.value.__cause__, UnreadableResponseError)


def test_a_status_without_an_id_is_still_an_answer(client_kind, server, clock):
    """The id is known already; what else the answer says is used."""
    server.script("poll", response(200, WITHOUT_ID["no id"]))
    with client_kind.client(base_url=server.url, clock=clock) as wan:
        generation = wan.status(ID)
    assert (generation.id, generation.status, len(server.requests)) == (ID, "queued", 1)


@pytest.mark.parametrize("status", [202, 299])
def test_every_success_is_a_success(client_kind, server, clock, status):
    """POST has answered 200 and 201 over time; what begins with 2 is a yes."""
    server.script("submit", response(status, {"id": ID, "status": "queued"}))
    with client_kind.client(base_url=server.url, clock=clock) as wan:
        assert wan.submit(PROMPT).id == ID
    assert len(server.requests) == 1
