"""The faults a soak plays, and which request meets which: data, and one pure choice.

A fault depends on nothing but the seed and the request's own identity (which
generation, which kind of request, the how-manieth of that kind), never on when
it arrives: the same seed gives the same faults again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Literal

from tests.support.actions import Stage, response
from wan_ergonomic import RetryPolicy

Ending = Literal["kept", "closed", "reset"]


@dataclass(frozen=True, slots=True)
class Fault:
    """What becomes of one request.

    Attributes:
        name: What the figures call it.
        say: Turns the good response, head included, into what is sent instead.
        end: What becomes of the connection then.
        reached: Whether the vendor gets the request at all.
        pause: Seconds of silence before anything is sent.
        pieces: How many pieces it is sent in.
    """

    name: str
    say: Callable[[bytes], bytes]
    end: Ending = "kept"
    reached: bool = True
    pause: float = 0.0
    pieces: int = 1


def body_at(whole: bytes) -> int:
    """Return where the body of a response begins."""
    return whole.index(b"\r\n\r\n") + 4


def _nothing(_: bytes) -> bytes:
    return b""


def _half_of_head(whole: bytes) -> bytes:
    return whole[: body_at(whole) // 2]


def _half_of_body(whole: bytes) -> bytes:
    return whole[: (body_at(whole) + len(whole)) // 2]


def _mistyped(whole: bytes) -> bytes:
    for good in (b"application/json", b"video/mp4"):
        whole = whole.replace(good, b"image/x-soak")
    return whole


def _longer(whole: bytes) -> bytes:
    size = len(whole) - body_at(whole)
    return whole.replace(b"length: %d\r\n" % size, b"length: %d\r\n" % (size + 1), 1)


def _truncated(whole: bytes) -> bytes:
    start = body_at(whole)
    return response(200, whole[start : (start + len(whole)) // 2]).data


def _in_a_second(_: bytes) -> bytes:
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=1), usegmt=True)
    return response(429, _PAGE, {"Retry-After": then}).data


_PAGE = "<html><head><title>Something is wrong</title></head><body>proxy</body></html>"
_REFUSAL = {"message": "Not now", "error": {"name": "Exception", "message": "Not now"}}
_SECOND = {"Retry-After": "1"}


def _reply(name: str, status: int, body: object, headers: Mapping[str, str] | None = None) -> Fault:
    data = response(status, body, headers).data
    return Fault(name, lambda _: data)


def _pages(*statuses: int) -> tuple[Fault, ...]:
    return tuple(_reply(f"{status} with HTML", status, _PAGE) for status in statuses)


def _away(*faults: Fault) -> tuple[Fault, ...]:
    return tuple(replace(fault, reached=False) for fault in faults)


# Nobody listens where the first connection of a submission goes.
REFUSED = Fault("connection refused", _nothing, "closed", reached=False)
BUSY = (
    _reply("429 with Retry-After", 429, _REFUSAL, _SECOND),
    Fault("429 with Retry-After as a date", _in_a_second),
    _reply("429", 429, _PAGE),
    _reply("503 with Retry-After", 503, _PAGE, _SECOND),
    _reply("503 in JSON", 503, _REFUSAL),
)
LOST = (
    Fault("closed without a response", _nothing, "closed"),
    Fault("reset without a response", _nothing, "reset"),
    Fault("silent, then closed", _nothing, "closed", pause=0.1),
    Fault("closed mid-headers", _half_of_head, "closed"),
    Fault("closed mid-body", _half_of_body, "closed"),
    Fault("reset mid-body", _half_of_body, "reset"),
    Fault("one byte less than announced", _longer, "closed"),
    Fault("not HTTP", lambda _: b"\0\0\x12\4\0\0\0\0\0SSH-2.0\r\n\r\n", "closed"),
)
UNREADABLE = (
    _reply("200 with HTML", 200, _PAGE),
    _reply("200 with nothing", 200, ""),
    _reply("200 with null", 200, "null"),
    _reply("200 with garbage", 200, b"\xff\xfe\0{]" * 20),
    _reply("200 without an id", 200, {"status": "queued"}),
    Fault("truncated JSON", _truncated),
)
HARMLESS = (
    Fault("the wrong content type", _mistyped),
    Fault("a bit at a time", bytes, pieces=7, pause=0.001),
)
FAULTS: Mapping[Stage, tuple[Fault, ...]] = {
    # A submission is turned away before it reaches the vendor, or its response is lost after it
    # has: in between (closed unread) nobody could say how many the vendor should have received.
    "submit": (
        REFUSED,
        *_away(*BUSY),
        *LOST,
        *_pages(500, 502, 504, 520, 524),
        *UNREADABLE,
        *HARMLESS,
    ),
    "poll": (
        *BUSY,
        *LOST,
        *_pages(404, 500, 502, 503, 524),
        *UNREADABLE,
        *HARMLESS,
    ),
    "download": (
        *BUSY,
        *LOST,
        *_pages(403, 404, 410, 412, 416, 500),
        *UNREADABLE[:2],
        *HARMLESS,
    ),
}


def dice(*identity: object) -> tuple[float, int]:
    """Return a number below one and a large one that are always the same for an identity."""
    digest = hashlib.sha256("/".join(map(str, identity)).encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64, int.from_bytes(digest[8:16])


def fault_of(seed: int, share: float, generation: int, stage: Stage, nth: int) -> Fault | None:
    """Return the fault that one request meets, if any.

    Args:
        seed: The soak's.
        share: How many of all requests meet one: 0 to 1.
        generation: Which one it belongs to, counted from 0.
        stage: The kind of request.
        nth: The how-manieth of this generation and stage it is, counted from 1.
    """
    chance, pick = dice(seed, generation, stage, nth)
    faults = FAULTS[stage]
    fault = faults[pick % len(faults)] if chance < share else None
    if fault is None or fault.reached:
        return fault
    # The last attempt is let through, so that each generation is received; only the first
    # connection of a generation can find nobody.
    late = nth >= RetryPolicy().attempts or (fault is REFUSED and nth > 1)
    return None if late else fault
