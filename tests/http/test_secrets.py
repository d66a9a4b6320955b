"""Neither the key nor a signed link is in a repr, log record, error, file or pickle."""

from __future__ import annotations

import io
import logging
import pickle
import time
import traceback
from collections.abc import Iterator
from dataclasses import replace

import httpcore
import httpx
import pytest

from tests.support.actions import Close, Serve, response
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
    ConfigurationError,
    Generation,
    SubmissionInDoubtError,
    Video,
    WanError,
)

# Each gives access to the account, or to the video.
SECRETS = ("canary-5d1f0c7e9b", SIGNATURE, "uGvB/c4nary+signed=")


def secrets_in(text: str) -> list[str]:
    """Return the secrets that a text contains."""
    return [secret for secret in SECRETS if secret in text]


@pytest.fixture
def every_record(caplog) -> Iterator[pytest.LogCaptureFixture]:
    """The records of every logger at every level."""
    # A logger made before this test may have a level of its own.
    loggers = [logging.getLogger(name) for name in list(logging.root.manager.loggerDict)]
    levels = {logger: logger.level for logger in loggers}
    for logger in loggers:
        logger.setLevel(logging.NOTSET)
    with caplog.at_level(logging.DEBUG):
        yield caplog
    for logger, level in levels.items():
        logger.setLevel(level)


def everything_in(error: WanError) -> str:
    """Return all that an error carries: text, traceback, causes, notes, attributes, pickle."""
    text = "".join(traceback.format_exception(error))
    return f"{text}{error!r}{vars(error)}{pickle.dumps(error)!r}"


def test_no_repr_contains_a_secret(client_kind, server, storage):
    """Of the client, its parts, or a generation."""
    server.script("submit", accepted())
    server.script("poll", completed(storage))
    with client_kind.client(base_url=server.url) as wan:
        generation = wan.generate(PROMPT)
        client = wan if client_kind.backend == "sync" else wan.client
        parts = [
            client,
            client._runner,
            client._runner._endpoint,
            client._runner._endpoint._headers,
            generation,
        ]
        assert generation.video.url == link(storage)
    for part in (*parts, generation.video, replace(generation, drift=()), *generation.drift):
        assert secrets_in(f"{part!r} {part}") == []


def test_no_log_record_contains_a_secret(wan, server, storage, every_record):
    """Of our logger, or of httpcore's trace."""
    server.script("submit", accepted())
    server.script("poll", poll_response("generating", hint=link(storage)), completed(storage))
    storage.script("download", response(302, "", {"Location": link(storage)}), Serve(VIDEO))
    wan.download(wan.generate(PROMPT), io.BytesIO())
    records = every_record.records
    loggers = {f"{httpcore.__name__}.http11", "wan_ergonomic"}
    assert loggers <= {record.name for record in records}
    texts = [f"{record.getMessage()} {vars(record)}" for record in records]
    assert secrets_in("\n".join(texts)) == []


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
@pytest.mark.parametrize("logger", ["httpx", "httpx2"])
def test_links_with_credentials_are_shortened_in_any_record(caplog, link, logger):
    """Whatever name the storage gives to the parameter."""
    with caplog.at_level(logging.INFO, logger):
        logging.getLogger(logger).info('HTTP Request: GET %s "HTTP/1.1 200 OK"', link)
    assert "s3cret" not in caplog.text
    assert "s3cret" not in repr(Video(url=link))
    assert ".mp4" in caplog.text


@pytest.mark.parametrize("library", ["httpcore", "httpcore2"])
def test_the_location_header_is_not_logged(caplog, library):
    """Httpcore logs the headers of each response."""
    headers = [(b"Location", b"end.mp4?s3cret 'of ours"), (b"Content-Type", b"video/mp4")]
    with caplog.at_level(logging.DEBUG, f"{library}.http11"):
        logging.getLogger(f"{library}.http11").debug("receive_response_headers %r", headers)
    assert "s3cret" not in caplog.text
    assert "video/mp4" in caplog.text


@pytest.mark.parametrize("text", ["/v?" + "sig?" * 9000, "a" * 60_000, "/" * 60_000, "auth" * 9000])
def test_redacting_a_long_record_takes_little_time(caplog, text):
    """A regular expression must not backtrack over it."""
    began = time.process_time()
    with caplog.at_level(logging.INFO, "httpx"):
        logging.getLogger("httpx").info("HTTP Request: GET %s", text)
    assert time.process_time() - began < 5


def test_other_records_of_httpx_are_unchanged(caplog):
    """Only links with credentials are shortened."""
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


class Unprintable:
    """An object whose text cannot be made."""

    def __str__(self) -> str:
        raise RuntimeError("no text")


