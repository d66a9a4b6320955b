"""No answer takes more memory than it is worth, however it is packed."""

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
    DownloadError,
    RateLimitError,
    RetryPolicy,
    SubmissionInDoubtError,
    UnreadableResponseError,
)

YES = json.dumps({"id": ID, "status": "queued"}).encode()
BOMB = gzip.compress(b" " * 2**26, 9)
LONG = head(200, {"Content-Length": str(10**9)}) + b" " * 2**24


def packed(body: bytes, encoding: str, status: int = 200) -> Send:
    """Return an answer with an encoding that nobody asked for."""
    return response(status, body, {"Content-Encoding": encoding})


@contextmanager
def little_memory():
    """The block takes no more than a few MiB at any time."""
    tracemalloc.start()
    try:
        yield
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 2**23


@pytest.fixture
def wan(client_kind, server, clock):
    """A client that tries everything once."""
    once = RetryPolicy(attempts=1)
    with client_kind.client(base_url=server.url, clock=clock, retrying=once) as client:
        yield client


@pytest.mark.parametrize("encoding", ["gzip", "gzip, gzip", "GZIP"])
def test_a_bomb_does_not_go_off(wan, server, encoding):
    """What expands beyond the bound is refused before it has."""
    body = gzip.compress(BOMB, 9) if "," in encoding else BOMB
    server.script("submit", packed(body, encoding))
    server.script("poll", packed(body, encoding))
    with little_memory():
        with pytest.raises(SubmissionInDoubtError):
            wan.submit(PROMPT)
        with pytest.raises(UnreadableResponseError):
            wan.status(ID)
    assert len(server.received("submit")) == 1


def test_a_bomb_in_a_refusal_does_not_go_off_either(wan, server):
    """Its status says enough."""
    server.script("submit", packed(BOMB, "gzip", 429))
    with little_memory(), pytest.raises(RateLimitError):
        wan.submit(PROMPT)


def test_a_store_has_no_bomb_to_offer(wan, server, tmp_path):
    """Bytes are kept as they travel, and what is packed is no video."""
    server.script("download", packed(BOMB, "gzip"))
    with little_memory(), pytest.raises(DownloadError, match="not hold an MP4"):
        wan.download(finished(server), tmp_path / "v.mp4")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("encoding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress), ("gzip", bytes)]
)
def test_an_answer_that_is_packed_unasked_is_read(wan, server, encoding, pack):
    """It is paid for; an answer that only says that it is packed is read as well."""
    server.script("submit", packed(pack(YES), encoding, 201))
    assert wan.submit(PROMPT).id == ID


def test_a_refusal_that_is_packed_unasked_is_read(wan, server):
    """So that its reason is told."""
    server.script("submit", packed(gzip.compress(b'{"message": "Slower"}'), "gzip", 429))
    with pytest.raises(RateLimitError, match="Slower"):
        wan.submit(PROMPT)


def test_what_cannot_be_unpacked_cannot_be_read(wan, server):
    """An accepted submission is in doubt then, and never sent again."""
    server.script("submit", packed(b"\x0b\x02\x80" + YES, "br"))
    with pytest.raises(SubmissionInDoubtError, match="instead of a JSON object"):
        wan.submit(PROMPT)
    assert len(server.requests) == 1


def test_a_long_answer_is_not_read_to_its_end(wan, server):
    """More than 1 MiB is refused when it has come, not when all the rest has."""
    server.script("submit", (Send(LONG), Hang()))
    with little_memory(), pytest.raises(SubmissionInDoubtError, match="larger than 1 MiB"):
        wan.submit(PROMPT, timeout=10)


def test_a_long_refusal_is_not_read_to_its_end(wan, server):
    """What it says is in its status and its beginning."""
    server.script("poll", (Send(LONG.replace(b"200 OK", b"401 No")), Hang()))
    with little_memory(), pytest.raises(Exception, match="401"):
        wan.status(ID, timeout=10)


@pytest.mark.parametrize("body", [b"", LONG[-(2**20) :]])
def test_what_comes_with_a_redirect_is_not_read(client_kind, server, body):
    """A storage that sends its visitors on may say as much as it likes."""
    there = {"Location": "/there.mp4", "Content-Length": str(10**9)}
    server.script("download", (Send(head(302, there) + body), Hang()), Serve(VIDEO))
    file = io.BytesIO()
    with client_kind.client(base_url=server.url, retrying=RetryPolicy(attempts=1)) as wan:
        wan.download(finished(server), file, timeout=5)
    assert file.getvalue() == VIDEO


def test_a_long_answer_leaves_nothing_open_under_trio(trio_kind, server, clock):
    """Trio finds fault with generators that were left in the middle."""
    server.script("poll", (Send(LONG), Hang()))
    once = RetryPolicy(attempts=1)
    with (
        trio_kind.client(base_url=server.url, clock=clock, retrying=once) as wan,
        pytest.raises(UnreadableResponseError, match="larger than 1 MiB"),
    ):
        wan.status(ID)
    gc.collect()


def test_a_download_that_is_given_up_leaves_nothing_open_under_trio(trio_kind, server):
    """Nor with those of a video that turns out to be none."""
    server.script("download", (Send(LONG), Hang()))
    with (
        trio_kind.client(base_url=server.url) as wan,
        pytest.raises(DownloadError, match="not hold an MP4"),
    ):
        wan.download(finished(server), io.BytesIO())
    gc.collect()
