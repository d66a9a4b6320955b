"""Retry-After, in every form that servers are known to send."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tests.support.responses import ID

from .cells import COMPLETED, GOOD_VIDEO, SUBMITTED, Act, Cell, Fault, Reply, Result

KIND = "Retry-After"
# Without a usable value, the pause is the client's own backoff.
OWN = (0.0, 2.0)
VALUES = {
    "seconds": ("7", (7.0, 7.0)),
    "seconds and a half": ("7.5", (7.5, 7.5)),
    "zero": ("0", OWN),
    "a date": ("Fri, 31 Dec 2100 23:59:59 GMT", None),
    "a date in the past": ("Wed, 21 Oct 2015 07:28:00 GMT", OWN),
    "a date that does not exist": ("Wed, 31 Feb 2101 07:28:00 GMT", OWN),
    "garbage": ("soon", OWN),
    "nothing": ("", OWN),
    "negative": ("-5", OWN),
    "two values": ("7, 8", OWN),
    "infinity": ("inf", OWN),
    "not a number": ("nan", OWN),
    "an exponent": ("1e9", OWN),
    "digits of another script": ("\u00b2", OWN),
    "a thousand digits": ("9" * 1000, OWN),
    "a week": ("604800", None),
}
GOOD: dict[Act, tuple[Fault, Result]] = {
    "submit": (Reply(201, {"id": ID, "status": "queued"}), replace(SUBMITTED, requests="2 POST")),
    "status": (COMPLETED, Result("completed", "2 GET")),
    "wait": (COMPLETED, Result("completed", "2 GET")),
    "download": (GOOD_VIDEO, Result("completed", "2 video", files="video")),
}
TOO_LONG: dict[Act, Result] = {
    "submit": Result("RateLimitError", "1 POST", "no"),
    "status": Result("RateLimitError", "1 GET"),
    # The last poll, just before the deadline.
    "wait": Result("completed", "2 GET"),
    "download": Result("IncompleteDownloadError", "1 video"),
}


def cells() -> Iterator[Cell]:
    """Yield every cell of this kind."""
    for name, (text, pause) in VALUES.items():
        rejection = Reply(429, "", {"Retry-After": text})
        for act, (good, result) in GOOD.items():
            expected = TOO_LONG[act] if pause is None else result
            yield _cell(name, "429", act, expected, (rejection, good), pause)
    of_proxy = Reply(503, "<html>", {"Retry-After": "7"})
    for act, (good, result) in GOOD.items():
        yield _cell("seconds", "503 of a proxy", act, result, (of_proxy, good), (7.0, 7.0))
    # The longest interval of the policy here is two seconds.
    going_on = Reply(200, {"id": ID, "status": "generating"}, {"Retry-After": "9"})
    completed = Result("completed", "2 GET")
    yield _cell("seconds", "200", "wait", completed, (going_on, COMPLETED), (2.0, 2.0))


def _cell(fault: str, case: str, act: Act, result: Result, *more: Any) -> Cell:
    script, pause = more
    return Cell(
        kind=KIND, fault=fault, case=case, act=act, result=result, script=script, pause=pause
    )
