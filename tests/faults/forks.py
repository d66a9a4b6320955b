"""Calls of a child process, through a client that its parent has made and used."""

from __future__ import annotations

from collections.abc import Iterator

from .cells import COMPLETED, DOUBT, GOOD_VIDEO, Act, Cell, Fault, Result
from .connections import LOSSES, REACHED

KIND = "after a fork"
LOST = ("closed without a response", "reset mid-headers", "closed mid-body", "not HTTP")


def cells() -> Iterator[Cell]:
    """Yield every cell of this kind."""
    for act, (good, result) in REACHED.items():
        yield _cell("none", act, result, good)
    for loss in (loss for loss in LOSSES if loss.name in LOST):
        yield _cell(loss.name, "submit", DOUBT, loss.fault)
        for act in ("status", "wait"):
            yield _cell(loss.name, act, Result("completed", "2 GET"), loss.fault, COMPLETED)
        again = Result("completed", "2 video", files="video")
        yield _cell(loss.name, "download", again, loss.of_video or loss.fault, GOOD_VIDEO)


def _cell(fault: str, act: Act, result: Result, *script: Fault) -> Cell:
    return Cell(
        kind=KIND, fault=fault, act=act, result=result, script=script, connection="inherited"
    )
