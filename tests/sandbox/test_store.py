"""Links and downloads."""

from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from wan_ergonomic.sandbox import Sandbox, _video
from wan_ergonomic.sandbox._form import url_of
from wan_ergonomic.sandbox._ranges import UnsatisfiableRangeError, part_of


@pytest.fixture(autouse=True)
def _short_videos(monkeypatch):
    """A real video all the same, but soon drawn."""
    monkeypatch.setattr(_video, "FRAMES", 3)


def test_a_link_looks_like_the_vendors(api):
    """Expires in Unix seconds a day ahead, OSSAccessKeyId, and a percent-encoded Signature."""
    parts = urlsplit(api.link())
    query = parse_qs(parts.query)
    assert list(query) == ["Expires", "OSSAccessKeyId", "Signature"]
    assert int(query["Expires"][0]) == api.clock.time + 86400
    assert parts.query.endswith("%3D")


def test_a_download_is_an_mp4_with_its_length_and_a_strong_tag(api, get):
    """The headers say what a client needs to check and to resume."""
    response = get(api.link())
    assert (response.status_code, response.content[4:8]) == (200, b"ftyp")
    assert response.headers["content-type"] == "video/mp4"
    assert response.headers["accept-ranges"] == "bytes"
    assert response.headers["etag"].startswith('"')


def test_each_poll_hands_out_a_fresh_link(api):
    """The later link expires later."""
    body = api.finished()
    api.clock.time += 100
    assert url_of(api.poll(body["id"]).json()["video"]) != url_of(body["video"])


def test_an_old_link_is_rejected_in_the_stores_own_words(api, get):
    """403 with XML, once the lifetime is over."""
    link = api.link()
    api.clock.time += 86400
    response = get(link)
    assert (response.status_code, response.headers["content-type"]) == (403, "application/xml")
    assert "<Code>AccessDenied</Code><Message>Request has expired.</Message>" in response.text


def test_the_lifetime_of_links_can_be_chosen(clock):
    """A link of ten seconds says so."""
    with Sandbox(clock=clock.now, link_lifetime=10) as sandbox:
        assert "Expires=1010&" in sandbox._vendor._links.sign("/x")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda link: link.replace("Expires=", "Expires=9"),
        lambda link: link.replace("Signature=", "Signature=A"),
        lambda link: link.replace("/videos/", "/videos/x"),
        lambda link: link.partition("?")[0],
        lambda link: link.replace("Signature=", "Signature=%F0%9F%9A%80"),
    ],
)
def test_a_link_that_was_tampered_with_is_rejected(api, get, spoil):
    """The signature covers path and expiry."""
    response = get(spoil(api.link()))
    assert response.status_code == 403
    assert "<Code>SignatureDoesNotMatch</Code>" in response.text


def test_a_download_with_a_key_is_rejected_and_recorded(api):
    """A store takes one kind of authorization, and the record shows who sent the key."""
    response = api.http.get(api.link())
    assert (response.status_code, "InvalidArgument" in response.text) == (400, True)
    assert api.sandbox.received[-1].has_right_key


def test_a_download_is_recorded(api, get):
    """Downloads are among what was received, with their query."""
    get(api.link(), headers={"Range": "bytes=0-0"})
    record = api.sandbox.received[-1]
    assert (record.method, record.headers["range"]) == ("GET", "bytes=0-0")
    assert sorted(record.query) == ["Expires", "OSSAccessKeyId", "Signature"]


def test_head_says_everything_but_the_video(api, get):
    """HEAD has the same length and tag, and no body."""
    link = api.link()
    head, whole = httpx.head(link), get(link)
    assert head.content == b""
    for name in ("content-length", "etag", "content-type", "accept-ranges"):
        assert head.headers[name] == whole.headers[name]


@pytest.mark.parametrize(
    ("range_header", "start", "stop"),
    [("bytes=0-99", 0, 100), ("bytes=100-", 100, None), ("bytes=-100", -100, None)],
)
def test_a_part_can_be_had(api, get, range_header, start, stop):
    """206 with the requested bytes and where they belong."""
    link = api.link()
    whole = get(link).content
    response = get(link, headers={"Range": range_header})
    first = slice(start, stop).indices(len(whole))[0]
    assert (response.status_code, response.content) == (206, whole[start:stop])
    last = first + len(response.content) - 1
    assert response.headers["content-range"] == f"bytes {first}-{last}/{len(whole)}"


def test_a_part_beyond_the_end_is_rejected_with_the_length(api, get):
    """416 says how long the file is."""
    link = api.link()
    size = len(get(link).content)
    response = get(link, headers={"Range": f"bytes={size}-"})
    assert (response.status_code, response.headers["content-range"]) == (416, f"bytes */{size}")


