"""The key goes to one place, and a signed link to one other."""

from __future__ import annotations

import io
import logging
import pickle
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import httpx
import pytest

from tests.support.actions import Close, Serve, response
from tests.support.loopback import Loopback
from tests.support.responses import (
    ID,
    PROMPT,
    SIGNATURE,
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
    ConfigurationError,
    Generation,
    SubmissionInDoubtError,
    Video,
    WanClient,
    WanError,
)

# What would let another use the account, or the link.
SECRETS = ("canary-5d1f0c7e9b", SIGNATURE, "uGvB/c4nary+signed=")


def shows(text: str) -> list[str]:
    """Return the secrets that a text shows."""
    return [secret for secret in SECRETS if secret in text]


@pytest.fixture
def everything_logged(caplog) -> Iterator[pytest.LogCaptureFixture]:
    """Every record of every logger, with all that travels in it."""
    # A logger made before this test may have been told to pass nothing on.
    known = [logging.getLogger(name) for name in list(logging.root.manager.loggerDict)]
    levels = {logger: logger.level for logger in known}
    for logger in known:
        logger.setLevel(logging.NOTSET)
    with caplog.at_level(logging.DEBUG):
        yield caplog
    for logger, level in levels.items():
        logger.setLevel(level)


@contextmanager
def raised() -> Iterator[list[WanError]]:
    """Keep the error that the block has to end with."""
    errors: list[WanError] = []
    with pytest.raises(WanError) as caught:
        yield errors
    errors.append(caught.value)


def told(error: WanError) -> str:
    """Return all that an error says: itself, its causes, its notes, and its state pickled."""
    everything = "".join(traceback.format_exception(error))
    return f"{everything}{error!r}{vars(error)}{pickle.dumps(error)!r}"


def test_the_key_goes_to_the_api(client_kind, server, canary_key):
    """Both calls of the API carry it."""
    server.script("submit", accepted())
    server.script("poll", poll_response("generating"))
    with client_kind.client(base_url=server.url) as wan:
        wan.status(wan.submit(PROMPT))
    sent = [request.headers["authorization"] for request in server.requests]
    assert sent == [f"Bearer {canary_key}"] * 2


def test_the_key_never_goes_to_a_store(client_kind, server, storage, clock):
    """Neither the first request for a video nor one that resumes or follows a fresh link has it."""
    storage.script("download", response(403), Serve(VIDEO, cut=100), Serve(VIDEO))
    server.script("poll", completed(storage))
    with client_kind.client(base_url=server.url, clock=clock) as wan:
        wan.download(finished(storage), io.BytesIO(), extra_headers={"X-Team": "blue"})
    assert len(storage.requests) == 3
    for request in storage.requests:
        assert shows(str(request.headers)) == []
        assert {"authorization", "cookie", "x-team"}.isdisjoint(request.headers)


def test_the_key_does_not_follow_a_redirect_of_a_download(client_kind, server, storage, clock):
    """Wherever a storage sends its visitors, even to the API, the key is not with them."""
    server.script("download", response(302, "", {"Location": link(storage)}))
    storage.script("download", Serve(VIDEO))
    with client_kind.client(base_url=server.url, clock=clock) as wan:
        wan.download(finished(server), io.BytesIO())
    requests = [*server.requests, *storage.requests]
    assert len(requests) == 2
    assert not any("authorization" in request.headers for request in requests)


def test_a_video_at_the_api_is_fetched_without_the_key(client_kind, server, clock):
    """One rule for all links: what fetches videos has no key."""
    server.script("download", Serve(VIDEO))
    with client_kind.client(base_url=server.url, clock=clock) as wan:
        wan.download(finished(server), io.BytesIO())
    (request,) = server.requests
    assert "authorization" not in request.headers


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("act", ["submit", "status", "wait"])
def test_a_redirect_of_the_api_is_not_followed(client_kind, server, storage, act, status):
    """Not with the key, nor without it: it is an error that says so."""
    elsewhere = response(status, "", {"Location": f"{storage.origin}/v2/video/generations"})
    server.script("submit", elsewhere)
    server.script("poll", elsewhere)
    with client_kind.client(base_url=server.url) as wan, pytest.raises(ApiError) as caught:
        getattr(wan, act)("a prompt, or an id")
    assert caught.value.status_code == status
    assert (len(server.requests), storage.requests) == (1, [])


