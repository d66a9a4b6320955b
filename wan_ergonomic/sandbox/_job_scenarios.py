"""Scenarios of jobs and their videos: running, ending, response formats, downloads.

Only data: a new scenario is one more line in a table. `_scenario` defines the fields.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ._scenario import Body, DownloadTrouble, End, Phase, Run, Scenario

ORDINARY = Scenario(
    name="completes", stage="end", summary="queued, generating, completed: no failure"
)


def _running(status: str) -> Scenario:
    timeline = (Phase(5, "queued"), Phase(375, status))
    summary = f"has the status {status!r} while it runs, then completes"
    return Scenario(name=status, stage="running", summary=summary, timeline=timeline)


_RUNNING = (
    *map(_running, ("waiting", "active", "processing", "pending", "upscaling")),
    Scenario(
        name="stuck",
        stage="running",
        summary="is generating forever",
        timeline=(Phase(5, "queued"), Phase(math.inf, "generating")),
    ),
)


def _end(name: str, summary: str, **changes: Any) -> Scenario:
    return Scenario(name=name, stage="end", summary=summary, end=End(**changes))


def _error(name: str, summary: str, error: Any) -> Scenario:
    summary = f"fails; the error is {summary}"
    return _end(name, summary, status="error", details={"error": error}, video=False)


_ENDS = (
    ORDINARY,
    _error(
        "fails",
        "a name and a message",
        {
            "name": "DataInspectionFailed",
            "message": "Input data may contain inappropriate content.",
        },
    ),
    _error("error-text", "a string", "Input data may contain inappropriate content."),
    _error(
        "error-detail",
        "a list under detail",
        {
            "detail": [
                {"loc": ["body", "prompt"], "msg": "prompt is blocked", "type": "value_error"}
            ]
        },
    ),
    _error("error-list", "a list", [{"name": "Blocked", "message": "prompt is blocked"}]),
    _error("error-null", "null", None),
    _end("succeeded", "ends as 'succeeded', with a video", status="succeeded"),
    *(
        _end(status, f"ends as {status!r}, without a video", status=status, video=False)
        for status in ("failed", "cancelled", "expired")
    ),
    _end("no-video", "completes without a video", video=False),
)


def _fetched(name: str, summary: str, rewrite: Callable[[Body], Body]) -> Scenario:
    return Scenario(name=name, stage="shape", summary=summary, created=rewrite, fetched=rewrite)


def _video(name: str, summary: str, shape: Callable[[str], Any]) -> Scenario:
    def rewrite(body: Body) -> Body:
        return body | {"video": shape(body["video"]["url"])} if "video" in body else body

    return _fetched(name, f"the video is {summary}", rewrite)


def _usage(name: str, **usage: float) -> Scenario:
    summary = f"the cost is named {' and '.join(usage)}"
    return _fetched(name, summary, lambda body: body | {"meta": {"usage": usage}})


def _with_nulls(body: Body) -> Body:
    return {"video": None, "error": None, "meta": None} | body


_SHAPES = (
    _video("video-text", "a bare URL", lambda url: url),
    _video("video-texts", "a list of URLs", lambda url: [url]),
    _video("video-list", "a list of objects", lambda url: [{"url": url}]),
    _video(
        "video-extra",
        "an object with more fields",
        lambda url: {
            "url": url,
            "duration": 5,
            "content_type": "video/mp4",
            "file_name": "video.mp4",
            "file_size": 1234567,
        },
    ),
    _usage("usage-tokens", tokens_used=1_000_000),
    _usage("usage-credits", credits_used=1_000_000),
    _usage("usage-usd", credits_used=1_000_000, usd_spent=0.5),
    _fetched("nulls", "all nullable properties are null until they are known", _with_nulls),
)


def _download(name: str, summary: str, *each: DownloadTrouble, **changes: Any) -> Scenario:
    endless = changes.pop("endless", False)
    runs = Run(each, endless)
    return Scenario(name=name, stage="download", summary=summary, downloads=runs, **changes)


_DOWNLOADS = (
    _download("link-expired", "the first link has already expired", first_link_expired=True),
    _download("link-refused", "403 to the first download", DownloadTrouble.REJECTED),
    _download("store-busy", "503 to the first download", DownloadTrouble.UNAVAILABLE),
    _download("cut", "the first download breaks off half-way", DownloadTrouble.CUT),
    _download(
        "cut-changed",
        "the first download breaks off half-way, and then the video is another one",
        DownloadTrouble.CUT,
        changes=True,
    ),
    _download(
        "no-range",
        "the first download breaks off half-way, and Range is ignored",
        DownloadTrouble.CUT,
        ignores_range=True,
    ),
    _download(
        "html-video", "an HTML page instead of the video", DownloadTrouble.PAGE, endless=True
    ),
    _download(
        "empty-video", "an empty body instead of the video", DownloadTrouble.EMPTY, endless=True
    ),
)


JOB_SCENARIOS = (*_ENDS, *_RUNNING, *_SHAPES, *_DOWNLOADS)
