"""Parses an error response into a typed error, with advice where there is any.

The gateway has had three formats of error bodies, and its CDN sends HTML; all of
them are parsed, none is required.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from wan_ergonomic._api_key import KEY_PAGE
from wan_ergonomic._errors import (
    ApiError,
    AuthenticationError,
    BadRequestError,
    InsufficientCreditsError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
)

from ._accepted_job import find_job_id, names_job
from ._response import describe, member, parse_json
from ._retry_after import parse_retry_after

# The vendor misspells it; the correct spelling is accepted as well.
_NO_CREDITS = re.compile(r"err_insuffici?ent_credits")

# Both character classes stop at the next tag, so a page full of <title> takes linear time.
_TITLE = re.compile(r"<title[^<>]*>([^<]*)</title", re.IGNORECASE)

_ADVICE: Mapping[type[ApiError], str] = {
    AuthenticationError: (
        "The key is that of {key_source}. Check that it is an AIML API key, complete, and still "
        f"active; you get one at {KEY_PAGE}"
    ),
    PermissionDeniedError: (
        "The reason is nearly always missing credits or an unverified account. "
        "Open https://aimlapi.com/app/billing to see which."
    ),
    InsufficientCreditsError: "Open https://aimlapi.com/app/billing to top up.",
    NotFoundError: "Check the id, the account that the key belongs to, and base_url.",
}
_ADVICE_BY_STATUS: Mapping[int, str] = {402: _ADVICE[InsufficientCreditsError]} | dict.fromkeys(
    range(300, 400), "Redirects from the API are not followed: check base_url."
)


def parse_error(
    status_code: int,
    headers: Mapping[str, str],
    content: bytes,
    *,
    with_id: bool = True,
    key_source: str = "api_key",
) -> ApiError:
    """Return the typed error for a response outside 2xx.

    Args:
        status_code: The HTTP status, standard or not.
        headers: The response's headers, with names in lower case.
        content: The body.
        with_id: Whether the request named a generation; a submission does not.
        key_source: The environment variable that the key came from, or "api_key".
    """
    body = parse_json(content) if content.strip() else None
    detail = member(body, "error")
    data = member(detail, "data")
    kind = member(data, "kind")
    issues = [issue for issue in data if isinstance(issue, dict)] if isinstance(data, list) else []
    message = _message(body, detail, issues)
    error_type = _error_type(status_code, str(kind))
    in_body = member(body, "requestId")
    return error_type(
        f"The API returned {_sentence(status_code, message)} "
        f"{_advice(status_code, error_type, key_source, with_id=with_id)}".rstrip(),
        status_code=status_code,
        message=message,
        kind=str(kind) if kind else None,
        issues=tuple(issues),
        retry_after=parse_retry_after(headers),
        request_id=headers.get("x-request-id") or (str(in_body) if in_body else None),
        inference_id=headers.get("x-inference-id"),
        generation_id=find_job_id(body, headers),
        names_job=names_job(body, headers),
        body=body,
    )


def _error_type(status_code: int, kind: str) -> type[ApiError]:
    if status_code == 403 and _NO_CREDITS.fullmatch(kind):
        return InsufficientCreditsError
    return {
        400: BadRequestError,
        401: AuthenticationError,
        403: PermissionDeniedError,
        404: NotFoundError,
        422: BadRequestError,
        429: RateLimitError,
    }.get(status_code, ServerError if status_code >= 500 else ApiError)


def _sentence(status_code: int, message: str) -> str:
    try:
        title = f"{status_code} {HTTPStatus(status_code).phrase}"
    except ValueError:
        title = str(status_code)
    detail = f": {message.rstrip('.')}" if message else ""
    return f"{title}{detail}."


def _advice(status_code: int, error_type: type[ApiError], key_source: str, *, with_id: bool) -> str:
    """Return what to do next; empty if there is nothing to say."""
    if error_type is NotFoundError and not with_id:
        return "There is no such API at this address: check base_url."
    advice = _ADVICE.get(error_type) or _ADVICE_BY_STATUS.get(status_code, "")
    return advice.format(key_source=key_source)


def _message(body: Any, detail: Any, issues: list[Any]) -> str:
    """Return the message for a person: the issues, or else the most precise text."""
    if isinstance(body, str):
        return _plain(body)
    precise = member(detail, "message") if isinstance(detail, dict) else detail
    names = ("message", "detail", "errors", "title")
    for text in (issues, precise, *(member(body, name) for name in names)):
        if isinstance(text, str | list) and (words := describe(text).strip()):
            return words
    return ""


def _plain(text: str) -> str:
    """Return the title of an HTML page, or the beginning of plain text, on one line."""
    title = _TITLE.search(text)
    if title:
        return " ".join(title[1].split())[:200]
    return "an HTML page" if text.lstrip().startswith("<") else " ".join(text.split())[:200]
