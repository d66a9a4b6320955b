"""A response takes little memory, however large or compressed it is."""

from __future__ import annotations

import gc
import gzip
import io
import json
import tracemalloc
import zlib
from contextlib import contextmanager

import pytest

from tests.support.actions import Hang, Send, Serve, head, response
from tests.support.responses import ID, PROMPT, VIDEO, finished
from wan_ergonomic import (
    AuthenticationError,
    DownloadError,
    RateLimitError,
    RetryPolicy,
    SubmissionInDoubtError,
    UnreadableResponseError,
)

ACCEPTED = json.dumps({"id": ID, "status": "queued"}).encode()
# 64 MiB when it is expanded.
BOMB = gzip.compress(b" " * 2**26, 9)
LONG = head(200, {"Content-Length": str(10**9)}) + b" " * 2**24
ONCE = RetryPolicy(attempts=1)


def compressed(body: bytes, encoding: str, status: int = 200) -> Send:
    """Return a response with a Content-Encoding that the request did not accept."""
    return response(status, body, {"Content-Encoding": encoding})


@contextmanager
def little_memory():
    """Check that the block uses less than 8 MiB at any time."""
    tracemalloc.start()
    try:
        yield
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 2**23


@pytest.mark.parametrize("encoding", ["gzip", "gzip, gzip", "GZIP"])
def test_a_compressed_response_is_not_expanded_beyond_1_mib(wan_once, server, encoding):
    """It is an error before it takes more memory."""
    body = gzip.compress(BOMB, 9) if "," in encoding else BOMB
    server.script("submit", compressed(body, encoding))
    server.script("poll", compressed(body, encoding))
    with little_memory():
        with pytest.raises(SubmissionInDoubtError):
            wan_once.submit(PROMPT)
        with pytest.raises(UnreadableResponseError):
            wan_once.status(ID)
    assert len(server.received("submit")) == 1


def test_nor_is_a_compressed_error_response(wan_once, server):
    """Its status is enough."""
    server.script("submit", compressed(BOMB, "gzip", 429))
    with little_memory(), pytest.raises(RateLimitError):
        wan_once.submit(PROMPT)


def test_a_compressed_video_is_not_expanded(wan_once, server, tmp_path):
    """Bytes are saved as they were transferred, and compressed ones are not an MP4."""
    server.script("download", compressed(BOMB, "gzip"))
    with little_memory(), pytest.raises(DownloadError, match="not hold an MP4"):
        wan_once.download(finished(server), tmp_path / "v.mp4")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("encoding", "compress"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("gzip", bytes)],
)
def test_a_response_compressed_without_being_asked_for_is_read(
    wan_once, server, encoding, compress
):
    """Also a body that is not compressed, though its header says so: the job is paid for."""
    server.script("submit", compressed(compress(ACCEPTED), encoding, 201))
    assert wan_once.submit(PROMPT).id == ID


def test_a_compressed_error_response_is_read(wan_once, server):
    """Its message is in the error."""
    server.script("submit", compressed(gzip.compress(b'{"message": "Slower"}'), "gzip", 429))
    with pytest.raises(RateLimitError, match="Slower"):
        wan_once.submit(PROMPT)


def test_a_response_in_an_unknown_encoding_is_unreadable(wan_once, server):
    """A submission is in doubt then, and not sent again."""
    server.script("submit", compressed(b"\x0b\x02\x80" + ACCEPTED, "br"))
    with pytest.raises(SubmissionInDoubtError, match="instead of a JSON object"):
        wan_once.submit(PROMPT)
    assert len(server.requests) == 1


def test_a_response_is_not_read_beyond_1_mib(wan_once, server):
    """It is an error once that much has arrived."""
    server.script("submit", (Send(LONG), Hang()))
    with little_memory(), pytest.raises(SubmissionInDoubtError, match="larger than 1 MiB"):
        wan_once.submit(PROMPT, timeout=10)


def test_an_error_response_is_not_read_beyond_1_mib(wan_once, server):
    """Its status and its beginning are enough."""
    server.script("poll", (Send(LONG.replace(b"200 OK", b"401 No")), Hang()))
    with little_memory(), pytest.raises(AuthenticationError):
        wan_once.status(ID, timeout=10)


@pytest.mark.parametrize("body", [b"", LONG[-(2**20) :]])
def test_the_body_of_a_redirect_is_not_read(client_kind, server, body):
    """The redirect is followed at once."""
    there = {"Location": "/there.mp4", "Content-Length": str(10**9)}
    server.script("download", (Send(head(302, there) + body), Hang()), Serve(VIDEO))
    file = io.BytesIO()
    with client_kind.client(base_url=server.url, retrying=ONCE) as wan:
        wan.download(finished(server), file, timeout=5)
    assert file.getvalue() == VIDEO


def test_a_response_that_is_too_long_leaves_nothing_open_under_trio(trio_kind, server, clock):
    """Trio warns about async generators that are left to the garbage collector."""
    server.script("poll", (Send(LONG), Hang()))
    with (
        trio_kind.client(base_url=server.url, clock=clock, retrying=ONCE) as wan,
        pytest.raises(UnreadableResponseError, match="larger than 1 MiB"),
    ):
        wan.status(ID)
    gc.collect()


def test_a_download_that_is_given_up_leaves_nothing_open_under_trio(trio_kind, server):
    """As above, for the body of a video."""
    server.script("download", (Send(LONG), Hang()))
    with (
        trio_kind.client(base_url=server.url) as wan,
        pytest.raises(DownloadError, match="not hold an MP4"),
    ):
        wan.download(finished(server), io.BytesIO())
    gc.collect()
