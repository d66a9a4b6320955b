"""Successful responses whose body is not what it should be, or is too large."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping
from typing import Any

from tests.support.actions import Close, Send, head, response

from .actions import MEBI, Flood, bomb
from .cells import DOUBT, POLLED_AGAIN, SUBMITTED, Cell, Fault, Reply, Result, twice
from .late import RENEWED, SAME

KIND = "body"
GZIP = {"Content-Encoding": "gzip"}
# The kernel's buffers on both sides take a few megabytes.
MOST_SENT = 24 * MEBI
MOST_MEMORY = 12 * MEBI

QUEUED = b'{"id": "gen-1", "status": "queued"}'
UNREADABLE: Mapping[str, Fault] = {
    "HTML": Reply(200, "<html>Welcome</html>", {"Content-Type": "text/html"}),
    "HTML with the type of JSON": Reply(200, "<html>Welcome</html>"),
    "empty": Reply(200),
    "an empty 204": (Send(head(204, {})),),
    "blank": Reply(200, "  \r\n "),
    "null": Reply(200, "null"),
    "true": Reply(200, "true"),
    "a number": Reply(200, "7"),
    "a text": Reply(200, '"gen-1"'),
    "a list": Reply(200, '[{"id": "gen-1"}]'),
    "truncated JSON": Reply(200, '{"id": "gen-1", "sta'),
    "two JSON values": Reply(200, QUEUED * 2),
    "JSON lines": Reply(200, b"data: " + QUEUED + b"\n\n"),
    "invalid UTF-8": Reply(200, b'{"id": "\xff\xfe", "status": "queued"}'),
    "UTF-16 cut in half": Reply(200, QUEUED.decode().encode("utf-16-le")[:-1]),
    "null bytes": Reply(200, bytes(500)),
    "single quotes": Reply(200, "{'id': 'gen-1'}"),
    "nested too deep": Reply(200, "[" * 100_000),
    "an object nested too deep": Reply(200, '{"id": "gen-1", "a": ' + '{"a":' * 100_000),
    "a number of 10,000 digits": Reply(200, '{"id": "gen-1", "n": ' + "9" * 10_000 + "}"),
    "compressed twice": Reply(200, gzip.compress(gzip.compress(QUEUED)), GZIP),
    "compressed and cut short": Reply(200, gzip.compress(QUEUED)[:-14], GZIP),
    "in an encoding that was not accepted": Reply(200, b"\x8b\x02\x80", {"Content-Encoding": "br"}),
}
READABLE: Mapping[str, Fault] = {
    "JSON with the type of HTML": Reply(200, QUEUED, {"Content-Type": "text/html"}),
    "JSON without a type": (Send(head(200, {"Content-Length": str(len(QUEUED))}) + QUEUED),),
    "JSON with the type of an image": Reply(200, QUEUED, {"Content-Type": "image/png"}),
    "JSON in an unknown character set": Reply(
        200, QUEUED, {"Content-Type": "application/json; charset=klingon"}
    ),
    "a byte order mark": Reply(200, b"\xef\xbb\xbf" + QUEUED),
    "UTF-16": Reply(200, QUEUED.decode().encode("utf-16")),
    "white space around": Reply(200, b"\r\n\r\n  " + QUEUED + b"\n"),
    "NaN and Infinity": Reply(200, b'{"n": NaN, "m": -Infinity, ' + QUEUED[1:]),
    "every name twice": Reply(200, b'{"id": "x", "status": "x", ' + QUEUED[1:]),
    "half a character": Reply(200, b'{"more": "\\ud800", ' + QUEUED[1:]),
    "compressed": Reply(200, gzip.compress(QUEUED), GZIP),
    "not compressed, though its header says so": Reply(200, QUEUED, GZIP),
    "in chunks": (
        Send(head(200, {"Transfer-Encoding": "chunked"})),
        Send(b"".join(b"1\r\n%c\r\n" % byte for byte in QUEUED) + b"0\r\n\r\n"),
    ),
    "without a length": (Send(head(200, {}) + QUEUED), Close()),
    "status 201": response(201, QUEUED),
    "status 202": response(202, QUEUED),
    "status 203": response(203, QUEUED),
    "status 206": response(206, QUEUED),
    "status 226": response(226, QUEUED),
    "just below 1 MiB": Reply(200, QUEUED[:-1] + b', "pad": "' + b"x" * (MEBI - 50) + b'"}'),
}
HUGE: Mapping[str, tuple[Fault, Mapping[str, Any]]] = {
    "just above 1 MiB": (Reply(200, QUEUED[:-1] + b', "pad": "' + b"x" * MEBI + b'"}'), {}),
    "200 MB": (Flood(), {"most_sent": MOST_SENT, "most_memory": MOST_MEMORY}),
    "200 MB in chunks": (
        Flood(announced=False),
        {"most_sent": MOST_SENT, "most_memory": MOST_MEMORY},
    ),
    "200 MB of HTML": (Flood(start=b"<html>"), {"most_sent": MOST_SENT}),
    "a gzip bomb": (Reply(200, bomb(), GZIP), {"most_memory": MOST_MEMORY}),
    "a gzip bomb in a gzip bomb": (
        Reply(200, bomb(2), {"Content-Encoding": "gzip, gzip"}),
        {"most_memory": MOST_MEMORY},
    ),
    "a gzip bomb with the encoding of deflate": (
        Reply(200, bomb(), {"Content-Encoding": "deflate"}),
        {"most_memory": MOST_MEMORY},
    ),
}


def cells() -> Iterator[Cell]:
    """Yield every cell of this kind."""
    for name, fault in UNREADABLE.items():
        yield from _unreadable(name, fault)
    for name, fault in READABLE.items():
        yield _cell(name, "submit", SUBMITTED, (fault,))
        yield _cell(name, "status", Result("pending", "1 GET"), (fault,))
    for name, (fault, bounds) in HUGE.items():
        yield from _unreadable(name, fault, **bounds)
    yield from _huge_error_responses()


def _unreadable(name: str, fault: Fault, **bounds: Any) -> Iterator[Cell]:
    """Yield the cells of a body that cannot be read, at each stage."""
    unreadable = Result("UnreadableResponseError", "4 GET")
    yield _cell(name, "submit", DOUBT, (fault,), **bounds)
    yield _cell(name, "status", unreadable, (fault,), **bounds)
    if "most_memory" in bounds:
        return
    yield _cell(name, "wait", unreadable, (fault,), "for good", **bounds)
    yield _cell(name, "wait", POLLED_AGAIN, twice(fault), "twice", **bounds)
    if not bounds:
        in_place = Result("DownloadError", "1 video")
        if "204" in name:
            in_place = Result("IncompleteDownloadError", SAME)
        yield _cell(name, "download", in_place, (fault,), "in place of a video")


def _huge_error_responses() -> Iterator[Cell]:
    """Yield error responses with endless bodies: the status is enough."""
    for status, error in ((400, "BadRequestError"), (401, "AuthenticationError")):
        flood = Flood(status=status, start=b'{"message": "')
        rejected = Result(error, "1 POST", "no")
        yield _cell(f"{status} in 200 MB", "submit", rejected, (flood,), most_sent=MOST_SENT)
    bomb_502 = Reply(502, bomb(), GZIP)
    yield _cell("502 in a gzip bomb", "submit", DOUBT, (bomb_502,), most_memory=MOST_MEMORY)
    flood = Flood(status=403, start=b"<html>")
    gone = Result("LinkExpiredError", RENEWED)
    yield _cell("403 in 200 MB", "download", gone, (flood,), most_sent=MOST_SENT)


def _cell(
    fault: str, act: Any, result: Result, script: tuple[Fault, ...], case: str = "", **more: Any
) -> Cell:
    return Cell(kind=KIND, fault=fault, case=case, act=act, result=result, script=script, **more)
