"""Faults of the network: connections refused, closed, reset, silent, slow, or not HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from tests.support.actions import Close, Hang, Reset, Send, head, response
from tests.support.responses import ID, VIDEO

from .cells import (
    COMPLETED,
    DOUBT,
    GOOD_VIDEO,
    LATER,
    POLLED_AGAIN,
    SOON,
    SUBMITTED,
    WHOLE,
    Act,
    Cell,
    Connection,
    Fault,
    Reply,
    Result,
    twice,
)

KIND = "connection"
JSON = {"Content-Length": "500", "Content-Type": "application/json"}
PROMISE = head(200, JSON)
CHUNKED = head(200, {"Transfer-Encoding": "chunked"})
BEGUN = PROMISE + b'{"id": "gen-1", "st'
BEGUN_VIDEO = PROMISE + VIDEO[:20]
WHOLE_JSON = response(200, {"id": ID, "status": "queued"}).data
EARLY = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"


@dataclass(frozen=True)
class Loss:
    """A response that is lost after the request was read.

    Attributes:
        slow: Whether it lasts until the client's timeout.
        of_video: The same for a video, if it is lost in the middle of the body.
    """

    name: str
    fault: Fault
    slow: bool = False
    of_video: Fault | None = None


def slow_body(body: bytes) -> Send:
    """Return a response that takes five seconds, and lacks its last byte."""
    return Send(PROMISE + body, 2, 0.02)


LOSSES = (
    Loss("closed without a response", Close()),
    Loss("reset without a response", Reset()),
    Loss("closed mid-headers", (Send(PROMISE[:30]), Close())),
    Loss("reset mid-headers", (Send(PROMISE[:30]), Reset())),
    Loss("closed after the headers", (Send(PROMISE), Close())),
    Loss("closed mid-body", (Send(BEGUN), Close()), of_video=(Send(BEGUN_VIDEO), Close())),
    Loss("reset mid-body", (Send(BEGUN), Reset()), of_video=(Send(BEGUN_VIDEO), Reset())),
    Loss("closed within a chunk", (Send(CHUNKED + b"ff\r\n{"), Close())),
    Loss("not HTTP", (Send(b"\0\0\0\0\r\n\r\n"), Close())),
    Loss("HTTP/2 to an HTTP/1.1 client", (Send(b"\0\0\x12\4\0\0\0\0\0" + bytes(18)), Close())),
    Loss("another protocol", (Send(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"), Close())),
    Loss("a page without a head", (Send(b"<html>Welcome</html>\r\n\r\n"), Close())),
    Loss("a status of four digits", (Send(b"HTTP/1.1 2000 OK\r\n\r\n"), Close())),
    Loss("no status", (Send(b"HTTP/1.1 \r\n\r\n"), Close())),
    Loss("a header without a colon", (Send(b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n"), Close())),
    Loss("a head of 1 MB", (Send(head(200, {"X-Padding": "a" * 2**20})), Close())),
    Loss("two lengths", (Send(b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\n{}"), Close())),
    Loss("a negative length", (Send(head(200, {"Content-Length": "-1"})), Close())),
    Loss("a length that is not a number", (Send(head(200, {"Content-Length": "many"})), Close())),
    Loss("an invalid chunk size", (Send(CHUNKED + b"z\r\n"), Close())),
    Loss("switched protocols", (Send(b"HTTP/1.1 101 Switching Protocols\r\n\r\n"), Close())),
    Loss("no response in time", Hang(), slow=True),
    Loss("silent mid-headers", (Send(PROMISE[:30]), Hang()), slow=True),
    Loss("silent mid-body", (Send(BEGUN), Hang()), slow=True, of_video=(Send(BEGUN_VIDEO), Hang())),
    Loss("slow headers", Send(head(200, {"X-Padding": "a" * 500}), 1, 0.02), slow=True),
    Loss("a slow body", slow_body(b" " * 499), slow=True, of_video=slow_body(VIDEO[:499])),
    Loss("endless interim responses", Send(EARLY * 500, len(EARLY), 0.02), slow=True),
)
# Oddities that change nothing.
HARMLESS = (
    Loss("interim responses first", (Send(EARLY * 3), Send(WHOLE_JSON))),
    Loss("a response a byte at a time", Send(WHOLE_JSON, 1, 0.0001)),
    Loss(
        "a response with a pause in it",
        (Send(WHOLE_JSON[:20]), Hang(0.05), Send(WHOLE_JSON[20:])),
    ),
    Loss("closed after the response", (Send(WHOLE_JSON), Close())),
    Loss("more bytes than announced", (Send(WHOLE_JSON + b"and more"), Close())),
    Loss("lines that end in LF alone", (Send(WHOLE_JSON.replace(b"\r\n", b"\n")), Close())),
)


def cells() -> Iterator[Cell]:
    """Yield every cell of this kind."""
    yield from _unreached()
    connections: tuple[Connection, ...] = ("fresh", "kept")
    for connection in connections:
        for loss in LOSSES:
            yield from _lost(loss, connection)
        for one in HARMLESS:
            polled = Result("pending", "1 GET")
            yield _cell(one, "submit", SUBMITTED, (one.fault,), connection=connection)
            yield _cell(one, "status", polled, (one.fault,), connection=connection)


def _cell(loss: Loss, act: Act, result: Result, script: tuple[Fault, ...], **more: Any) -> Cell:
    return Cell(
        kind=KIND,
        fault=loss.name,
        act=act,
        result=result,
        script=script,
        seconds=(LATER if "completed" in result.outcome else SOON) if loss.slow else None,
        # Each byte of a video is progress, after which attempts count from one again.
        attempts=1 if result.requests == "1 video" and loss.slow else None,
        **more,
    )


def _lost(loss: Loss, connection: Connection) -> Iterator[Cell]:
    """Yield the cells of one loss at each stage: every time, and a few times only."""
    tries = 2 if loss.slow else 4
    good: tuple[tuple[Act, Result], ...] = (
        ("submit", DOUBT),
        ("status", Result("ConnectionFailedError", f"{tries} GET")),
        ("download", _broken(loss, tries)),
    )
    video = loss.of_video or loss.fault
    for act, result in good:
        fault = video if act == "download" else loss.fault
        yield _cell(loss, act, result, (fault,), connection=connection)
    again = Result("completed", "2 video", files="video")
    once: dict[str, Any] = {"connection": connection, "case": "once"}
    yield _cell(loss, "download", again, (video, GOOD_VIDEO), **once)
    polled = Result("completed", "2 GET")
    yield _cell(loss, "wait", polled, (loss.fault, COMPLETED), **once)
    if not loss.slow:
        yield _cell(
            loss, "wait", POLLED_AGAIN, twice(loss.fault), connection=connection, case="twice"
        )
        late = Result("WaitTimeoutError", "8 GET")
        yield _cell(loss, "wait", late, (loss.fault,), connection=connection, case="for good")


def _broken(loss: Loss, tries: int) -> Result:
    requests = "1 video" if loss.name == "a slow body" else f"{tries} video"
    return Result("IncompleteDownloadError", requests)


# Where the server never reads the request: it refuses connections, or closes them.
UNREACHED: dict[Act, tuple[Result, Result]] = {
    "submit": (
        Result("ConnectionFailedError", "none", "no"),
        Result("SubmissionInDoubtError", "1 unread", "perhaps"),
    ),
    "status": (
        Result("ConnectionFailedError", "none"),
        Result("ConnectionFailedError", "4 unread"),
    ),
    "wait": (Result("WaitTimeoutError", "none"), Result("WaitTimeoutError", "8 unread")),
    "download": (
        Result("IncompleteDownloadError", "none"),
        Result("IncompleteDownloadError", "4 unread"),
    ),
}
REACHED: dict[Act, tuple[Fault, Result]] = {
    "submit": (Reply(201, {"id": ID, "status": "queued"}), SUBMITTED),
    "status": (COMPLETED, Result("completed", "1 GET")),
    "wait": (COMPLETED, Result("completed", "1 GET")),
    "download": (GOOD_VIDEO, WHOLE),
}


def _unreached() -> Iterator[Cell]:
    """Yield the cells of servers that never read a request, or not at first."""
    for act, (refused, closed) in UNREACHED.items():
        good, result = REACHED[act]
        yield _never("refused", act, refused, refused=-1)
        yield _never("refused at first", act, result, refused=2, script=(good,))
        yield _never("accepted and closed", act, closed, unread=99)
        if act != "submit":
            late = replace(result, requests=f"{result.requests} + 2 unread")
            more: dict[str, Any] = {"unread": 2, "script": (good,), "case": "at first"}
            yield _never("accepted and closed", act, late, **more)


def _never(fault: str, act: Act, result: Result, **more: Any) -> Cell:
    return Cell(kind=KIND, fault=fault, act=act, result=result, **more)
