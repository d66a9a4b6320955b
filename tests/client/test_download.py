"""A video appears whole or not at all, from the storage alone, byte for byte."""

from __future__ import annotations

import io
import os
import resource
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tests.conftest import ClientKind
from tests.support.actions import Close, Hang, Send, Serve, head, response
from tests.support.loopback import Loopback
from tests.support.responses import ID, VIDEO, boxes, completed, finished, link, poll_response
from wan_ergonomic import (
    DownloadError,
    Generation,
    GenerationFailedError,
    IncompleteDownloadError,
    LinkExpiredError,
    NotFoundError,
    RetryPolicy,
    Video,
)

ONCE = RetryPolicy(attempts=1)
FREE = boxes(free=bytes(8))
# With the same boxes, so that nothing but its ETag tells the two apart.
LATER = VIDEO[:44] + VIDEO[:43:-1]
MP4 = {"Content-Type": "video/mp4"}


def names(folder: Path) -> list[str]:
    """Return what is in a folder, hidden or not."""
    return sorted(path.name for path in folder.iterdir())


def ranges(storage: Loopback) -> list[str | None]:
    """Return the range that each download asked for."""
    return [request.headers.get("range") for request in storage.received("download")]


@pytest.fixture
def wan(client_kind, server, clock):
    """A client with a fake clock."""
    with client_kind.client(base_url=server.url, clock=clock) as client:
        yield client


@pytest.fixture
def hasty(client_kind, server, clock):
    """A client that tries everything once."""
    with client_kind.client(base_url=server.url, clock=clock, retrying=ONCE) as client:
        yield client


@contextmanager
def largest_file(size: int):
    """No file of this process can grow beyond a size, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


# Where it goes


@pytest.mark.parametrize("kind", [str, Path])
def test_a_video_goes_to_a_path(wan, server, tmp_path, kind):
    """Its bytes are there, nothing else is, and the generation comes back."""
    server.script("download", Serve(VIDEO))
    generation = wan.download(finished(server), kind(tmp_path / "v.mp4"))
    assert (tmp_path / "v.mp4").read_bytes() == VIDEO
    assert (names(tmp_path), generation) == (["v.mp4"], finished(server))


def test_a_video_goes_to_a_file_object(wan, server):
    """It is written where the file object stands, and the file object is left open."""
    server.script("download", Serve(VIDEO))
    file = io.BytesIO(b"before ")
    file.seek(0, io.SEEK_END)
    wan.download(finished(server), file)
    assert file.getvalue() == b"before " + VIDEO


def test_a_file_object_gets_nothing_of_a_video_that_is_not_whole(hasty, server):
    """What cannot be taken back is written last."""
    server.script("download", Serve(VIDEO, cut=1000))
    file = io.BytesIO()
    with pytest.raises(IncompleteDownloadError):
        hasty.download(finished(server), file)
    assert file.getvalue() == b""


def test_a_relative_path_is_one_in_this_folder(wan, server, tmp_path, monkeypatch):
    """A bare name needs no folder."""
    monkeypatch.chdir(tmp_path)
    server.script("download", Serve(VIDEO))
    wan.download(finished(server), "v.mp4")
    assert names(tmp_path) == ["v.mp4"]


class Closed(io.BytesIO):
    """A file object that was closed."""

    def __init__(self) -> None:
        super().__init__()
        self.close()


@pytest.mark.parametrize(
    "target",
    [None, 5, b"v.mp4", io.StringIO(), Closed(), "a\0b.mp4", f"{'v' * 300}.mp4"],
    ids=lambda target: f"{target!r:.12}",
)
def test_what_cannot_be_written_to_is_refused_first(wan, server, tmp_path, monkeypatch, target):
    """Before a single byte is fetched, in a sentence."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DownloadError):
        wan.download(finished(server), target)
    assert (server.requests, names(tmp_path)) == ([], [])


@pytest.mark.skipif(os.name == "nt", reason="every name there is text")
def test_a_name_that_is_no_text_is_a_name(wan, server, tmp_path):
    """Linux allows any bytes in a name."""
    target = tmp_path / os.fsdecode(b"caf\xe9.mp4")
    server.script("download", Serve(VIDEO))
    wan.download(finished(server), target)
    assert target.read_bytes() == VIDEO