ODD = ["javascript:x", "mailto:a", "x:y", "http:foo", "https://xn--a/", "//xn--/", "http:\\\\a"]


@pytest.mark.parametrize("location", ODD)
@pytest.mark.parametrize("act", ["submit", "status"])
def test_nor_is_one_that_leads_nowhere(client_kind, server, act, location):
    """What is not to be followed is not even looked at: one request, and an error that says so."""
    server.script("submit", response(302, "", {"Location": location}))
    server.script("poll", response(302, "", {"Location": location}))
    with client_kind.client(base_url=server.url) as wan, pytest.raises(ApiError) as caught:
        getattr(wan, act)("a prompt, or an id")
    assert (caught.value.status_code, len(server.requests)) == (302, 1)
    assert ("Whether it was accepted is not known" in str(caught.value)) is (act == "submit")


def test_the_key_is_bound_to_the_origin_of_the_api(server, storage, canary_key):
    """Even the client that has it would not send it elsewhere, whoever made it try."""
    storage.script("download", response(200), response(200))
    with WanClient(canary_key, base_url=server.url) as wan:
        for client in (wan._runner._submissions, wan._runner._polls):
            client.get(f"{storage.origin}/")
    assert ["authorization" in request.headers for request in storage.requests] == [False, False]


def test_cookies_of_the_api_stay_there(client_kind, server, clock):
    """A session that the API opens is as good as a key."""
    server.script(
        "poll", response(200, {"id": ID, "status": "queued"}, {"Set-Cookie": "s=1; Path=/"})
    )
    server.script("download", Serve(VIDEO))
    with client_kind.client(base_url=server.url, clock=clock) as wan:
        wan.status(ID)
        wan.download(finished(server), io.BytesIO())
    assert "cookie" not in server.received("download")[0].headers


def test_no_repr_shows_a_secret(client_kind, server, storage):
    """Whatever of the client is printed, the key and the signature are not in it."""
    server.script("submit", accepted())
    server.script("poll", completed(storage))
    with client_kind.client(base_url=server.url) as wan:
        generation = wan.generate(PROMPT)
        inner = wan if client_kind.backend == "sync" else wan.client
        parts = [inner, inner._runner, inner._runner._polls.auth, generation]
        assert generation.video.url == link(storage)
    for part in (*parts, generation.video, replace(generation, drift=()), *generation.drift):
        assert shows(f"{part!r} {part}") == []


def test_no_log_record_shows_a_secret(client_kind, server, storage, clock, everything_logged):
    """Not ours, not httpx's line for each request, nor the wire as httpcore tells of it."""
    server.script("submit", accepted())
    server.script("poll", poll_response("generating", hint=link(storage)), completed(storage))
    storage.script("download", response(302, "", {"Location": link(storage)}), Serve(VIDEO))
    with client_kind.client(base_url=server.url, clock=clock) as wan:
        wan.download(wan.generate(PROMPT), io.BytesIO())
    records = everything_logged.records
    assert {"httpx", "httpcore.http11", "wan_ergonomic"} <= {record.name for record in records}
    assert any("HTTP Request: GET" in record.getMessage() for record in records)
    assert shows("\n".join(f"{record.getMessage()} {vars(record)}" for record in records)) == []


