"""Jobs that are completed before their link is there, and storages that have the video later."""

from __future__ import annotations

from collections.abc import Iterator

from tests.support.responses import ID

from .cells import COMPLETED, GOOD_VIDEO, Act, Cell, Fault, Reply, Result

KIND = "late"
NO_LINK = Reply(200, {"id": ID, "status": "completed", "video": None})
# How often one is looked for in a minute on the clock of a cell.
LOOKS = 6
# For the renewal of a link, at once and then with each pause.
RENEWED, SAME = f"{LOOKS} GET + {LOOKS + 1} video", f"{LOOKS} video"
STATUSES = {202: SAME, 204: SAME, 403: RENEWED, 404: RENEWED}


def cells() -> Iterator[Cell]:
    """Yield every cell of this kind."""
    for case, times in (("once", 1), ("5 times", 5)):
        script: tuple[Fault, ...] = (*[NO_LINK] * times, COMPLETED)
        result = Result("completed", f"{times + 1} GET")
        yield _cell("completed without a link", case, "wait", result, script)
    missing = Result("GenerationFailedError", f"{LOOKS} GET")
    yield _cell("completed without a link", "for good", "wait", missing, (NO_LINK,))
    for status, requests in STATUSES.items():
        reply = Reply(status, "", {"Content-Type": "application/xml"})
        error = "IncompleteDownloadError" if requests == SAME else "LinkExpiredError"
        for times in (2, 5):
            polls = f"{times} GET + " if requests == RENEWED else ""
            result = Result("completed", f"{polls}{times + 1} video", files="video")
            script = (*[reply] * times, GOOD_VIDEO)
            yield _cell(
                "a storage without the video",
                f"{status}, {times} times",
                "download",
                result,
                script,
            )
        yield _cell(
            "a storage without the video",
            f"{status}, for good",
            "download",
            Result(error, requests),
            (reply,),
        )


def _cell(fault: str, case: str, act: Act, result: Result, script: tuple[Fault, ...]) -> Cell:
    return Cell(kind=KIND, fault=fault, case=case, act=act, result=result, script=script)
