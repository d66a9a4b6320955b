"""A video is saved only if its boxes are complete, whatever the storage says of its length."""

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
    Video,
)

MP4 = {"Content-Type": "video/mp4", "ETag": '"v1"'}
HALF = VIDEO[: len(VIDEO) // 2]
CHUNKED = {**MP4, "Transfer-Encoding": "chunked"}


def chunk(data: bytes) -> bytes:
    """Return one chunk of a chunked body."""
    return b"%x\r\n%s\r\n" % (len(data), data)


@pytest.mark.parametrize("size", [12, 20, 36, 40, len(HALF), len(VIDEO) - 1])
@pytest.mark.parametrize(
    "sent",
    [
        lambda part: (Send(head(200, MP4) + part), Close()),
        lambda part: (Send(head(200, {**MP4, "Content-Length": str(len(part))}) + VIDEO), Close()),
        lambda part: Send(head(200, CHUNKED) + chunk(part) + b"0\r\n\r\n"),
    ],
    ids=["without a length", "with too small a length", "chunked, with a last chunk"],
)
def test_a_part_of_a_video_is_not_saved(wan_once, server, tmp_path, size, sent):
    """Even if the response ends as announced."""
    server.script("download", sent(VIDEO[:size]))
    with pytest.raises(IncompleteDownloadError):
        wan_once.download(finished(server), tmp_path / "v.mp4")
    assert not (tmp_path / "v.mp4").exists()


def test_a_video_cut_without_an_error_is_resumed(wan, server, tmp_path):
    """As after any other broken stream."""
    server.script("download", (Send(head(200, MP4) + HALF), Close()), Serve(VIDEO))
    wan.download(finished(server), tmp_path / "v.mp4")
    assert (tmp_path / "v.mp4").read_bytes() == VIDEO
    assert server.requests[1].headers["range"] == f"bytes={len(HALF)}-"


@pytest.mark.parametrize("status", [200, 206])
def test_a_content_range_with_thousands_of_digits_is_ignored(wan_once, server, tmp_path, status):
    """Python does not convert that many digits to a number."""
    digits = "9" * 5000
    headers = {**MP4, "Content-Range": f"bytes {digits}-{digits}/{digits}"}
    server.script("download", response(status, HALF, headers))
    with pytest.raises(IncompleteDownloadError):
        wan_once.download(finished(server), tmp_path / "v.mp4")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("port", [0, 70_000, 10**30])
def test_a_link_with_an_impossible_port_is_not_followed(wan_once, server, port):
    """Not on this machine either."""
    video = Video(url=f"http://127.0.0.1:{port}/v.mp4")
    with pytest.raises(DownloadError):
        wan_once.download(Generation(id=ID, status="completed", video=video), io.BytesIO())
    assert server.requests == []


def test_a_path_with_half_a_character_is_rejected_first(wan_once, server, tmp_path):
    """Nothing is requested for it."""
    with pytest.raises(DownloadError, match="Nothing can be written"):
        wan_once.download(finished(server), tmp_path / "v\ud800.mp4")
    assert server.requests == []


def test_a_download_that_cannot_be_resumed_starts_over_once(wan, server, tmp_path):
    """If that breaks off too, the error is raised."""
    server.script("poll", completed(server))
    begun = Serve(VIDEO, cut=1000)
    server.script("download", begun, response(403), response(403), begun, response(403))
    with pytest.raises(LinkExpiredError):
        wan.download(finished(server), tmp_path / "v.mp4")
    assert len(server.received("download")) == 5


def test_each_video_has_a_connection_of_its_own(wan, server):
    """Surplus bytes of one response are not the start of the next."""
    smuggled = response(200, b"another's", MP4).data
    server.script("download", Send(response(200, VIDEO, MP4).data + smuggled), Serve(VIDEO))
    for _ in range(2):
        file = io.BytesIO()
        wan.download(finished(server), file)
        assert file.getvalue() == VIDEO


class Slow(io.RawIOBase):
    """An unbuffered file that accepts few bytes at a time."""

    def __init__(self, most: int) -> None:
        self.taken = b""
        self._most = most

    def writable(self) -> bool:
        """Return that it can be written to."""
        return True

    def write(self, data) -> int:
        """Accept some of the bytes."""
        self.taken += bytes(data[: self._most])
        return min(len(data), self._most)


def test_a_file_that_accepts_few_bytes_at_a_time_gets_all_of_them(wan, server):
    """As unbuffered standard output does; it stays open."""
    server.script("download", Serve(VIDEO))
    file = Slow(most=1000)
    wan.download(finished(server), file)
    assert (file.taken, file.closed) == (VIDEO, False)


def test_a_file_that_accepts_no_bytes_is_an_error(wan, server):
    """Writing again would never end."""
    server.script("download", Serve(VIDEO))
    with pytest.raises(DownloadError, match="it takes no more bytes") as caught:
        wan.download(finished(server), Slow(most=0))
    assert caught.value.generation_id == ID


OWN = [IncompleteDownloadError("mine"), LinkExpiredError("mine"), DownloadError("mine")]


@pytest.mark.parametrize("own", [*OWN, ValueError("mine")], ids=lambda own: type(own).__name__)
@pytest.mark.parametrize(
    "rest", [b"", chunk(b"more") * 3, b"zz\r\n"], ids=["silence", "more", "nonsense"]
)
def test_an_error_of_a_callback_is_raised_unchanged(wan, server, tmp_path, own, rest):
    """It is not taken for the storage's, whatever follows in the response, and not retried."""
    server.script("download", (Send(head(200, CHUNKED) + chunk(HALF) + rest), Hang()))
    calls: list[int] = []

    def fail(done, _) -> None:
        calls.append(done)
        raise own

    with pytest.raises(type(own)) as caught:
        wan.download(finished(server), tmp_path / "v.mp4", on_progress=fail)
    assert (caught.value is own, len(calls)) == (True, 1)
    assert [path.suffix for path in tmp_path.iterdir()] == [".part"]
