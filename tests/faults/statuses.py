"""Every status that the gateway, its CDN or a proxy is known to send.

Each has each of the bodies that the gateway has used over time, and those of
proxies and CDNs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from . import late
from .cells import (
    DOUBT,
    ELSEWHERE,
    GOOD_VIDEO,
    KEY,
    POLLED_AGAIN,
    Cell,
    Fault,
    Reply,
    Result,
    twice,
)

KIND = "status"
HTML = {"Content-Type": "text/html"}
BODIES: Mapping[str, tuple[Any, Mapping[str, str]]] = {
    "first generation": (
        {
            "requestId": "r-1",
            "statusCode": "400",
            "timestamp": "2026-01-01T00:00:00Z",
            "path": "/v2",
            "message": ["prompt must be a string", "seed must be a number"],
        },
        {},
    ),
    "second generation with issues": (
        {
            "title": "Refused",
            "status": 400,
            "message": "Look at the issues",
            "instance": "/v2",
            "timestamp": 1,
            "error": {
                "name": "ZodError",
                "message": "Look",
                "data": [{"code": "invalid_type", "path": ["seed"], "message": "Expected number"}],
            },
        },
        {},
    ),
    "second generation with a kind": (
        {"title": "Refused", "error": {"name": "E", "message": "No", "data": {"kind": "err_x"}}},
        {},
    ),
    "HTML": ("<html><head><title>from a proxy</title></head></html>", HTML),
    "plain text": ("upstream connect error or disconnect/reset before headers", {}),
    "empty": ("", {}),
    "quoting the key": ({"message": f"This was sent: Bearer {KEY}"}, {}),
}

# An error response with one of these may be about a job that was accepted.
NAMED: Mapping[str, tuple[Any, Mapping[str, str]]] = {
    "id": ({"id": "gen-1"}, {}),
    "id and status": ({"id": "gen-1", "status": "queued"}, {}),
    "data": ({"data": {"id": "gen-1"}}, {}),
    "generation": ({"generation": {"status": "queued"}}, {}),
    "generation_id": ({"message": "Busy", "generation_id": 17}, {}),
    "a list": ([{"id": "gen-1"}], {}),
    "a cost": ({}, {"x-aimlapi-credits-used": "840000"}),
}

KNOWN = (
    *(400, 401, 402, 403, 404, 408, 409, 410, 413, 422, 429, 499),
    *(500, 502, 503, 504, *range(520, 528), 529, 530),
)
OTHERS = (
    *(
        405,
        406,
        407,
        411,
        412,
        414,
        415,
        417,
        418,
        421,
        423,
        424,
        425,
        426,
        428,
        431,
        444,
        451,
        460,
    ),
    *(501, 505, 506, 507, 508, 510, 511, 561, 598, 599, 600, 999),
)
REDIRECTS = (300, 301, 302, 303, 304, 305, 307, 308)

# The API may have accepted the request all the same.
LOST = {408, 425, 444, 460, 499, *range(500, 1000)} - {503}
# Its first copy may be what the request conflicts with; what it was sent elsewhere for is unknown.
UNCLEAR = {409, *range(300, 400)}
TEMPORARY_REDIRECTS = {302, 303, 307}
ERRORS = {
    400: "BadRequestError",
    401: "AuthenticationError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    422: "BadRequestError",
    429: "RateLimitError",
}
GONE = {400, 401, 403, 404, 410}


def cells() -> Iterator[Cell]:
    """Yield every cell of this kind."""
    for status in KNOWN:
        for case, (body, headers) in BODIES.items():
            yield from _every_time(status, case, Reply(status, body, headers))
    for status in OTHERS:
        yield from _every_time(status, "empty", Reply(status))
    for status in REDIRECTS:
        elsewhere = Reply(status, "", {"Location": f"{ELSEWHERE}/v2/video/generations"})
        yield from _every_time(status, "to another host", elsewhere)
    for place in ("javascript:x", "mailto:a@b.example", "https://xn--a/", "//xn--/", "http:///"):
        yield from _every_time(302, f"to {place}", Reply(302, "", {"Location": place}))
    for status in (400, 409, 429, 503):
        for case, (body, headers) in NAMED.items():
            named = Reply(status, body, {"Retry-After": "1", **headers})
            yield _cell(status, f"naming a job: {case}", DOUBT, (named,), "submit")
    for status in (*KNOWN, *OTHERS):
        yield from _awaited(status)
        yield from _downloaded(status)
    yield from _of_money()
    yield from _quoting()


def _error(status: int) -> str:
    return ERRORS.get(status, "ServerError" if status >= 500 else "ApiError")


def _every_time(status: int, case: str, reply: Reply) -> Iterator[Cell]:
    """Yield the cells of a submission and of a poll that get this response every time."""
    submitted = Result(_error(status), "1 POST", "no")
    if reply.rejects:
        submitted = Result(_error(status), "4 POST", "no")
    elif status in LOST | UNCLEAR or status == 503:
        submitted = DOUBT
    yield _cell(status, case, submitted, (reply,), "submit")
    yield _cell(status, case, Result(_error(status), f"{_polls(status)} GET"), (reply,), "status")


def _polls(status: int) -> int:
    """Return how many polls ``status`` makes that get this status."""
    return 4 if status in {404, 429, 503} | LOST | TEMPORARY_REDIRECTS else 1


def _awaited(status: int) -> Iterator[Cell]:
    """Yield the cells of a wait that gets a status twice, and every time."""
    reply = Reply(status, *BODIES["HTML"])
    final = Result(_error(status), "1 GET")
    for_good = Result("WaitTimeoutError", "8 GET")
    if status == 404:
        for_good = Result("NotFoundError", "7 GET")
    temporary = _polls(status) > 1
    yield _cell(status, "twice", POLLED_AGAIN if temporary else final, twice(reply), "wait")
    yield _cell(status, "for good", for_good if temporary else final, (reply,), "wait")


def _downloaded(status: int) -> Iterator[Cell]:
    """Yield the cells of a download that gets a status once, and every time."""
    reply = Reply(status, *BODIES["HTML"])
    error, requests, once = "DownloadError", "1 video", False
    if status in GONE:
        error, requests, once = "LinkExpiredError", "1 GET + 2 video", True
    elif status in {408, 412, 416, 425, 429, 499} or status >= 500:
        error, requests, once = "IncompleteDownloadError", "4 video", True
    requests = late.STATUSES.get(status, requests)
    yield _cell(status, "for good", Result(error, requests), (reply,), "download")
    if once:
        fresh = "1 GET + 2 video" if status in GONE else "2 video"
        whole = Result("completed", fresh, files="video")
        yield _cell(status, "once", whole, (reply, GOOD_VIDEO), "download")


def _of_money() -> Iterator[Cell]:
    """Yield the rejections for lack of credits, in either spelling."""
    for kind in ("err_insufficent_credits", "err_insufficient_credits"):
        body = {"error": {"name": "E", "message": "Too few credits", "data": {"kind": kind}}}
        broke = Result("InsufficientCreditsError", "1 POST", "no")
        yield _cell(403, kind, broke, (Reply(403, body),), "submit")


def _quoting() -> Iterator[Cell]:
    """Yield responses that quote the key: in a header, a page, a successful response."""
    quote = f"Bearer {KEY}"
    for name in ("X-Request-Id", "X-Inference-Id", "WWW-Authenticate", "X-Debug"):
        reply = Reply(401, "", {name: quote})
        rejected = Result("AuthenticationError", "1 POST", "no")
        yield _cell(401, f"the key in {name}", rejected, (reply,), "submit")
    page = Reply(502, f"<html><title>{quote}</title></html>", HTML)
    yield _cell(502, "the key in a page", DOUBT, (page,), "submit")
    unread = Reply(200, f"You sent {quote}")
    yield _cell(200, "the key in a text", DOUBT, (unread,), "submit")
    pending = Result("pending", "1 GET")
    body: Mapping[str, Any] = {"id": "gen-1", "status": quote, "meta": {"sent": quote}}
    yield _cell(200, "the key in the status", pending, (Reply(200, body),), "status")


def _cell(status: int, case: str, result: Result, script: tuple[Fault, ...], act: Any) -> Cell:
    return Cell(kind=KIND, fault=str(status), case=case, act=act, result=result, script=script)
