"""Scenarios of jobs and their videos: running, ending, response formats, downloads.

Data only: a new scenario is one more entry of a table. `_scenario` defines the fields.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ._form import url_of
from ._scenario import Body, DownloadTrouble, End, Phase, Run, Scenario

ORDINARY = Scenario(
    name="completes", stage="end", summary="The job is queued, then generating, then completed."
)


def _running(status: str) -> Scenario:
    timeline = (Phase(5, "queued"), Phase(375, status))
    summary = f"The status is {status!r} while the job runs."
    return Scenario(name=status, stage="running", summary=summary, timeline=timeline)


_RUNNING = (
    *map(_running, ("waiting", "active", "processing", "pending", "upscaling")),
    Scenario(
        name="stuck",
        stage="running",
        summary="The status stays 'generating' forever.",
        timeline=(Phase(5, "queued"), Phase(math.inf, "generating")),
    ),
)


def _end(name: str, summary: str, **changes: Any) -> Scenario:
    return Scenario(name=name, stage="end", summary=summary, end=End(**changes))


def _error(name: str, form: str, error: Any) -> Scenario:
    summary = f"The job fails, and its error {form}."
    return _end(name, summary, status="error", details={"error": error}, video=False)


FAILURE = End(
    status="error",
    details={
        "error": {
            "name": "DataInspectionFailed",
            "message": "Input data may contain inappropriate content.",
        }
    },
    video=False,
)
_ENDS = (
    ORDINARY,
    Scenario(
        name="fails",
        stage="end",
        summary="The job fails, and its error has a name and a message.",
        end=FAILURE,
    ),
    _error("error-text", "is a string", "Input data may contain inappropriate content."),
    _error(
        "error-detail",
        "has a list named detail",
        {
            "detail": [
                {"loc": ["body", "prompt"], "msg": "prompt is blocked", "type": "value_error"}
            ]
        },
    ),
    _error("error-list", "is a list", [{"name": "Blocked", "message": "prompt is blocked"}]),
    _error("error-null", "is null", None),
    _end("succeeded", "The job ends as 'succeeded', with a video.", status="succeeded"),
    _end("new-end", "The job ends as 'wrapped_up', with a video.", status="wrapped_up"),
    _end(
        "new-failure",
        "The job ends as 'moderation_blocked', with an error.",
        status="moderation_blocked",
        details={"error": {"name": "Blocked", "message": "prompt is blocked"}},
        video=False,
    ),
    *(
        _end(status, f"The job ends as {status!r}, without a video.", status=status, video=False)
        for status in ("failed", "cancelled", "expired")
    ),
    _end("no-video", "The job completes without a video.", video=False),
    Scenario(
        name="link-late",
        stage="end",
        summary="The job is completed ten seconds before its link is there.",
        timeline=(*ORDINARY.timeline, Phase(385, "completed")),
    ),
)


def _shape(name: str, summary: str, rewrite: Callable[[Body], Body]) -> Scenario:
    return Scenario(name=name, stage="shape", summary=summary, created=rewrite, fetched=rewrite)


def _video(name: str, form: str, shape: Callable[[str], Any]) -> Scenario:
    def rewrite(body: Body) -> Body:
        return body | {"video": shape(url_of(body["video"]))} if "video" in body else body

    return _shape(name, f"The video is {form}.", rewrite)


def _usage(name: str, *usage: str) -> Scenario:
    summary = f"The cost is in {' and '.join(usage)}."
    return Scenario(name=name, stage="shape", summary=summary, usage=usage)


def _with_nulls(body: Body) -> Body:
    return {"video": None, "error": None, "meta": None} | body


_SHAPES = (
    _video("video-text", "a string, its URL", lambda url: url),
    _video("video-texts", "a list of URLs", lambda url: [url]),
    _video("video-list", "a list of objects", lambda url: [{"url": url}]),
    _video(
        "video-extra",
        "an object with more properties",
        lambda url: {
            "url": url,
            "duration": 5,
            "content_type": "video/mp4",
            "file_name": "video.mp4",
            "file_size": 1234567,
        },
    ),
    _usage("usage-tokens", "tokens_used"),
    _usage("usage-credits", "credits_used"),
    _usage("usage-usd", "credits_used", "usd_spent"),
    _shape("nulls", "Properties are null, not missing, until they are known.", _with_nulls),
)


def _download(name: str, summary: str, *each: DownloadTrouble, **changes: Any) -> Scenario:
    endless = changes.pop("endless", False)
    runs = Run(each, endless)
    return Scenario(name=name, stage="download", summary=summary, downloads=runs, **changes)


_DOWNLOADS = (
    _download("link-expired", "The first link has expired.", first_link_expired=True),
    _download("link-rejected", "The first download gets 403.", DownloadTrouble.REJECTED),
    _download("storage-busy", "The first download gets 503.", DownloadTrouble.UNAVAILABLE),
    _download("video-late", "The first three downloads get 404.", *3 * [DownloadTrouble.MISSING]),
    _download("video-copied", "The first three downloads get 202.", *3 * [DownloadTrouble.COPYING]),
    _download("cut", "The first download breaks off halfway.", DownloadTrouble.CUT),
    _download(
        "cut-changed",
        "The first download breaks off, and then the video changes.",
        DownloadTrouble.CUT,
        changes=True,
    ),
    _download(
        "no-range",
        "The first download breaks off, and Range is ignored.",
        DownloadTrouble.CUT,
        ignores_range=True,
    ),
    _download("html-video", "Each download gets an HTML page.", DownloadTrouble.PAGE, endless=True),
    _download(
        "empty-video", "Each download gets an empty body.", DownloadTrouble.EMPTY, endless=True
    ),
)


JOB_SCENARIOS = (*_ENDS, *_RUNNING, *_SHAPES, *_DOWNLOADS)