def test_no_file_has_the_name_before_it_is_whole(wan, server, tmp_path):
    """Whoever watches the folder never sees half a video."""
    server.script("download", Serve(VIDEO, cut=1000), Serve(VIDEO))
    seen_before = []
    wan.download(
        finished(server),
        tmp_path / "v.mp4",
        on_progress=lambda *_: seen_before.append((tmp_path / "v.mp4").exists()),
    )
    assert set(seen_before) == {False}
    assert (tmp_path / "v.mp4").read_bytes() == VIDEO


def test_a_file_that_exists_is_not_replaced(wan, server, tmp_path):
    """It is refused before anything is asked for."""
    (tmp_path / "v.mp4").write_bytes(b"mine")
    with pytest.raises(DownloadError, match="already exists"):
        wan.download(finished(server), tmp_path / "v.mp4")
    assert ((tmp_path / "v.mp4").read_bytes(), server.requests) == (b"mine", [])


def test_a_file_that_appears_meanwhile_is_not_replaced_either(wan, server, tmp_path):
    """What is there at the end counts; the bytes are kept, and need not travel again."""
    server.script("download", Serve(VIDEO))
    path = tmp_path / "v.mp4"
    with pytest.raises(DownloadError, match="already exists"):
        wan.download(finished(server), path, on_progress=lambda *_: path.write_bytes(b"mine"))
    assert path.read_bytes() == b"mine"
    path.unlink()
    wan.download(finished(server), path)
    assert (path.read_bytes(), names(tmp_path)) == (VIDEO, ["v.mp4"])


def test_a_file_is_replaced_on_request(wan, server, tmp_path):
    """With ``overwrite`` the new video takes the old one's place, once whole."""
    (tmp_path / "v.mp4").write_bytes(b"old")
    server.script("download", Serve(VIDEO))
    wan.download(finished(server), tmp_path / "v.mp4", overwrite=True)
    assert ((tmp_path / "v.mp4").read_bytes(), names(tmp_path)) == (VIDEO, ["v.mp4"])


def test_a_file_that_would_be_replaced_stays_if_that_fails(hasty, server, tmp_path):
    """``overwrite`` is no leave to destroy."""
    (tmp_path / "v.mp4").write_bytes(b"old")
    server.script("download", response(500))
    with pytest.raises(IncompleteDownloadError):
        hasty.download(finished(server), tmp_path / "v.mp4", overwrite=True)
    assert ((tmp_path / "v.mp4").read_bytes(), names(tmp_path)) == (b"old", ["v.mp4"])


