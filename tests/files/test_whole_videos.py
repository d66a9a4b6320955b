"""A video is saved only if its boxes are complete, whatever the storage says of its length."""

from __future__ import annotations

import io

import pytest

from tests.support.actions import Close, Hang, Send, Serve, head, response
from tests.support.files import names
from tests.support.responses import CHUNKED, HALF, ID, MP4, VIDEO, chunk, finished
from wan_ergonomic import DownloadError, IncompleteDownloadError


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


def test_a_video_has_its_name_only_once_it_is_whole(wan, server, tmp_path):
    """Another program that watches the folder never finds half a video."""
    server.script("download", Serve(VIDEO, cut=1000), Serve(VIDEO))
    path = tmp_path / "v.mp4"
    existed = []
    wan.download(finished(server), path, on_progress=lambda *_: existed.append(path.exists()))
    assert set(existed) == {False}
    assert path.read_bytes() == VIDEO


def test_a_file_object_gets_nothing_of_an_incomplete_video(wan_once, server):
    """It is written to only once the video is whole."""
    server.script("download", Serve(VIDEO, cut=1000))
    file = io.BytesIO()
    with pytest.raises(IncompleteDownloadError):
        wan_once.download(finished(server), file)
    assert file.getvalue() == b""


def test_a_chunked_video_is_saved_without_a_total(wan, server, tmp_path):
    """A chunked body says itself where it ends."""
    chunked = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (VIDEO[:50], VIDEO[50:]))
    calls = []
    server.script(
        "download", Send(head(200, {"Transfer-Encoding": "chunked"}) + chunked + b"0\r\n\r\n")
    )
    wan.download(finished(server), tmp_path / "v.mp4", on_progress=lambda *x: calls.append(x))
    assert (tmp_path / "v.mp4").read_bytes() == VIDEO
    assert calls[-1] == (len(VIDEO), None)


@pytest.mark.parametrize("body", [b"<html>Sorry</html>", b"", b"{}", VIDEO[:7], VIDEO[30:]])
def test_a_response_that_is_not_an_mp4_is_not_saved(wan, server, tmp_path, body):
    """A page in place of a video is an error, and is not requested again."""
    server.script("download", response(200, body, {"ETag": '"v1"', **MP4}))
    with pytest.raises(DownloadError, match="not hold an MP4") as caught:
        wan.download(finished(server), tmp_path / "v.mp4")
    assert caught.value.generation_id == ID
    assert (names(tmp_path), len(server.requests)) == ([], 1)


def test_a_response_that_is_not_an_mp4_is_not_read_to_its_end(wan, server, tmp_path):
    """The first bytes show it; the rest may be endless."""
    server.script("download", (Send(head(200, {}) + b"<html>" * 9), Hang()))
    with pytest.raises(DownloadError, match="not hold an MP4"):
        wan.download(finished(server), tmp_path / "v.mp4")
    assert names(tmp_path) == []
