"""A download that broke off resumes with the same version of the video, or starts over."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from tests.support.actions import Close, Send, Serve, head, response
from tests.support.files import names
from tests.support.loopback import Loopback
from tests.support.responses import HALF, MP4, VIDEO, boxes, completed, finished
from wan_ergonomic import IncompleteDownloadError, LinkExpiredError

FREE = boxes(free=bytes(8))
# Another version with the same boxes: only its ETag tells the two apart.
LATER = VIDEO[:44] + VIDEO[:43:-1]


def ranges(server: Loopback) -> list[str | None]:
    """Return the Range header of each download."""
    return [request.headers.get("range") for request in server.received("download")]


def part(first: int, body: bytes, *, size: int, etag: str = '"v1"'):
    """Return a 206 with a part of a video that begins at byte ``first``."""
    content_range = f"bytes {first}-{first + len(body) - 1}/{size}"
    return response(206, body, {"ETag": etag, "Content-Range": content_range})


def test_another_call_resumes_where_one_broke_off(wan_once, server, tmp_path):
    """The bytes are kept beside the target, and only the rest is requested."""
    server.script("download", Serve(VIDEO, cut=1000), Serve(VIDEO))
    path = tmp_path / "v.mp4"
    with pytest.raises(IncompleteDownloadError):
        wan_once.download(finished(server), path)
    (kept,) = names(tmp_path)
    assert (kept[:5], kept[-5:]) == (".wan-", ".part")
    wan_once.download(finished(server), path)
    assert (path.read_bytes(), names(tmp_path)) == (VIDEO, ["v.mp4"])
    assert ranges(server) == [None, "bytes=1000-"]


def test_a_part_is_used_for_its_own_generation_only(wan_once, server, tmp_path):
    """But for any target in its folder: the first one's name may be taken by now."""
    server.script("download", Serve(VIDEO, cut=1000), Serve(VIDEO))
    with pytest.raises(IncompleteDownloadError):
        wan_once.download(finished(server), tmp_path / "v.mp4")
    wan_once.download(replace(finished(server), id="another"), tmp_path / "v.mp4")
    wan_once.download(finished(server), tmp_path / "w.mp4")
    assert ranges(server) == [None, None, "bytes=1000-"]
    assert names(tmp_path) == ["v.mp4", "w.mp4"]


@pytest.mark.parametrize("name", ["zz", "ff", ""])
def test_a_part_with_an_unreadable_name_is_not_used(wan_once, server, tmp_path, name):
    """Its name does not say which version it is of; it goes once the video is saved."""
    server.script("download", Serve(VIDEO, cut=1000), Serve(VIDEO))
    with pytest.raises(IncompleteDownloadError):
        wan_once.download(finished(server), tmp_path / "v.mp4")
    (kept,) = tmp_path.iterdir()
    wan, generation, _, unique = kept.stem.split("-")
    kept.rename(kept.with_name(f"{wan}-{generation}-{name}-{unique}.part"))
    wan_once.download(finished(server), tmp_path / "v.mp4")
    assert (tmp_path / "v.mp4").read_bytes() == VIDEO
    assert (ranges(server)[1], names(tmp_path)) == (None, ["v.mp4"])


def test_a_part_of_another_version_is_not_appended(wan, server, tmp_path):
    """The download starts over, with one version."""
    mixed = part(100, LATER[100:], size=len(LATER), etag='"v2"')
    server.script("download", Serve(VIDEO, cut=100), mixed, Serve(LATER, etag='"v2"'))
    wan.download(finished(server), tmp_path / "v.mp4")
    assert (tmp_path / "v.mp4").read_bytes() == LATER
    assert ranges(server) == [None, "bytes=100-", None]


@pytest.mark.parametrize("rest", [VIDEO, VIDEO[100:] + FREE], ids=["all", "one more box"])
def test_a_part_with_too_many_bytes_is_not_kept(wan, server, tmp_path, rest):
    """Not even if its boxes end well."""
    longer = response(206, rest, {"ETag": '"v1"', "Content-Range": f"bytes 100-199/{len(VIDEO)}"})
    server.script("download", Serve(VIDEO, cut=100), longer, Serve(VIDEO))
    wan.download(finished(server), tmp_path / "v.mp4")
    assert (tmp_path / "v.mp4").read_bytes() == VIDEO
    assert ranges(server) == [None, "bytes=100-", None]


def test_a_part_that_ends_too_early_is_resumed(wan, server, tmp_path):
    """Its last box is whole, but the announced size says that more follows."""
    whole = VIDEO + FREE
    early = part(100, VIDEO[100:], size=len(whole))
    server.script("download", Serve(whole, cut=100), early, Serve(whole))
    wan.download(finished(server), tmp_path / "v.mp4")
    assert (tmp_path / "v.mp4").read_bytes() == whole
    assert ranges(server) == [None, "bytes=100-", f"bytes={len(VIDEO)}-"]