@pytest.mark.parametrize(
    ("name", "words"),
    [("none/v.mp4", "does not exist"), (".", "is a folder"), ("pipe", "not a regular file")],
)
def test_a_place_that_cannot_hold_it_is_refused_first(wan, server, tmp_path, name, words):
    """Nothing is asked for that could not be written."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DownloadError, match=words):
        wan.download(finished(server), tmp_path / name, overwrite=True)
    assert server.requests == []


def test_a_full_disk_leaves_nothing(wan, server, tmp_path):
    """A file that cannot grow is an error that names the generation, and no file."""
    server.script("download", Serve(VIDEO * 10))
    with largest_file(5000), pytest.raises(DownloadError, match=f"{ID} could not be written"):
        wan.download(finished(server), tmp_path / "v.mp4")
    assert (names(tmp_path), len(server.requests)) == ([], 1)


def test_a_full_disk_beneath_a_file_object_is_the_same_error(wan, server):
    """What the caller opened can be full too."""
    server.script("download", Serve(VIDEO))
    with (
        open("/dev/full", "wb", buffering=0) as full,
        pytest.raises(DownloadError, match="No space left") as caught,
    ):
        wan.download(finished(server), full)
    assert isinstance(caught.value.__cause__, OSError)


# Whether it is the video


def test_a_length_is_held_against_what_came(hasty, server, tmp_path):
    """A body that is shorter than promised is no video, however it ended."""
    server.script("download", (Send(head(200, {"Content-Length": "9999"}) + VIDEO[:99]), Close()))
    with pytest.raises(IncompleteDownloadError):
        hasty.download(finished(server), tmp_path / "v.mp4")
    assert names(tmp_path) == []


def test_a_video_without_a_length_is_taken_as_it_comes(wan, server, tmp_path):
    """A chunked body says itself where it ends."""
    chunked = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (VIDEO[:50], VIDEO[50:]))
    told = []
    server.script(
        "download", Send(head(200, {"Transfer-Encoding": "chunked"}) + chunked + b"0\r\n\r\n")
    )
    wan.download(finished(server), tmp_path / "v.mp4", on_progress=lambda *x: told.append(x))
    assert (tmp_path / "v.mp4").read_bytes() == VIDEO
    assert told[-1] == (len(VIDEO), None)


def test_a_chunked_body_that_breaks_off_is_not_whole(hasty, server, tmp_path):
    """Nor is one without its last chunk."""
    server.script(
        "download", (Send(head(200, {"Transfer-Encoding": "chunked"}) + b"3\r\nabc\r\n"), Close())
    )
    with pytest.raises(IncompleteDownloadError):
        hasty.download(finished(server), tmp_path / "v.mp4")
    assert names(tmp_path) == []


@pytest.mark.parametrize("body", [b"<html>Sorry</html>", b"", b"{}", VIDEO[:7], VIDEO[20:]])
def test_what_is_no_mp4_gets_no_name(wan, server, tmp_path, body):
    """A page in place of a video is an error, and is not asked for again."""
    server.script("download", response(200, body, {"ETag": '"v1"', **MP4}))
    with pytest.raises(DownloadError, match="not hold an MP4") as caught:
        wan.download(finished(server), tmp_path / "v.mp4")
    assert caught.value.generation_id == ID
    assert (names(tmp_path), len(server.requests)) == ([], 1)


def test_what_is_no_mp4_is_not_read_to_its_end(wan, server, tmp_path):
    """Its beginning tells; the rest might go on for ever."""
    server.script("download", (Send(head(200, {}) + b"<html>" * 9), Hang()))
    with pytest.raises(DownloadError, match="not hold an MP4"):
        wan.download(finished(server), tmp_path / "v.mp4")
    assert names(tmp_path) == []


def test_an_answer_that_is_no_video_is_an_error(wan, server, tmp_path):
    """Nor is any other kind of success."""
    server.script("download", response(204))
    with pytest.raises(DownloadError, match="204 instead of a video"):
        wan.download(finished(server), tmp_path / "v.mp4")
    assert (names(tmp_path), len(server.requests)) == ([], 1)


# Going on


def test_another_call_goes_on_where_one_broke_off(hasty, server, tmp_path):
    """What came is kept beside the target, and only the rest travels."""
    server.script("download", Serve(VIDEO, cut=1000), Serve(VIDEO))
    path = tmp_path / "v.mp4"
    with pytest.raises(IncompleteDownloadError):
        hasty.download(finished(server), path)
    (part,) = names(tmp_path)
    assert part.startswith(".wan-")
    assert part.endswith(".part")
    hasty.download(finished(server), path)
    assert (path.read_bytes(), names(tmp_path)) == (VIDEO, ["v.mp4"])
    assert ranges(server) == [None, "bytes=1000-"]


def test_a_part_of_another_generation_is_not_touched(hasty, server, tmp_path):
    """Parts belong to one generation and one target."""
    server.script("download", Serve(VIDEO, cut=1000), Serve(VIDEO))
    with pytest.raises(IncompleteDownloadError):
        hasty.download(finished(server), tmp_path / "v.mp4")
    (part,) = names(tmp_path)
    hasty.download(replace(finished(server), id="another"), tmp_path / "v.mp4")
    hasty.download(finished(server), tmp_path / "w.mp4")
    assert ranges(server) == [None, None, None]
    assert names(tmp_path) == [part, "v.mp4", "w.mp4"]


@pytest.mark.parametrize("name", ["zz", "ff", ""])
def test_a_part_with_a_name_that_is_not_ours_is_left_alone(hasty, server, tmp_path, name):
    """A name that cannot be read is no version to ask for."""
    server.script("download", Serve(VIDEO, cut=1000), Serve(VIDEO))
    with pytest.raises(IncompleteDownloadError):
        hasty.download(finished(server), tmp_path / "v.mp4")
    (part,) = tmp_path.iterdir()
    strange = part.rename(part.with_name(f"{part.stem.rpartition('-')[0]}-{name}.part"))
    hasty.download(finished(server), tmp_path / "v.mp4")
    assert (tmp_path / "v.mp4").read_bytes() == VIDEO
    assert (ranges(server)[1], strange.exists()) == (None, True)


def test_a_video_that_changed_meanwhile_is_fetched_anew(wan, server, tmp_path):
    """If-Range makes the storage send all of the new version, never a mixture."""
    server.script("download", Serve(VIDEO, cut=1000), Serve(LATER, etag='"v2"'))
    wan.download(finished(server), tmp_path / "v.mp4")
    assert (tmp_path / "v.mp4").read_bytes() == LATER
    assert ranges(server) == [None, "bytes=1000-"]


def test_a_store_that_mixes_versions_is_caught(wan, server, tmp_path):
    """A range of another version than was asked for is not appended."""
    mixed = response(
        206,
        LATER[100:],
        {"ETag": '"v2"', "Content-Range": f"bytes 100-{len(LATER) - 1}/{len(LATER)}"},
    )
    server.script("download", Serve(VIDEO, cut=100), mixed, Serve(LATER, etag='"v2"'))
    wan.download(finished(server), tmp_path / "v.mp4")
    assert (tmp_path / "v.mp4").read_bytes() == LATER
    assert ranges(server) == [None, "bytes=100-", None]


@pytest.mark.parametrize(
    ("content_range", "body"),
    [
        *((said, b"torn") for said in ("bytes 7-10/11", "bytes */11", "", "nonsense")),
        (f"bytes 99-{len(VIDEO) - 2}/{len(VIDEO)}", VIDEO[99:-1]),
    ],
)
def test_another_part_than_was_asked_for_is_not_taken(wan, server, tmp_path, content_range, body):
    """What does not begin where the bytes end would tear the video, even where it fits."""
    wrong = response(206, body, {"ETag": '"v1"', "Content-Range": content_range})
    server.script("download", Serve(VIDEO, cut=100), wrong, Serve(VIDEO))
    wan.download(finished(server), tmp_path / "v.mp4")
    assert (tmp_path / "v.mp4").read_bytes() == VIDEO
    assert ranges(server) == [None, "bytes=100-", None]


def test_a_part_nobody_asked_for_is_not_taken(hasty, server, tmp_path):
    """Nor is a 206 to a request for everything."""
    part = response(206, VIDEO[5:], {"Content-Range": f"bytes 5-{len(VIDEO) - 1}/{len(VIDEO)}"})
    server.script("download", part)
    with pytest.raises(IncompleteDownloadError, match="another part"):
        hasty.download(finished(server), tmp_path / "v.mp4")
    assert names(tmp_path) == []


@pytest.mark.parametrize("rest", [VIDEO, VIDEO[100:] + FREE], ids=["all", "a box more"])
def test_more_than_there_is_is_not_kept(wan, server, tmp_path, rest):
    """A rest that is longer than the video is no rest of it, even if its boxes end well."""
    longer = response(206, rest, {"ETag": '"v1"', "Content-Range": f"bytes 100-199/{len(VIDEO)}"})
    server.script("download", Serve(VIDEO, cut=100), longer, Serve(VIDEO))
    wan.download(finished(server), tmp_path / "v.mp4")
    assert (tmp_path / "v.mp4").read_bytes() == VIDEO
    assert ranges(server) == [None, "bytes=100-", None]


def test_less_than_there_is_is_not_kept(wan, server, tmp_path):
    """A rest that ends with a box, but not with the video, is gone on from."""
    whole = VIDEO + FREE
    content_range = f"bytes 100-{len(VIDEO) - 1}/{len(whole)}"
    part = response(206, VIDEO[100:], {"ETag": '"v1"', "Content-Range": content_range})
    server.script("download", Serve(whole, cut=100), part, Serve(whole))
    wan.download(finished(server), tmp_path / "v.mp4")
    assert (tmp_path / "v.mp4").read_bytes() == whole
    assert ranges(server) == [None, "bytes=100-", f"bytes={len(VIDEO)}-"]


def test_the_rest_may_come_in_pieces(wan, server, tmp_path):
    """A storage may send less than was asked for; the next piece is asked for at once or soon."""
    size = len(VIDEO)
    pieces = [
        response(206, VIDEO[a:b], {"ETag": '"v1"', "Content-Range": f"bytes {a}-{b - 1}/{size}"})
        for a, b in ((100, 5000), (5000, size))
    ]
    server.script("download", Serve(VIDEO, cut=100), *pieces)
    wan.download(finished(server), tmp_path / "v.mp4")
    assert (tmp_path / "v.mp4").read_bytes() == VIDEO
    assert ranges(server) == [None, "bytes=100-", "bytes=5000-"]


def test_nothing_is_compressed_on_the_way(wan, server):
    """A range is counted in the bytes that travel, so they have to be those of the file."""
    server.script("download", Serve(VIDEO))
    wan.download(finished(server), io.BytesIO())
    assert server.requests[0].headers["accept-encoding"] == "identity"


def test_a_store_without_ranges_sends_everything_again(wan, server, tmp_path):
    """A 200 to a request for the rest begins at the beginning."""
    storage = Serve(VIDEO, cut=1000, ranges=False)
    server.script("download", storage, replace(storage, cut=None))
    wan.download(finished(server), tmp_path / "v.mp4")
    assert (tmp_path / "v.mp4").read_bytes() == VIDEO
    assert ranges(server) == [None, "bytes=1000-"]


@pytest.mark.parametrize("etag", ["", 'W/"v1"', "v1", '"' + "x" * 99 + '"'])
def test_without_a_strong_etag_nothing_is_resumed(wan, server, tmp_path, etag):
    """Bytes of an unknown version cannot be continued safely."""
    server.script("download", Serve(VIDEO, etag=etag, cut=1000), Serve(VIDEO, etag=etag))
    wan.download(finished(server), tmp_path / "v.mp4")
    assert ((tmp_path / "v.mp4").read_bytes(), ranges(server)) == (VIDEO, [None, None])


@pytest.mark.parametrize("status", [412, 416])
def test_a_range_that_the_store_refuses_is_dropped(wan, server, tmp_path, status):
    """It says that what is held is no beginning of what the storage has: start over."""
    server.script("download", Serve(VIDEO, cut=1000), response(status), Serve(VIDEO))
    wan.download(finished(server), tmp_path / "v.mp4")
    assert (tmp_path / "v.mp4").read_bytes() == VIDEO
    assert ranges(server) == [None, "bytes=1000-", None]


def test_a_store_that_refuses_every_range_is_asked_for_the_whole(wan, server, tmp_path):
    """A fresh link comes first; if that changes nothing, what is held is given up."""
    refuses = response(403)
    server.script("poll", completed(server))
    server.script("download", Serve(VIDEO, cut=1000), refuses, refuses, Serve(VIDEO))
    wan.download(finished(server), tmp_path / "v.mp4")
    assert (names(tmp_path), (tmp_path / "v.mp4").read_bytes()) == (["v.mp4"], VIDEO)
    downloads = server.received("download")
    asked = [request.headers.get("range") for request in downloads]
    assert asked == [None, "bytes=1000-", "bytes=1000-", None]


@pytest.mark.parametrize(
    "then",
    [
        response(416),
        response(206, b"x", {"Content-Range": "bytes 0-0/1"}),
        Serve(VIDEO, etag='"v2"', cut=99),
    ],
)
def test_a_store_that_never_gets_further_is_given_up(wan, server, tmp_path, then):
    """Starting over is no progress: attempts are counted from the furthest byte reached."""
    once = [Serve(VIDEO, cut=100), then]
    server.script("download", *once * 20, Serve(VIDEO))
    with pytest.raises(IncompleteDownloadError):
        wan.download(finished(server), tmp_path / "v.mp4")
    assert len(server.requests) == 4


def test_a_download_that_gets_further_goes_on(wan, server, tmp_path):
    """As long as bytes come, it may break off more often than attempts are allowed."""
    server.script("download", *[Serve(VIDEO, cut=100)] * 12, Serve(VIDEO))
    wan.download(finished(server), tmp_path / "v.mp4")
    assert (tmp_path / "v.mp4").read_bytes() == VIDEO
    assert ranges(server)[-1] == "bytes=1200-"


# Links


def test_a_link_reaches_the_store_byte_for_byte(wan, server):
    """A signature is over exact bytes: what is encoded stays so, and what is not, too."""
    target = (
        "/1d/a%20b/%7Ev~(1);p=1,2.mp4?Expires=1&x=a+b%2Fc%2fd:@/?!$'()*,;~&Signature=q%2B%3D%3d"
    )
    server.script("download", Serve(VIDEO))
    video = Video(url=server.origin + target)
    wan.download(Generation(id=ID, status="completed", video=video), io.BytesIO())
    assert [request.target for request in server.requests] == [target]


def test_redirects_of_a_store_are_followed(wan, server, storage):
    """Within reason, and the video is what is at their end."""
    server.script("download", response(302, "", {"Location": link(storage)}))
    storage.script(
        "download", response(307, "", {"Location": "/there.mp4?Signature=1"}), Serve(VIDEO)
    )
    file = io.BytesIO()
    wan.download(finished(server), file)
    assert (file.getvalue(), storage.requests[1].target) == (VIDEO, "/there.mp4?Signature=1")


def test_a_loop_of_redirects_ends(wan, server, tmp_path):
    """Five are followed, and nothing is written."""
    server.script("download", response(302, "", {"Location": "/round.mp4"}))
    with pytest.raises(DownloadError, match="redirects") as caught:
        wan.download(finished(server), tmp_path / "v.mp4")
    assert caught.value.generation_id == ID
    assert (names(tmp_path), len(server.requests)) == ([], 6)


LINKS = [
    "v.mp4",
    "//storage/v.mp4",
    "file:///etc/passwd",
    "ftp://127.0.0.1/v.mp4",
    "http://wan.invalid/v.mp4",
    "http:///v.mp4",
    "https:///v.mp4",
    "https://",
    "http://[::1/v.mp4",
    "https://127.0.0.1:99999/v.mp4",
    "https://127.0.0.1:port/v.mp4",
    f"https://{'a' * 64}.example/v.mp4",
    "https://wan..invalid/v.mp4",
    "https://\x00/v.mp4",
    "https://wan.invalid/" + "v" * 70_000,
    "data:video/mp4;base64,AAAA",
    "https://w\udc80n.invalid/v.mp4",
]


@pytest.mark.parametrize("url", LINKS, ids=[repr(url)[:30] for url in LINKS])
def test_a_link_that_cannot_be_followed_is_an_error(hasty, tmp_path, url):
    """Whatever the API gave as a link: a sentence, and no file."""
    generation = Generation(id=ID, status="completed", video=Video(url=url))
    with pytest.raises(DownloadError) as caught:
        hasty.download(generation, tmp_path / "v.mp4")
    assert (caught.value.generation_id, names(tmp_path)) == (ID, [])


@pytest.mark.parametrize("url", [url for url in LINKS if url[:2] not in {"v.", "//"}])
def test_a_redirect_that_cannot_be_followed_is_an_error(hasty, server, tmp_path, url):
    """Wherever a storage points: a sentence, and no file."""
    location = url.encode("utf-8", "surrogateescape").decode("latin-1")
    server.script("download", response(302, "", {"Location": location}))
    with pytest.raises(DownloadError) as caught:
        hasty.download(finished(server), tmp_path / "v.mp4")
    assert (caught.value.generation_id, names(tmp_path)) == (ID, [])


@pytest.mark.parametrize("url", ["http://wan.invalid/v.mp4", "http://127.0.0.1:9/v.mp4"])
def test_a_client_of_the_real_api_follows_https_only(client_kind, clock, url):
    """Plain http, even to this machine, is for a sandbox's own links."""
    generation = Generation(id=ID, status="completed", video=Video(url=url))
    with (
        client_kind.client(clock=clock) as wan,
        pytest.raises(DownloadError, match="not https; not followed"),
    ):
        wan.download(generation, io.BytesIO())