def test_a_part_of_another_version_is_the_whole(api, get):
    """If-Range with the tag gives the part; with another tag, everything."""
    link = api.link()
    whole = get(link)
    for tag, status in ((whole.headers["etag"], 206), ('"other"', 200)):
        response = get(link, headers={"Range": "bytes=5-", "If-Range": tag})
        assert response.status_code == status


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-0", (0, 0)),
        ("bytes=5-", (5, 9)),
        ("bytes=-3", (7, 9)),
        ("bytes=-99", (0, 9)),
        ("bytes=0-99", (0, 9)),
        ("bytes=5-3", None),
        ("bytes=-", None),
        ("bytes=0-1,3-4", None),
        ("lines=0-1", None),
        ("bytes=a-b", None),
        ("bytes=٣-", None),
    ],
)
def test_a_range_is_read_as_the_standard_says(header, part):
    """What cannot be read, or is more than one range, means the whole file."""
    assert part_of({"range": header}, size=10, etag='"x"') == part


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=99-100", "bytes=-0"])
def test_a_range_without_a_byte_in_it_cannot_be_satisfied(header):
    """Beyond the end there is nothing to send."""
    with pytest.raises(UnsatisfiableRangeError):
        part_of({"range": header}, size=10, etag='"x"')


def test_the_first_link_can_have_expired_already(api, get):
    """One poll later there is a good one."""
    body = api.finished("[scenario: link-expired]")
    again = api.poll(body["id"]).json()
    links = [url_of(each["video"]) for each in (body, again)]
    assert [get(link).status_code for link in links] == [403, 200]


@pytest.mark.parametrize(("name", "status"), [("link-rejected", 403), ("storage-busy", 503)])
def test_the_first_download_can_be_rejected(api, get, name, status):
    """A link that looks good is refused once; asking about it does not count."""
    link = api.link(f"[scenario: {name}]")
    statuses = [httpx.head(link).status_code, *(get(link).status_code for _ in range(2))]
    assert statuses == [200, status, 200]


@pytest.mark.parametrize(("name", "status"), [("video-late", 404), ("video-copied", 202)])
def test_a_storage_can_have_the_video_later_than_the_link(api, get, name, status):
    """After three downloads it is there."""
    link = api.link(f"[scenario: {name}]")
    assert [get(link).status_code for _ in range(4)] == [status] * 3 + [200]


def half(link):
    """Download until the connection breaks and return what came, and the response."""
    received = bytearray()
    with httpx.stream("GET", link) as response, suppress(httpx.RemoteProtocolError):
        for chunk in response.iter_raw():
            received += chunk
    assert len(received) == int(response.headers["content-length"]) // 2
    return bytes(received), response


def test_a_download_that_breaks_off_can_be_resumed(api, get):
    """The first half and the rest, requested with Range and If-Range, are the whole."""
    link = api.link("[scenario: cut]", seed=1)
    first, response = half(link)
    headers = {"Range": f"bytes={len(first)}-", "If-Range": response.headers["etag"]}
    rest = get(link, headers=headers)
    assert (rest.status_code, first + rest.content) == (206, get(link).content)


def test_a_video_can_be_another_one_after_it_broke_off(api, get):
    """If-Range with the old tag then gives all of the new video."""
    link = api.link("[scenario: cut-changed]", seed=1)
    first, response = half(link)
    headers = {"Range": f"bytes={len(first)}-", "If-Range": response.headers["etag"]}
    again = get(link, headers=headers)
    assert (again.status_code, again.content[: len(first)] != first) == (200, True)
    assert again.headers["etag"] != response.headers["etag"]


def test_a_store_can_be_deaf_to_range(api, get):
    """The whole video comes again, whatever part is requested."""
    link = api.link("[scenario: no-range]", seed=1)
    first, _ = half(link)
    again = get(link, headers={"Range": f"bytes={len(first)}-"})
    assert (again.status_code, again.content[: len(first)]) == (200, first)
    assert "accept-ranges" not in again.headers


@pytest.mark.parametrize(
    ("name", "kind", "begin"),
    [("html-video", "text/html; charset=utf-8", b"<html>"), ("empty-video", "video/mp4", b"")],
)
def test_something_else_can_come_in_place_of_a_video(api, get, name, kind, begin):
    """200 each time, and never a video."""
    link = api.link(f"[scenario: {name}]")
    for _ in range(2):
        response = get(link)
        assert (response.status_code, response.headers["content-type"]) == (200, kind)
        assert response.content[:6] == begin
