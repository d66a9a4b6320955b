"""What networks do: refuse, close, reset, stall, drip, and speak something else than HTTP."""

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
    LOOKED_AGAIN,
    SOON,
    SUBMITTED,
    WHOLE,
    Act,
    Cell,
    Connection,
    Fault,
    Reply,
    Result,
    passing,
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
    """A way to lose an answer after the request was read.

    Attributes:
        slow: Whether it ends only when the client's patience does.
        of_video: How a video is lost so, where it is lost in its midst.
    """

    name: str
    fault: Fault
    slow: bool = False
    of_video: Fault | None = None


def drips(body: bytes) -> Send:
    """Return an answer that takes five seconds, and is short of a byte in the end."""
    return Send(PROMISE + body, 2, 0.02)


LOSSES = (
    Loss("closed without an answer", Close()),
    Loss("reset without an answer", Reset()),
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
    Loss("a header that is none", (Send(b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n"), Close())),
    Loss("a head of 1 MB", (Send(head(200, {"X-Padding": "a" * 2**20})), Close())),
    Loss("two lengths", (Send(b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\n{}"), Close())),
    Loss("a negative length", (Send(head(200, {"Content-Length": "-1"})), Close())),
    Loss("a length that is no number", (Send(head(200, {"Content-Length": "many"})), Close())),
    Loss("a chunk that is none", (Send(CHUNKED + b"z\r\n"), Close())),
    Loss("switched protocols", (Send(b"HTTP/1.1 101 Switching Protocols\r\n\r\n"), Close())),
    Loss("no answer in time", Hang(), slow=True),
    Loss("silent mid-headers", (Send(PROMISE[:30]), Hang()), slow=True),
    Loss("silent mid-body", (Send(BEGUN), Hang()), slow=True, of_video=(Send(BEGUN_VIDEO), Hang())),
    Loss("headers that drip", Send(head(200, {"X-Padding": "a" * 500}), 1, 0.02), slow=True),
    Loss("a body that drips", drips(b" " * 499), slow=True, of_video=drips(VIDEO[:499])),
    Loss("interim answers without end", Send(EARLY * 500, len(EARLY), 0.02), slow=True),
)
# What comes too late to matter, or changes nothing.
HARMLESS = (
    Loss("interim answers first", (Send(EARLY * 3), Send(WHOLE_JSON))),
    Loss("an answer a byte at a time", Send(WHOLE_JSON, 1, 0.0001)),
    Loss(
        "an answer of which a part comes late",
        (Send(WHOLE_JSON[:20]), Hang(0.05), Send(WHOLE_JSON[20:])),
    ),
    Loss("closed after the answer", (Send(WHOLE_JSON), Close())),
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
            seen = Result("pending", "1 GET")
            yield _cell(one, "submit", SUBMITTED, (one.fault,), connection=connection)
            yield _cell(one, "status", seen, (one.fault,), connection=connection)


def _cell(loss: Loss, act: Act, result: Result, script: tuple[Fault, ...], **more: Any) -> Cell:
    return Cell(
        kind=KIND,
        fault=loss.name,
        act=act,
        result=result,
        script=script,
        seconds=(LATER if "completed" in result.outcome else SOON) if loss.slow else None,
        # Each byte of a video is progress, from which attempts are counted anew.
        attempts=1 if result.requests == "1 video" and loss.slow else None,
        **more,
    )


def _lost(loss: Loss, connection: Connection) -> Iterator[Cell]:
    """Yield what becomes of one loss at each stage: for good, and for a while."""
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
    seen = Result("completed", "2 GET")
    yield _cell(loss, "wait", seen, (loss.fault, COMPLETED), **once)
    if not loss.slow:
        twice = passing(loss.fault)
        yield _cell(loss, "wait", LOOKED_AGAIN, twice, connection=connection, case="twice")
        late = Result("WaitTimeoutError", "8 GET")
        yield _cell(loss, "wait", late, (loss.fault,), connection=connection, case="for good")


def _broken(loss: Loss, tries: int) -> Result:
    requests = "1 video" if loss.name == "a body that drips" else f"{tries} video"
    return Result("IncompleteDownloadError", requests)


# Where nothing is read from the client: for good, and once it is read at last.
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
    """Yield what happens where nothing is read from the client, or not at once."""
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