def test_a_sandboxs_links_stay_on_this_machine(client_kind, server, clock):
    """Plain http to anywhere else is refused before a name is looked up."""
    generation = Generation(id=ID, status="completed", video=Video(url="http://wan.invalid/v.mp4"))
    with (
        client_kind.client(base_url=server.url, clock=clock) as wan,
        pytest.raises(DownloadError, match="not https; not followed"),
    ):
        wan.download(generation, io.BytesIO())


# Which generation


def test_a_bare_id_is_looked_up_first(wan, server, storage):
    """One poll gives the link."""
    server.script("poll", completed(storage))
    storage.script("download", Serve(VIDEO))
    file = io.BytesIO()
    generation = wan.download(ID, file, extra_headers={"X-Team": "blue"})
    assert (generation.video.url, file.getvalue()) == (link(storage), VIDEO)
    assert [request.headers["x-team"] for request in server.requests] == ["blue"]


def test_a_bare_id_has_no_link_to_renew(wan, server, storage):
    """A link that is fresh and refused is not asked for again."""
    server.script("poll", completed(storage))
    storage.script("download", response(403), Serve(VIDEO))
    with pytest.raises(LinkExpiredError):
        wan.download(ID, io.BytesIO())
    assert (len(server.requests), len(storage.requests)) == (1, 1)


