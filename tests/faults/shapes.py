"""Ids, statuses, videos, errors and usages in every known shape, and in others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.support.responses import ID

from .cells import (
    COMPLETED,
    DOUBT,
    GOOD_VIDEO,
    LINK,
    SUBMITTED,
    WHOLE,
    Act,
    Cell,
    Fault,
    Reply,
    Result,
)
from .late import LOOKS

KIND = "shape"
NOT_THERE = object()

# Each has to be sent to the API unchanged, and never to be part of a path.
GOOD_IDS: Mapping[str, Any] = {
    "a number": 12345,
    "digits": "12345",
    "a UUID": "0a1b2c3d-0000-4000-8000-000000000000",
    "a UUID and a model": "0a1b2c3d:alibaba/wan2.2-t2v-plus",
    "begins with a dash": "-rf",
    "begins with an underscore": "_V1StGXR8",
    "a path": "../../etc/passwd",
    "an absolute path": "/etc/passwd",
    "a query": "a&generation_id=b?c#d%2F+e",
    "a template": "{generation_id}",
    "a line break": "a\r\nX-Evil: 1",
    "a null character": "a\0b",
    "an emoji": "\N{CLAPPER BOARD}",
    "2,000 characters": "i" * 2000,
}
BAD_IDS: Mapping[str, Any] = {
    "missing": NOT_THERE,
    "null": None,
    "empty": "",
    "blank": " \t",
    "true": True,
    "a fraction": 1.5,
    "a list": ["gen-1"],
    "an object": {"id": "gen-1"},
    "half a character": "\ud800",
}
# The state that each status means.
STATUSES: Mapping[str, tuple[Any, str]] = {
    **{
        word: (word, "pending")
        for word in ("queued", "generating", "waiting", "active", "pending", "processing")
    },
    **{word: (word, "completed") for word in ("completed", "complete", "succeeded", "succeed")},
    **{word: (word, "completed") for word in ("success", "done", "finished", "ready")},
    **{word: (word, "failed") for word in ("error", "failed", "cancelled", "canceled", "expired")},
    **{word: (word, "failed") for word in ("failure", "rejected", "timeout", "timed_out")},
    "with a hyphen": ("timed-out", "failed"),
    "in capitals": ("COMPLETED", "completed"),
    "with blanks": (" completed\n", "completed"),
    "unknown": ("thinking", "pending"),
    "empty": ("", "pending"),
    "missing": (NOT_THERE, "pending"),
    "null": (None, "pending"),
    "a number": (200, "pending"),
    "true": (True, "pending"),
    "a list": (["completed"], "pending"),
    "an object": ({"state": "completed"}, "pending"),
    "10,000 characters": ("x" * 10_000, "pending"),
    "half a character": ("\ud800", "pending"),
}
VIDEOS: dict[str, Any] = {
    "an object": {"url": LINK},
    "a text": LINK,
    "a list of texts": [LINK],
    "a list of objects": [{"url": LINK}],
    "with everything": {
        "url": LINK,
        "duration": 5,
        "content_type": "video/mp4",
        "file_name": "../../evil.mp4",
        "file_size": 10252,
    },
    "with an absolute file name": {"url": LINK, "file_name": "/etc/passwd"},
    "with a duration in words": {"url": LINK, "duration": "five"},
    "with a duration beyond numbers": {"url": LINK, "duration": "1e999"},
    "with a negative size": {"url": LINK, "file_size": -1},
    "two of them": [{"url": LINK}, {"url": "https://127.0.0.1/other"}],
}
NO_VIDEOS: dict[str, Any] = {
    "missing": NOT_THERE,
    "null": None,
    "empty": "",
    "blank": "  ",
    "an empty list": [],
    "an empty object": {},
    "a number": 7,
    "true": True,
    "a null link": {"url": None},
    "an empty link": {"url": ""},
    "a numeric link": {"url": 7},
    "a list in a list": [[LINK]],
    "a link under another name": {"uri": LINK},
}
FAILURES: Mapping[str, Any] = {
    "an object": {"name": "Refused", "message": "No dragons"},
    "a text": "No dragons",
    "a list of texts": ["No", "dragons"],
    "a list of issues": [{"loc": ["body", "seed"], "msg": "no number", "type": "int"}],
    "details": {"detail": [{"loc": ["body", "seed"], "msg": "no number", "type": "int"}]},
    "a detail": {"detail": "No dragons"},
    "missing": NOT_THERE,
    "null": None,
    "empty": "",
    "an empty object": {},
    "false": False,
    "a number": 500,
    "a name that is an object": {"name": {"a": 1}, "message": ["b"]},
    "nested": {"message": {"message": {"message": "deep"}}},
    "places that are no list": [{"loc": {"a": 1}, "msg": None}],
    "half a character": "\udfff",
}
USAGES: Mapping[str, Any] = {
    "credits": {"usage": {"credits_used": 840000}},
    "tokens": {"usage": {"tokens_used": 840000}},
    "credits and dollars": {"usage": {"credits_used": 840000, "usd_spent": 0.42}},
    "dollars": {"usage": {"usd_spent": 0.42}},
    "another name": {"usage": {"units": 3}},
    "a text": {"usage": {"credits_used": "840,000"}},
    "negative": {"usage": {"credits_used": -1}},
    "a number beyond numbers": {"usage": {"credits_used": 1e400}},
    "an integer of 400 digits": {"usage": {"credits_used": 10**400}},
    "null": {"usage": None},
    "a list": {"usage": [840000]},
    "no object at all": "840000",
    "an object in it": {"usage": {"credits_used": {"value": 1}}},
}
STRANGE: Mapping[str, Mapping[str, Any]] = {
    "nothing but an id": {},
    "unknown names": {"progress": 40, "": None, "a/b~c": [1], "output": {"x": []}},
    "1,000 names": {f"name{number}": number for number in range(1000)},
    "every value null": dict.fromkeys(("status", "video", "error", "meta", "usage")),
    "an error in a success": {"error": {"name": "E", "message": "m"}, "statusCode": 500},
    "the response within data": {"data": {"status": "completed", "video": {"url": LINK}}},
}
FAILED = Result("GenerationFailedError", "1 GET")


def cells() -> Iterator[Cell]:
    """Yield every cell of this kind."""
    for name, value in BAD_IDS.items():
        yield _cell("id", name, "submit", DOUBT, _reply(id=value))
        completed = Result("completed", "1 GET")
        yield _cell("id", name, "wait", completed, _reply(COMPLETED.body, id=value))
    for name, value in GOOD_IDS.items():
        yield _cell("id", name, "submit", SUBMITTED, _reply(id=value, status="queued"))
        # The response names another job, so it is polled again before it is believed.
        yield _cell("id", name, "wait", Result("completed", "2 GET"), COMPLETED, id=value)
        yield _cell("id", name, "download", WHOLE, GOOD_VIDEO, id=value)
    for name, (value, state) in STATUSES.items():
        yield _cell("status", name, "submit", Result(state, "1 POST"), _reply(status=value))
        yield _cell("status", name, "status", Result(state, "1 GET"), _reply(status=value))
        done = {"video": {"url": LINK}} if state == "completed" else {}
        yield _cell("status", name, "wait", _waited(state), _reply(status=value, **done))
    yield from _of_unknown_ends()
    yield from _of_videos()
    for name, value in FAILURES.items():
        over = _reply(status="error", error=value)
        yield _cell("error", name, "submit", Result("failed", "1 POST"), over)
        yield _cell("error", name, "wait", FAILED, over)
    for name, value in USAGES.items():
        yield _cell("usage", name, "submit", SUBMITTED, _reply(status="queued", meta=value))
        yield _cell("usage", name, "wait", FAILED, _reply(status="error", meta=value))
    for name, more in STRANGE.items():
        yield _cell("whole", name, "submit", SUBMITTED, _reply(**more))
        yield _cell("whole", name, "status", Result("pending", "1 GET"), _reply(**more))


def _of_unknown_ends() -> Iterator[Cell]:
    """Yield the cells of a status that nobody knows, with what a job ends with."""
    for name, more, result in (
        ("with a link", {"video": {"url": LINK}}, Result("completed", "1 GET")),
        (
            "with a link and an error",
            {"video": LINK, "error": "late"},
            Result("completed", "1 GET"),
        ),
        ("with an error", {"error": {"name": "Refused", "message": "No dragons"}}, FAILED),
        ("with a text as an error", {"error": "No dragons"}, FAILED),
        ("with an empty error", {"error": {"name": None}}, Result("WaitTimeoutError", "8 GET")),
    ):
        yield _cell("unknown status", name, "wait", result, _reply(status="shelved", **more))


def _of_videos() -> Iterator[Cell]:
    """Yield the cells of every shape of a video: read, and downloaded."""
    for name, value in (VIDEOS | NO_VIDEOS).items():
        done = _reply(status="completed", video=value)
        yield _cell("video", name, "submit", Result("completed", "1 POST"), done)
        missing = Result("GenerationFailedError", f"{LOOKS} GET")
        read = missing if name in NO_VIDEOS else Result("completed", "1 GET")
        yield _cell("video", name, "wait", read, done)
    for name, value in VIDEOS.items():
        yield _video(name, value, WHOLE)
    for name, value in NO_VIDEOS.items():
        yield _video(name, None if value is NOT_THERE else value, missing)


def _waited(state: str) -> Result:
    ends = {"failed": FAILED, "completed": Result("completed", "1 GET")}
    return ends.get(state, Result("WaitTimeoutError", "8 GET"))


def _reply(given: Mapping[str, Any] | None = None, /, **more: Any) -> Reply:
    """Return a 200 with these fields, without those that are ``NOT_THERE``."""
    whole = {"id": ID, **(given or {}), **more}
    return Reply(200, {name: value for name, value in whole.items() if value is not NOT_THERE})


def _cell(fault: str, case: str, act: Act, result: Result, reply: Fault, **submitted: Any) -> Cell:
    return Cell(
        kind=KIND,
        fault=fault,
        case=case,
        act=act,
        result=result,
        script=(reply,),
        submitted=submitted,
    )


def _video(case: str, value: Any, result: Result) -> Cell:
    return Cell(kind=KIND, fault="video", case=case, act="download", result=result, link=value)