@pytest.mark.parametrize(
    ("message", "arguments", "shown"),
    [
        ("GET %s %d", ("/v?sig=s3cret", "no number"), "GET %s %d"),
        ("GET %s", ("a", "b"), "GET %s"),
        ("GET %s", (Unprintable(),), "GET %s"),
        (Unprintable(), (), "Unprintable"),
    ],
)
def test_a_broken_log_call_of_another_library_ends_no_request(caplog, message, arguments, shown):
    """The record is shown without its arguments, which may hold a secret."""
    with caplog.at_level(logging.INFO, "httpx"):
        logging.getLogger("httpx").info(message, *arguments)
    assert [record.getMessage() for record in caplog.records] == [shown]


FAILURES = {
    "rejected": response(401, {"message": "Who are you?"}),
    "in doubt": Close(),
    "from a proxy": html(502),
    "unreadable": response(200, "<html>"),
}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
@pytest.mark.parametrize("method", ["submit", "status"])
def test_no_error_of_the_api_contains_a_secret(wan, server, method, failure):
    """It can be posted in a public bug report."""
    server.script("submit", failure)
    server.script("poll", failure)
    with pytest.raises(WanError) as caught:
        getattr(wan, method)("a prompt, or an id")
    assert secrets_in(everything_in(caught.value)) == []


@pytest.mark.parametrize(
    "failure", [response(403), response(404), response(500), response(204), Close()]
)
def test_no_error_of_a_download_contains_a_secret(wan, server, storage, failure):
    """Not even the link that failed."""
    storage.script("download", failure)
    server.script("poll", completed(storage))
    with pytest.raises(WanError) as caught:
        wan.download(finished(storage), io.BytesIO())
    assert secrets_in(everything_in(caught.value)) == []


@pytest.mark.parametrize("scheme", ["http://wan.invalid", "ftp://store", "//store", "https://["])
def test_no_error_about_a_link_contains_its_signature(wan, server, scheme):
    """A link that cannot be followed is named without its query."""
    generation = replace(finished(server), video=None)
    url = f"{scheme}/v.mp4?Signature={SIGNATURE}"
    server.script("poll", poll_response("completed", video={"url": url}))
    with pytest.raises(WanError) as caught:
        wan.download(generation, io.BytesIO())
    assert secrets_in(everything_in(caught.value)) == []


def test_a_key_in_a_response_body_is_masked(wan, server, canary_key):
    """Some gateways quote the key that they reject."""
    body = {"message": f"Incorrect API key provided: {canary_key}"}
    server.script("submit", response(401, body))
    with pytest.raises(WanError) as caught:
        wan.submit(PROMPT)
    assert secrets_in(everything_in(caught.value)) == []


@pytest.mark.parametrize("name", ["X-Request-Id", "X-Inference-Id", "WWW-Authenticate"])
def test_a_key_in_a_response_header_is_masked(wan, server, name, every_record):
    """In the error, and in httpcore's log of the headers."""
    server.script("poll", response(401, "", {name: f"Bearer {SECRETS[0]}"}))
    with pytest.raises(WanError) as caught:
        wan.status(ID)
    assert secrets_in(everything_in(caught.value) + every_record.text) == []


@pytest.mark.parametrize("broken", ["two\n{}", "{} and more", "{}é", "{}\r\nX-Evil: 1", "two{}\0"])
def test_the_error_about_an_invalid_key_does_not_contain_it(client_kind, canary_key, broken):
    """A key with a copying error still contains the key."""
    with pytest.raises(ConfigurationError) as caught, client_kind.client(broken.format(canary_key)):
        pass
    assert secrets_in(everything_in(caught.value)) == []


def test_no_file_contains_a_secret(wan, server, storage, tmp_path):
    """Neither the video nor the part file of an interrupted download."""
    storage.script("download", Serve(VIDEO, cut=100), response(404), Serve(VIDEO))
    server.script("poll", response(401), completed(storage))
    with pytest.raises(WanError):
        wan.download(finished(storage), tmp_path / "v.mp4")
    left = list(tmp_path.iterdir())
    wan.download(finished(storage), tmp_path / "w.mp4")
    assert [path.suffix for path in left] == [".part"]
    for path in tmp_path.iterdir():
        assert secrets_in(f"{path.name} {path.read_bytes()!r}") == []


def test_a_pickled_generation_does_not_contain_the_key(client_kind, server, storage, canary_key):
    """It can be given to any worker; the worker needs a key of its own."""
    server.script("submit", accepted())
    server.script("poll", completed(storage))
    with client_kind.client(base_url=server.url) as wan:
        pickled = pickle.dumps(wan.generate(PROMPT))
    assert canary_key.encode() not in pickled
    assert isinstance(pickle.loads(pickled), Generation)  # noqa: S301 - made two lines above


def test_the_request_id_of_a_submission_does_not_contain_the_key(wan, server, canary_key):
    """It is given to the vendor's support."""
    server.script("submit", Close())
    with pytest.raises(SubmissionInDoubtError) as caught:
        wan.submit(PROMPT)
    assert canary_key not in caught.value.client_request_id