def test_a_generation_that_is_not_finished_has_no_video(wan, server, tmp_path):
    """It is to be awaited, and the error says so."""
    server.script("poll", poll_response("generating"))
    with pytest.raises(DownloadError, match=f"{ID} has no video yet .status: generating"):
        wan.download(ID, tmp_path / "v.mp4")
    assert names(tmp_path) == []


def test_a_generation_without_a_link_has_no_video(wan, server):
    """Nor has one that is completed, with nothing to show for it."""
    server.script("poll", poll_response("completed", video=None))
    with pytest.raises(DownloadError, match="gives no link"):
        wan.download(ID, io.BytesIO())


def test_a_generation_that_failed_has_no_video(wan, server):
    """The error is the one that waiting would have raised."""
    server.script(
        "poll", poll_response("error", error={"name": "Refused", "message": "No dragons"})
    )
    with pytest.raises(GenerationFailedError, match="No dragons"):
        wan.download(ID, io.BytesIO())


def test_a_generation_that_nobody_knows_has_no_video(wan, server, tmp_path):
    """The API's own answer is the error."""
    server.script("poll", response(404))
    with pytest.raises(NotFoundError):
        wan.download(ID, tmp_path / "v.mp4")
    assert names(tmp_path) == []


# How long, and how far


def test_progress_is_told(wan, server):
    """Bytes so far and in all, from the byte that was reached before."""
    server.script("download", Serve(VIDEO, cut=1000), Serve(VIDEO))
    told: list[tuple[int, int]] = []
    wan.download(finished(server), io.BytesIO(), on_progress=lambda *x: told.append(x))
    assert told == sorted(told)
    assert ((1000, len(VIDEO)) in told, told[-1]) == (True, (len(VIDEO), len(VIDEO)))


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_progress_can_be_awaited(backend, server):
    """In the asynchronous client it may be told to a coroutine function."""
    told = []

    async def later(done: int, total: int | None) -> None:
        told.append((done, total))

    server.script("download", Serve(VIDEO))
    with ClientKind(backend).client(base_url=server.url) as wan:
        wan.download(finished(server), io.BytesIO(), on_progress=later)
    assert told[-1] == (len(VIDEO), len(VIDEO))


