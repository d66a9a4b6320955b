"""Checks the result of a cell.

``check`` has the same rules for every cell.
"""

from __future__ import annotations

import json
import pickle
import traceback
from pathlib import Path

from tests.support.operations import polled_id
from tests.support.responses import VIDEO
from wan_ergonomic import SubmissionInDoubtError, WanError

from .cells import Cell, Reply, Result
from .runner import FILE, PATIENCE, Played
from .world import Secrets


def check(cell: Cell, played: Played, folder: Path, secrets: Secrets) -> None:
    """Check that a played cell has its expected result and keeps the rules of all cells."""
    assert result(cell, played, folder) == cell.result
    assert leaks(played, folder, secrets.key) == []
    assert secrets.signature not in str(played.raised)
    assert paid_twice(cell, played) == []
    assert lost_ids(cell, played) == []
    assert careless(cell, played) == []
    assert exceeded(cell, played) == []


def result(cell: Cell, played: Played, folder: Path) -> Result:
    """Return the result as the matrix shows it."""
    return Result(
        outcome=_outcome(played),
        requests=_requests(played),
        money=_money(cell, played),  # type: ignore[arg-type]  # an unexpected text fails the comparison
        files=_files(cell, folder),
    )


def _outcome(played: Played) -> str:
    if played.returned is not None:
        return played.returned.state
    if isinstance(played.raised, WanError):
        return type(played.raised).__name__
    return "untyped: " + "".join(traceback.format_exception(played.raised))


def _requests(played: Played) -> str:
    counts = {
        "POST": len(played.of("submit")),
        "GET": len(played.of("poll")),
        "video": len(played.of("download")),
        "unread": played.unread + played.touched,
        "astray": len(played.strayed),
    }
    return " + ".join(f"{count} {what}" for what, count in counts.items() if count) or "none"


def _money(cell: Cell, played: Played) -> str:
    """Return whether money was spent, as the result or its message says."""
    if cell.act != "submit" or played.returned:
        return "once"
    if isinstance(played.raised, SubmissionInDoubtError):
        return "perhaps"
    return "no" if "Nothing was accepted or charged" in str(played.raised) else "unknown"


def _files(cell: Cell, folder: Path) -> str:
    found = []
    for path in sorted(folder.iterdir()):
        content = path.read_bytes()
        if path.name == FILE:
            found.append("video" if content == cell.video else "another file under the final name")
        elif path.name.startswith(".wan-") and path.suffix == ".part":
            found.append("hidden part" if VIDEO.startswith(content) else "a wrong part")
        else:
            found.append(path.name)
    return ", ".join(found) or "none"


def everything_in(error: BaseException | None) -> str:
    """Return all that an error carries: text, traceback, causes, notes, attributes."""
    if error is None:
        return ""
    everything = "".join(traceback.format_exception(error))
    causes = [error]
    while cause := causes[-1].__cause__ or causes[-1].__context__:
        causes.append(cause)
    return everything + "".join(f"{cause!r}{vars(cause)!r}" for cause in causes)


def leaks(played: Played, folder: Path, key: str) -> list[str]:
    """Return every place where the key must not be and is."""
    places = [f"the request for {at}" for at in played.strayed if key in at]
    for request in played.requests:
        headers = dict(request.headers)
        if request.stage != "download" and headers.get("host") in played.hosts:
            headers.pop("authorization", None)
        if key in f"{request.target}{headers}{request.body!r}":
            places.append(f"{request.method} {request.target}")
    texts = {
        "the error": everything_in(played.raised),
        "the pickled error": repr(pickle.dumps(played.raised)) if played.raised else "",
        "the generation": f"{played.returned!r}{pickle.dumps(played.returned)!r}",
        "a file": "".join(f"{p.name}{p.read_bytes()!r}" for p in folder.iterdir()),
    }
    return places + [place for place, text in texts.items() if key in text]


def paid_twice(cell: Cell, played: Played) -> list[str]:
    """Return what is wrong with the submissions: none may follow one that may be accepted."""
    posts = played.of("submit")
    responses = [_entry(cell, index) for index in range(len(posts) - 1)]
    wrong = [str(one) for one in responses if not (isinstance(one, Reply) and one.rejects)]
    ids = {post.headers.get("x-client-request-id") for post in posts}
    return wrong + [f"{len(ids)} request ids for one submission"] * (len(ids) > 1)


def _entry(cell: Cell, index: int) -> object:
    fault = cell.script[min(index, len(cell.script) - 1)] if cell.script else None
    return fault[0] if isinstance(fault, tuple) and len(fault) == 1 else fault


def careless(cell: Cell, played: Played) -> list[str]:
    """Return what is unsafe even though it succeeded this time."""
    ranges = [request.headers for request in played.requests if "range" in request.headers]
    shared = cell.act == "submit" and played.connections < len(played.of("submit"))
    inherited = cell.connection == "inherited" and played.connections < 1
    return [
        *["a connection of the parent process"] * inherited,
        *("a range of an unknown version" for one in ranges if "if-range" not in one),
        *["a submission on a connection that may be closing"] * shared,
    ]


def lost_ids(cell: Cell, played: Played) -> list[str]:
    """Return which ids the error lacks: of the job, or of the request."""
    error, lost = played.raised, []
    polled = {polled_id(request.target) for request in played.requests if request.stage == "poll"}
    (job,) = polled or {""}
    if isinstance(error, WanError):
        if cell.act != "submit" and not error.generation_id:
            lost.append("the error has no generation_id")
        if job and error.generation_id not in {None, job}:
            lost.append(f"the error is about {error.generation_id}, not {job}")
        again = pickle.loads(pickle.dumps(error))  # noqa: S301 - made here
        if (type(again), str(again)) != (type(error), str(error)):
            lost.append("pickled, it is another error")
    if isinstance(error, SubmissionInDoubtError):
        sent = [post.headers["x-client-request-id"] for post in played.of("submit")]
        if sent and error.client_request_id != sent[-1]:
            lost.append("the request id is not the one that was sent")
        if sent and error.request != played.of("submit")[-1].json:
            lost.append("the request is not the one that was sent")
    return lost


def exceeded(cell: Cell, played: Played) -> list[str]:
    """Return which limits were exceeded."""
    low, high = cell.pause or (0.0, float("inf"))
    first = played.pauses[0] if played.pauses else None
    bounds = {
        "seconds": played.seconds <= PATIENCE,
        "the first pause": cell.pause is None or (first is not None and low <= first <= high),
        "bytes sent": played.sent <= (cell.most_sent or played.sent),
        "memory": played.memory <= (cell.most_memory or played.memory),
    }
    measured = json.dumps([played.seconds, played.pauses, played.sent, played.memory])
    return [f"{what}: {measured}" for what, kept in bounds.items() if not kept]