@pytest.mark.parametrize(
    "link",
    [
        *(f"https://a.example/v.mp4?page=1&{name}=s3cret" for name in ("hmac", "__token__", "Key")),
        *(f"/v.mp4?{name}=s3cret" for name in ("hash", "sign", "auth_key", "Expires", "%53ig")),
        "/v'x.mp4?Signature=s3cret",
        "/v.mp4?a=b;Signature=s3cret",
        "/v.mp4#Signature=s3cret",
        "/v.mp4?sig-s3cret",
        "https://user:s3cret@a.example/v.mp4",
    ],
)
def test_links_that_grant_access_are_shortened_in_any_record(caplog, link):
    """Whatever a storage calls the part that lets its holder in."""
    with caplog.at_level(logging.INFO, "httpx"):
        logging.getLogger("httpx").info('HTTP Request: GET %s "HTTP/1.1 200 OK"', link)
    assert "s3cret" not in caplog.text
    assert "s3cret" not in repr(Video(url=link))
    assert ".mp4" in caplog.text


def test_where_an_answer_leads_is_not_logged(caplog):
    """As httpcore tells of the headers of an answer."""
    headers = [(b"Location", b"end.mp4?s3cret 'of ours"), (b"Content-Type", b"video/mp4")]
    with caplog.at_level(logging.DEBUG, "httpcore.http11"):
        logging.getLogger("httpcore.http11").debug("receive_response_headers %r", headers)
    assert "s3cret" not in caplog.text
    assert "video/mp4" in caplog.text


@pytest.mark.parametrize("text", ["/v?" + "sig?" * 9000, "a" * 60_000, "/" * 60_000, "auth" * 9000])
def test_a_long_record_is_soon_read(caplog, text):
    """Whoever writes it, a second is not enough to notice: once, it took minutes."""
    began = time.process_time()
    with caplog.at_level(logging.INFO, "httpx"):
        logging.getLogger("httpx").info("HTTP Request: GET %s", text)
    assert time.process_time() - began < 5


def test_what_others_log_through_httpx_is_left_as_it_is(caplog):
    """Only links that grant access are shortened."""
    log = logging.getLogger("httpx")
    with caplog.at_level(logging.INFO, "httpx"):
        log.info("%(what)s", {"what": "a mapping"})
        log.info("GET %s", httpx.URL("https://a.example/?page=2"))
        log.info("GET %s", httpx.URL("https://a.example/?page=2&sig=3"))
    assert [record.getMessage() for record in caplog.records] == [
        "a mapping",
        "GET https://a.example/?page=2",
        "GET https://a.example/?…",
    ]


FAILURES = {
    "refused": response(401, {"message": "Who are you?"}),
    "in doubt": Close(),
    "from a proxy": html(502),
    "unreadable": response(200, "<html>"),
}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
@pytest.mark.parametrize("act", ["submit", "status"])
def test_no_error_of_the_api_shows_a_secret(client_kind, server, clock, act, failure):
    """Text, causes, notes and pickle of an error are fit for a public bug report."""
    server.script("submit", failure)
    server.script("poll", failure)
    with raised() as errors, client_kind.client(base_url=server.url, clock=clock) as wan:
        getattr(wan, act)("a prompt, or an id")
    assert shows(told(errors[0])) == []


@pytest.mark.parametrize(
    "failure", [response(403), response(404), response(500), response(204), Close()]
)
def test_no_error_of_a_download_shows_a_secret(client_kind, server, storage, clock, failure):
    """The link that failed is not told to the world either."""
    storage.script("download", failure)
    server.script("poll", completed(storage))
    with raised() as errors, client_kind.client(base_url=server.url, clock=clock) as wan:
        wan.download(finished(storage), io.BytesIO())
    assert shows(told(errors[0])) == []


@pytest.mark.parametrize(
    "scheme", ["http://wan.invalid", "ftp://storage", "//storage", "https://["]
)
def test_no_error_about_a_link_shows_its_signature(client_kind, server, clock, scheme):
    """Links that cannot be followed are named without what grants access."""
    generation = replace(finished(server), video=None)
    server.script(
        "poll", poll_response("completed", video={"url": f"{scheme}/v.mp4?Signature={SIGNATURE}"})
    )
    with raised() as errors, client_kind.client(base_url=server.url, clock=clock) as wan:
        wan.download(generation, io.BytesIO())
    assert shows(told(errors[0])) == []