@pytest.mark.parametrize("own", [LookupError, TimeoutError, UnicodeError, httpx.ReadTimeout])
def test_what_progress_raises_ends_the_download(wan, server, tmp_path, own):
    """It is the caller's own and comes back unchanged; what came is kept."""

    def stop(*_: object) -> None:
        raise own("enough")

    server.script("download", Serve(VIDEO))
    with pytest.raises(own, match="enough"):
        wan.download(finished(server), tmp_path / "v.mp4", on_progress=stop)
    assert [Path(name).suffix for name in names(tmp_path)] == [".part"]


# Each goes on for at least 20 seconds unless the client gives up.
DRIP = Send(response(200, VIDEO, MP4).data, size=10, every=0.02)
SILENCE = (Send(response(200, VIDEO, MP4).data[:200]), Hang())
DRIPPING_HEAD = Send(head(200, {"X-Padding": "a" * 500}), size=1, every=0.05)
SLOW = {"drip": DRIP, "silence": SILENCE, "no answer": Hang(), "a head that drips": DRIPPING_HEAD}


@pytest.mark.parametrize("slow", SLOW.values(), ids=SLOW)
def test_a_deadline_bounds_a_download(client_kind, server, tmp_path, slow):
    """On the real clock: whatever the storage does, the time allowed is the time taken."""
    server.script("download", slow)
    began = time.monotonic()
    with (
        client_kind.client(base_url=server.url) as wan,
        pytest.raises(IncompleteDownloadError),
    ):
        wan.download(finished(server), tmp_path / "v.mp4", timeout=0.2)
    assert 0.15 < time.monotonic() - began < 10
    assert names(tmp_path) == []


def test_a_download_that_has_its_time_is_not_hurried(client_kind, server):
    """A deadline that is far enough changes nothing."""
    server.script("download", replace(DRIP, every=0.001, size=1000))
    file = io.BytesIO()
    with client_kind.client(base_url=server.url) as wan:
        wan.download(finished(server), file, timeout=20)
    assert file.getvalue() == VIDEO
