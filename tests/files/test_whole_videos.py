"""What is saved is the whole of an MP4: by its own word, and not only by that of the storage."""

from __future__ import annotations

import io

import pytest

from tests.support.actions import Close, Hang, Send, Serve, head, response
from tests.support.responses import ID, VIDEO, completed, finished
from wan_ergonomic import (
    DownloadError,
    Generation,
    IncompleteDownloadError,
    LinkExpiredError,
    RetryPolicy,
    Video,
)

MP4 = {"Content-Type": "video/mp4", "ETag": '"v1"'}
HALF = VIDEO[: len(VIDEO) // 2]
CHUNKED = {**MP4, "Transfer-Encoding": "chunked"}


def chunk(data: bytes) -> bytes:
    """Return a chunk of a body that is sent in chunks."""
    return b"%x\r\n%s\r\n" % (len(data), data)


@pytest.fixture
def wan(client_kind, server, clock):
    """A client with a fake clock."""
    with client_kind.client(base_url=server.url, clock=clock) as client:
        yield client


@pytest.fixture
def hasty(client_kind, server, clock):
    """A client that tries everything once."""
    once = RetryPolicy(attempts=1)
    with client_kind.client(base_url=server.url, clock=clock, retrying=once) as client:
        yield client


@pytest.mark.parametrize("size", [12, 20, 36, 40, len(HALF), len(VIDEO) - 1])
@pytest.mark.parametrize(
    "sent",
    [
        lambda part: (Send(head(200, MP4) + part), Close()),
        lambda part: (Send(head(200, {**MP4, "Content-Length": str(len(part))}) + VIDEO), Close()),
        lambda part: Send(head(200, CHUNKED) + chunk(part) + b"0\r\n\r\n"),
    ],
    ids=["of no announced length", "announced as less", "in chunks that end well"],
)
def test_a_part_gets_no_name(hasty, server, tmp_path, size, sent):
    """However good the storage says that it is."""
    server.script("download", sent(VIDEO[:size]))
    with pytest.raises(IncompleteDownloadError):
        hasty.download(finished(server), tmp_path / "v.mp4")
    assert not (tmp_path / "v.mp4").exists()


def test_what_was_cut_without_a_word_is_gone_on_with(wan, server, tmp_path):
    """The rest is asked for, as of any other stream that broke off."""
    server.script("download", (Send(head(200, MP4) + HALF), Close()), Serve(VIDEO))
    wan.download(finished(server), tmp_path / "v.mp4")
    assert (tmp_path / "v.mp4").read_bytes() == VIDEO
    assert server.requests[1].headers["range"] == f"bytes={len(HALF)}-"


@pytest.mark.parametrize("status", [200, 206])
def test_numbers_that_python_refuses_to_read_are_no_numbers(hasty, server, tmp_path, status):
    """A range of thousands of digits is none."""
    digits = "9" * 5000
    headers = {**MP4, "Content-Range": f"bytes {digits}-{digits}/{digits}"}
    server.script("download", response(status, HALF, headers))
    with pytest.raises(IncompleteDownloadError):
        hasty.download(finished(server), tmp_path / "v.mp4")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("port", [0, 70_000, 10**30])
def test_a_port_that_cannot_be_is_refused(hasty, server, port):
    """On this machine too."""
    video = Video(url=f"http://127.0.0.1:{port}/v.mp4")
    with pytest.raises(DownloadError):
        hasty.download(Generation(id=ID, status="completed", video=video), io.BytesIO())
    assert server.requests == []


def test_a_path_with_half_of_a_character_is_refused_at_once(hasty, server, tmp_path):
    """Before anything is fetched for it."""
    with pytest.raises(DownloadError, match="Nothing can be written"):
        hasty.download(finished(server), tmp_path / "v\ud800.mp4")
    assert server.requests == []


def test_a_store_that_refuses_to_go_on_is_started_over_with_once(wan, server, tmp_path):
    """If it breaks off again, there is no other way to try."""
    server.script("poll", completed(server))
    begun = Serve(VIDEO, cut=1000)
    server.script("download", begun, response(403), response(403), begun, response(403))
    with pytest.raises(LinkExpiredError):
        wan.download(finished(server), tmp_path / "v.mp4")
    assert len(server.received("download")) == 5


def test_two_videos_of_a_store_come_over_two_connections(wan, server):
    """What one of them was answered too much is not the beginning of the other."""
    smuggled = response(200, b"another's", MP4).data
    server.script("download", Send(response(200, VIDEO, MP4).data + smuggled), Serve(VIDEO))
    for _ in range(2):
        file = io.BytesIO()
        wan.download(finished(server), file)
        assert file.getvalue() == VIDEO


class Slow(io.RawIOBase):
    """A file that is not buffered, and takes little at once."""

    def __init__(self, most: int) -> None:
        self.taken = b""
        self._most = most

    def writable(self) -> bool:
        """Say that it can be written to."""
        return True

    def write(self, data) -> int:
        """Take some of it."""
        self.taken += bytes(data[: self._most])
        return min(len(data), self._most)


def test_a_file_that_takes_little_at_once_gets_everything(wan, server):
    """As does standard output without a buffer; it is left open."""
    server.script("download", Serve(VIDEO))
    file = Slow(most=1000)
    wan.download(finished(server), file)
    assert (file.taken, file.closed) == (VIDEO, False)


def test_a_file_that_takes_no_more_is_an_error(wan, server):
    """One that says so, time and again, would be waited for without end."""
    server.script("download", Serve(VIDEO))
    with pytest.raises(DownloadError, match="it takes no more bytes") as caught:
        wan.download(finished(server), Slow(most=0))
    assert caught.value.generation_id == ID


OWN = [IncompleteDownloadError("mine"), LinkExpiredError("mine"), DownloadError("mine")]


@pytest.mark.parametrize("own", [*OWN, ValueError("mine")], ids=lambda own: type(own).__name__)
@pytest.mark.parametrize(
    "rest", [b"", chunk(b"more") * 3, b"zz\r\n"], ids=["silence", "more", "nonsense"]
)
def test_what_a_callback_raises_is_the_callers(wan, server, tmp_path, own, rest):
    """It is raised as it is, whatever the storage has sent after it; nothing is retried."""
    server.script("download", (Send(head(200, CHUNKED) + chunk(HALF) + rest), Hang()))
    told: list[int] = []

    def tell(done, _) -> None:
        told.append(done)
        raise own

    with pytest.raises(type(own)) as caught:
        wan.download(finished(server), tmp_path / "v.mp4", on_progress=tell)
    assert (caught.value is own, len(told)) == (True, 1)
    assert [path.suffix for path in tmp_path.iterdir()] == [".part"]
