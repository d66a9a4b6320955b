"""Storages that send something other than the video, another part, or another version."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from tests.support.actions import Close, Hang, Reset, Send, Serve, head
from tests.support.responses import VIDEO

from .cells import GOOD_VIDEO, WHOLE, Cell, Fault, Reply, Result
from .late import SAME

KIND = "storage"
MP4 = {"Content-Type": "video/mp4", "ETag": '"v1"'}
SIZE = len(VIDEO)
CUT = 1000
ANOTHER = VIDEO[:CUT] + bytes(reversed(VIDEO[CUT:]))
BROKEN = Serve(VIDEO, cut=CUT)
NO_VIDEO = Result("DownloadError", "1 video")
GIVEN_UP = Result("IncompleteDownloadError", "4 video")
KEPT = Result("IncompleteDownloadError", "4 video", files="hidden part")


def part(start: int, stop: int, claim: str = "", etag: str = '"v1"', body: bytes = b"") -> Reply:
    """Return a 206 with some of the video; ``claim`` is its Content-Range."""
    claim = claim or f"bytes {start}-{stop - 1}/{SIZE}"
    return Reply(206, body or VIDEO[start:stop], {**MP4, "ETag": etag, "Content-Range": claim})


def short(length: int, body: bytes, *then: Any, **headers: str) -> Fault:
    """Return a response whose body is not as long as announced."""
    return (Send(head(200, {"Content-Length": str(length), **MP4, **headers}) + body), *then)


# In place of the whole video, every time.
INSTEAD: Mapping[str, tuple[Fault, Result]] = {
    "HTML": (Reply(200, "<html>Sorry</html>", {"Content-Type": "text/html"}), NO_VIDEO),
    "HTML with the type of a video": (Reply(200, "<html>Sorry</html>", MP4), NO_VIDEO),
    "JSON": (Reply(200, {"error": "no such video"}), NO_VIDEO),
    "zero bytes": (Reply(200, "", MP4), NO_VIDEO),
    "zero bytes without a length": ((Send(head(200, MP4)), Close()), NO_VIDEO),
    "three bytes": (Reply(200, VIDEO[:3], MP4), NO_VIDEO),
    "the video without its beginning": (Reply(200, VIDEO[50:], MP4), NO_VIDEO),
    "the video compressed": (
        Reply(200, gzip.compress(VIDEO), {**MP4, "Content-Encoding": "gzip"}),
        NO_VIDEO,
    ),
    "204": ((Send(head(204, MP4)),), replace(GIVEN_UP, requests=SAME)),
    "201": (Reply(201, VIDEO, MP4), NO_VIDEO),
    "206 from byte 5 for everything": (part(5, SIZE), GIVEN_UP),
    "206 with an invalid Content-Range": (part(0, SIZE, "nonsense"), GIVEN_UP),
    "206 of an unknown size": (part(0, SIZE, f"bytes 0-{SIZE - 1}/*"), WHOLE),
    "several parts at once": (
        Reply(206, "--x", {**MP4, "Content-Type": "multipart/byteranges; boundary=x"}),
        GIVEN_UP,
    ),
    "fewer bytes than announced": (short(SIZE + 1, VIDEO, Close()), KEPT),
    "no bytes at all of those announced": (short(SIZE, b"", Close()), GIVEN_UP),
    "fewer bytes and a reset": (short(SIZE + 1, VIDEO[:CUT], Hang(0.03), Reset()), KEPT),
    "fewer bytes without an ETag": (short(SIZE, VIDEO[:CUT], Close(), ETag=""), GIVEN_UP),
    "more bytes than announced": (short(SIZE, VIDEO + b"more", Close()), WHOLE),
    "half a video announced as whole": (short(SIZE // 2, VIDEO[: SIZE // 2]), GIVEN_UP),
    "half a video without a length": (
        (Send(head(200, MP4) + VIDEO[: SIZE // 2]), Close()),
        KEPT,
    ),
    "half a video in chunks, with a last chunk": (
        (
            Send(head(200, {**MP4, "Transfer-Encoding": "chunked"})),
            Send(b"%x\r\n%s\r\n0\r\n\r\n" % (SIZE // 2, VIDEO[: SIZE // 2])),
        ),
        KEPT,
    ),
    "206 with a number of 5,000 digits": (part(0, SIZE, f"bytes 0-1/{'9' * 5000}"), GIVEN_UP),
    "chunks without a last one": (
        (
            Send(head(200, {**MP4, "Transfer-Encoding": "chunked"}) + b"3\r\n%s\r\n" % VIDEO[:3]),
            Close(),
        ),
        KEPT,
    ),
    "a length that is not a number": (
        (Send(head(200, {**MP4, "Content-Length": "many"}) + VIDEO), Close()),
        GIVEN_UP,
    ),
    "the wrong type": (Reply(200, VIDEO, {"Content-Type": "text/html", "ETag": '"v1"'}), WHOLE),
    "an ETag of 10,000 characters": (Reply(200, VIDEO, {"ETag": f'"{"e" * 10_000}"'}), WHOLE),
    "an ETag that is a path": (Reply(200, VIDEO, {"ETag": '"../../x"'}), WHOLE),
    "a file name": (
        Reply(200, VIDEO, {"Content-Disposition": 'attachment; filename="../../evil.sh"'}),
        WHOLE,
    ),
}
ANEW = Result("completed", "2 video", files="video")
TWICE = replace(ANEW, requests="3 video")
# In response to the request for the rest, once; then the storage serves the video.
TO_RANGE: Mapping[str, tuple[Fault, Result, bytes]] = {
    "the rest": (GOOD_VIDEO, ANEW, VIDEO),
    "200": (Reply(200, VIDEO, MP4), ANEW, VIDEO),
    "200 of another version": (Serve(ANOTHER, etag='"v2"'), ANEW, ANOTHER),
    "206 of another version": (part(CUT, SIZE, etag='"v2"', body=ANOTHER[CUT:]), TWICE, VIDEO),
    "206 without an ETag": (part(CUT, SIZE, etag=""), TWICE, VIDEO),
    "206 with a weak ETag": (part(CUT, SIZE, etag='W/"v1"'), TWICE, VIDEO),
    "206 from another byte": (part(CUT - 1, SIZE), TWICE, VIDEO),
    "206 with an invalid Content-Range": (part(CUT, SIZE, "nonsense"), TWICE, VIDEO),
    "206 of a range without an end": (part(CUT, SIZE, f"bytes {CUT}-/{SIZE}"), TWICE, VIDEO),
    "206 of an unknown size": (part(CUT, SIZE, f"bytes {CUT}-{SIZE - 1}/*"), ANEW, VIDEO),
    "206 with fewer bytes than announced": (
        (
            Send(
                head(
                    206,
                    {
                        **MP4,
                        "Content-Length": str(SIZE - CUT),
                        "Content-Range": f"bytes {CUT}-{SIZE - 1}/{SIZE}",
                    },
                )
                + VIDEO[CUT : 2 * CUT]
            ),
            Close(),
        ),
        TWICE,
        VIDEO,
    ),
    "206 with less than requested": (part(CUT, 2 * CUT), TWICE, VIDEO),
    "206 with more than requested": (
        part(CUT, SIZE, body=VIDEO[CUT:] + b"more"),
        TWICE,
        VIDEO,
    ),
    "206 with zero bytes": (
        Reply(206, "", {**MP4, "Content-Range": f"bytes {CUT}-{SIZE - 1}/{SIZE}"}),
        TWICE,
        VIDEO,
    ),
    "403": (Reply(403), replace(TWICE, requests="1 GET + 3 video"), VIDEO),
    "404": (Reply(404), replace(TWICE, requests="1 GET + 3 video"), VIDEO),
    "412": (Reply(412), TWICE, VIDEO),
    "416": (Reply(416, "", {"Content-Range": f"bytes */{SIZE}"}), TWICE, VIDEO),
    "500": (Reply(500), TWICE, VIDEO),
    "HTML": (Reply(200, "<html>Sorry</html>"), Result("DownloadError", "2 video"), VIDEO),
    "zero bytes": (Reply(200, "", MP4), Result("DownloadError", "2 video"), VIDEO),
    "closed without a response": (Close(), TWICE, VIDEO),
}
# In response to every request for the rest.
TO_RANGE_FOR_GOOD: Mapping[str, tuple[Fault, Result]] = {
    "416": (Reply(416), GIVEN_UP),
    "500": (Reply(500), KEPT),
    "closed without a response": (Close(), KEPT),
    "403": (Reply(403), Result("LinkExpiredError", "6 GET + 9 video")),
}


def cells() -> Iterator[Cell]:
    """Yield every cell of this kind."""
    for name, (fault, result) in INSTEAD.items():
        yield _cell(name, "to a request for all", result, (fault,))
    for name, (fault, result, video) in TO_RANGE.items():
        script = (BROKEN, fault, GOOD_VIDEO)
        yield _cell(name, "to a request for the rest", result, script, video=video)
        yield _cell(
            name,
            "to a later call's",
            _without_the_first(result),
            script[1:],
            video=video,
            earlier=BROKEN,
        )
    for name, (fault, result) in TO_RANGE_FOR_GOOD.items():
        yield _cell(name, "to every request for the rest", result, (BROKEN, fault))
    little = tuple(replace(BROKEN, cut=CUT) for _ in range(3))
    yield _cell("a little at a time", "", replace(ANEW, requests="11 video"), little)


def _without_the_first(result: Result) -> Result:
    """Return the result of the same fault if an earlier call made the first request."""
    *other, videos = result.requests.split(" + ")
    fewer = f"{int(videos.split()[0]) - 1} video"
    return replace(result, requests=" + ".join([*other, fewer]))


def _cell(fault: str, case: str, result: Result, script: tuple[Fault, ...], **more: Any) -> Cell:
    return Cell(
        kind=KIND, fault=fault, case=case, act="download", result=result, script=script, **more
    )