def test_videos_are_requested_uncompressed(wan, server):
    """A range counts the bytes that are transferred, so they have to be those of the file."""
    server.script("download", Serve(VIDEO))
    wan.download(finished(server), io.BytesIO())
    assert server.requests[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("etag", ["", 'W/"v1"', "v1", '"' + "x" * 99 + '"'])
def test_nothing_is_resumed_without_a_validator(wan, server, tmp_path, etag):
    """The rest might be of another version."""
    server.script("download", Serve(VIDEO, etag=etag, cut=1000), Serve(VIDEO, etag=etag))
    wan.download(finished(server), tmp_path / "v.mp4")
    assert ((tmp_path / "v.mp4").read_bytes(), ranges(server)) == (VIDEO, [None, None])


DATE = "Wed, 21 Oct 2015 07:28:00 GMT"


@pytest.mark.parametrize("etag", ["", 'W/"v1"'])
def test_last_modified_is_the_validator_where_there_is_no_strong_etag(
    wan_once, server, tmp_path, etag
):
    """In one call and for a later one."""
    begun = (Send(head(200, dated(etag, {"Content-Length": str(len(VIDEO))})) + VIDEO[:1000]),)
    rest = {"Content-Range": f"bytes 1000-{len(VIDEO) - 1}/{len(VIDEO)}"}
    server.script("download", (*begun, Close()), response(206, VIDEO[1000:], dated(etag, rest)))
    with pytest.raises(IncompleteDownloadError):
        wan_once.download(finished(server), tmp_path / "v.mp4")
    wan_once.download(finished(server), tmp_path / "v.mp4")
    assert ((tmp_path / "v.mp4").read_bytes(), names(tmp_path)) == (VIDEO, ["v.mp4"])
    assert ranges(server) == [None, "bytes=1000-"]
    assert server.requests[1].headers["if-range"] == DATE


def dated(etag: str, headers: dict[str, str]) -> dict[str, str]:
    """Return headers with a date of the last change, and an ETag if there is one."""
    return {**headers, "Last-Modified": DATE, **({"ETag": etag} if etag else {})}


@pytest.mark.parametrize("known", [True, False], ids=["known size", "unknown size"])
def test_a_part_may_come_without_the_size_of_the_whole(wan, server, tmp_path, known):
    """As servers say that stream what they have."""
    length = {"Content-Length": str(len(VIDEO))} if known else {}
    begun = (Send(head(200, {**MP4, **length}) + VIDEO[:1000]), Close())
    content_range = {"Content-Range": f"bytes 1000-{len(VIDEO) - 1}/*"}
    server.script("download", begun, response(206, VIDEO[1000:], {**MP4, **content_range}))
    wan.download(finished(server), tmp_path / "v.mp4")
    assert ((tmp_path / "v.mp4").read_bytes(), ranges(server)) == (VIDEO, [None, "bytes=1000-"])


def test_a_part_from_the_first_byte_is_a_beginning(wan, server, tmp_path):
    """Even if no range was requested."""
    server.script("download", part(0, VIDEO[:1000], size=len(VIDEO)), Serve(VIDEO))
    wan.download(finished(server), tmp_path / "v.mp4")
    assert ((tmp_path / "v.mp4").read_bytes(), ranges(server)) == (VIDEO, [None, "bytes=1000-"])


def test_a_part_that_proves_to_be_all_is_saved(wan, server, tmp_path):
    """A storage that did not announce a length says so in response to the next range."""
    padded = VIDEO + b"pad"
    all_sent = response(416, "", {"Content-Range": f"bytes */{len(padded)}"})
    server.script("download", (Send(head(200, MP4) + padded), Close()), all_sent)
    wan.download(finished(server), tmp_path / "v.mp4")
    assert (tmp_path / "v.mp4").read_bytes() == padded


def test_a_storage_that_rejects_ranges_is_sent_a_request_for_the_whole(wan, server, tmp_path):
    """A fresh link is tried first; if that is rejected too, the download starts over."""
    server.script("poll", completed(server))
    rejected = response(403)
    server.script("download", Serve(VIDEO, cut=1000), rejected, rejected, Serve(VIDEO))
    wan.download(finished(server), tmp_path / "v.mp4")
    assert (names(tmp_path), (tmp_path / "v.mp4").read_bytes()) == (["v.mp4"], VIDEO)
    assert ranges(server) == [None, "bytes=1000-", "bytes=1000-", None]


@pytest.mark.parametrize(
    "then",
    [
        response(416),
        response(206, b"x", {"Content-Range": "bytes 0-0/1"}),
        Serve(VIDEO, etag='"v2"', cut=99),
    ],
)
def test_a_download_that_never_gets_further_is_given_up(wan, server, tmp_path, then):
    """Starting over is no progress: attempts count from the furthest byte reached."""
    once = [Serve(VIDEO, cut=100), then]
    server.script("download", *once * 20, Serve(VIDEO))
    with pytest.raises(IncompleteDownloadError):
        wan.download(finished(server), tmp_path / "v.mp4")
    assert len(server.requests) == 4


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


def test_a_download_that_cannot_be_resumed_starts_over_once(wan, server, tmp_path):
    """If that breaks off too, the error is raised."""
    server.script("poll", completed(server))
    begun = Serve(VIDEO, cut=1000)
    server.script("download", begun, response(401), response(401), begun, response(401))
    with pytest.raises(LinkExpiredError):
        wan.download(finished(server), tmp_path / "v.mp4")
    assert len(server.received("download")) == 5