def test_a_key_that_the_api_repeats_is_not_passed_on(client_kind, server, clock, canary_key):
    """Some gateways quote the key that they refuse; its owner's log should not."""
    said = {"message": f"Incorrect API key provided: {canary_key}"}
    server.script("submit", response(401, said))
    with raised() as errors, client_kind.client(base_url=server.url, clock=clock) as wan:
        wan.submit(PROMPT)
    assert shows(told(errors[0])) == []


@pytest.mark.parametrize("broken", ["\n{}", "{} and more", "{}é", "{}\r\nX-Evil: 1", "{}\0"])
def test_a_key_that_cannot_be_one_is_not_repeated(client_kind, canary_key, broken):
    """What was pasted wrongly still holds the key."""
    key = broken.format(canary_key)
    if key.strip() == canary_key:
        key = f"two{key}"
    with raised() as errors, client_kind.client(key):
        pass
    assert isinstance(errors[0], ConfigurationError)
    assert shows(told(errors[0])) == []


@pytest.mark.parametrize("name", ["X-Request-Id", "X-Inference-Id", "WWW-Authenticate"])
def test_a_key_that_a_header_repeats_is_not_passed_on(client_kind, server, name, everything_logged):
    """Nor logged by httpcore, which tells of each header."""
    server.script("poll", response(401, "", {name: f"Bearer {SECRETS[0]}"}))
    with client_kind.client(base_url=server.url) as wan, raised() as errors:
        wan.status(ID)
    assert shows(told(errors[0]) + everything_logged.text) == []


def test_no_file_holds_a_secret(client_kind, server, storage, clock, tmp_path):
    """Neither the video nor what an interruption leaves behind."""
    storage.script("download", Serve(VIDEO, cut=100), response(404), Serve(VIDEO))
    server.script("poll", response(401), completed(storage))
    with client_kind.client(base_url=server.url, clock=clock) as wan:
        with pytest.raises(WanError):
            wan.download(finished(storage), tmp_path / "v.mp4")
        left = list(tmp_path.iterdir())
        wan.download(finished(storage), tmp_path / "w.mp4")
    assert [path.suffix for path in left] == [".part"]
    for path in tmp_path.iterdir():
        assert shows(f"{path.name} {path.read_bytes()!r}") == []


def test_a_pickled_generation_has_no_key(client_kind, server, storage, canary_key):
    """A generation can be handed to any worker; the worker needs a key of its own."""
    server.script("submit", accepted())
    server.script("poll", completed(storage))
    with client_kind.client(base_url=server.url) as wan:
        pickled = pickle.dumps(wan.generate(PROMPT))
    assert canary_key.encode() not in pickled
    assert isinstance(pickle.loads(pickled), Generation)  # noqa: S301 - made two lines above


def test_a_proxy_of_the_environment_never_sees_a_local_sandbox(client_kind, server, monkeypatch):
    """What stays on this machine, unencrypted, does not pass a proxy, key and all."""
    with Loopback() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.origin)
        monkeypatch.setenv("NO_PROXY", "")
        monkeypatch.setenv("no_proxy", "")
        server.script("poll", poll_response("queued"))
        with client_kind.client(base_url=server.url) as wan:
            assert wan.status(ID).status == "queued"
        assert proxy.requests == []


def test_a_submission_in_doubt_names_no_secret_of_its_own(client_kind, server, canary_key):
    """The id to ask the vendor by is not derived from the key."""
    server.script("submit", Close())
    with (
        client_kind.client(base_url=server.url) as wan,
        pytest.raises(SubmissionInDoubtError) as caught,
    ):
        wan.submit(PROMPT)
    assert canary_key not in caught.value.client_request_id
