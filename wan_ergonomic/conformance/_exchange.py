"""Reads one entry of a recording: an entry of a HAR 1.2, or the object of a JSON line.

The object of a JSON line has a ``request`` (``method``, ``url``, ``headers``,
``body``) and a ``response`` (``status``, ``headers``, ``body``). A ``body`` is the
parsed JSON, or the text that was sent; with ``"encoding": "base64"`` beside it, the
bytes. Recorders leave out much and add their own, so only what is needed is required.
No error quotes what was recorded, because that may be a key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

from ._bodies import Body, restore
from ._data import Part, Request, Response
from ._secrets import without_likely_keys

# The contract promises a response; HTTP promises that a cache may keep it.
_NOT_MODIFIED = 304
_HOST = re.compile(r"[a-z][a-z0-9+.-]*://(?:[^/?#]*@)?([^/?#@:\[\]]+)", re.IGNORECASE)


class EntryError(Exception):
    """An entry cannot be read; the text is the rest of a sentence about it.

    Attributes:
        host: The host to which the request went, in lower case; None if there is none.
        is_damaged: Whether the entry may have been an exchange with any host.
    """

    def __init__(self, reason: str, host: str | None = None, *, is_damaged: bool = False) -> None:
        super().__init__(reason)
        self.host = host
        self.is_damaged = is_damaged


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a request was for.

    Attributes:
        method: GET, POST, …
        server: The server's scheme, host and port.
        path: The path.
        query: The parameters in the URL.
    """

    method: str
    server: str
    path: str
    query: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its response.

    Attributes:
        request: The request.
        response: The response; None if there was none.
        lost: Why a body is not known, as the rest of a sentence about it.
    """

    request: Request
    response: Response | None
    lost: Mapping[Part, str]


def target_of(entry: Any) -> Target:
    """Return what the request of an entry was for.

    Raises:
        EntryError: The entry is no object, or its request has no method or no valid URL.
    """
    if isinstance(entry, EntryError):
        raise entry
    request = _object(_object(entry, "is no object").get("request"), "has no request")
    method, url = request.get("method"), request.get("url")
    if not isinstance(url, str):
        raise EntryError("has a request without a URL")
    found = _HOST.match(url)
    host = found[1].strip().lower() if found else None
    if not isinstance(method, str):
        raise EntryError("has a request without a method", host)
    try:
        parts = _absolute(urlsplit(url), request)
        server = _server(parts)
    except ValueError as error:
        raise EntryError("has a request with an invalid URL", host) from error
    query = tuple(parse_qsl(parts.query, keep_blank_values=True))
    # Masked first, because a key in capital letters looks like any word.
    name = without_likely_keys(method).upper()
    return Target(method=name, server=server, path=parts.path or "/", query=query)


def origin(url: str) -> str:
    """Return the scheme, host and port of a URL, with the default port filled in.

    Raises:
        ValueError: The URL is invalid.
    """
    return _server(urlsplit(url))


def _server(parts: SplitResult) -> str:
    if re.search(r"\s", parts.netloc):
        raise ValueError("white space in a host")
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    return f"{parts.scheme}://{parts.hostname}:{port}"


def _absolute(parts: SplitResult, request: Mapping[str, Any]) -> SplitResult:
    """Return a URL with the host of the headers, if it is only a path."""
    if parts.scheme or parts.netloc:
        return parts
    headers = _headers(request) or {}
    host = headers.get(":authority") or headers.get("host")
    if not host:
        raise EntryError("has a request whose URL has no host", is_damaged=True)
    return parts._replace(scheme=headers.get(":scheme", "https"), netloc=host)


def exchange_of(entry: Mapping[str, Any], target: Target) -> Exchange:
    """Return the request and the response of an entry.

    Raises:
        EntryError: The response is no object, or has no valid status; it is damaged.
    """
    request, lost = entry["request"], dict[Part, str]()
    fields = _headers(request)
    body, content_type = _body(request, request.get("postData"), request.get("bodySize"), fields)
    if body.content is None:
        lost["request"] = body.reason
    sent = Request(
        method=target.method,
        path=target.path,
        query=(*target.query, *_more_query(request.get("queryString"), target.query)),
        headers=None if fields is None else _visible(fields),
        content_type=content_type,
        body=body.content,
    )
    received, reason = _response(entry.get("response"))
    if reason:
        lost["response"] = reason
    return Exchange(request=sent, response=received, lost=lost)


def _response(response: Any) -> tuple[Response | None, str]:
    """Return a response, and why its body is unknown; an aborted one has the status 0."""
    if not isinstance(response, dict | None):
        raise EntryError("has a response that is no object", is_damaged=True)
    response = response or {}
    status = _status(response.get("status"))
    if status <= 0 or status == _NOT_MODIFIED:
        return None, ""
    content, fields = response.get("content"), _headers(response)
    size = content.get("size") if isinstance(content, dict) else None
    body, content_type = _body(response, content, size, fields)
    headers = _visible(fields or {})
    return Response(
        status=status, headers=headers, content_type=content_type, body=body.content
    ), body.reason


def _status(status: Any) -> int:
    try:
        return int(status or 0)
    except (OverflowError, TypeError, ValueError) as error:
        raise EntryError("has a response whose status is no number", is_damaged=True) from error


def _object(value: Any, reason: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise EntryError(reason)
    return value


def _headers(message: Mapping[str, Any]) -> dict[str, str] | None:
    """Return headers by lower-case name; None if none were recorded. Broken ones are skipped."""
    recorded = message.get("headers")
    if not isinstance(recorded, dict | list):
        return None
    headers: dict[str, list[str]] = {}
    for name, value in _pairs(recorded):
        headers.setdefault(name.lower(), []).append(value)
    return {name: ", ".join(dict.fromkeys(values)) for name, values in headers.items()}


def _visible(headers: Mapping[str, str]) -> dict[str, str]:
    """Return headers without the pseudo-headers of HTTP/2, such as ``:method``."""
    return {name: value for name, value in headers.items() if not name.startswith(":")}


def _pairs(recorded: Any) -> Iterator[tuple[str, str]]:
    """Yield the names and values of a list of a HAR, or of an object."""
    items: Iterable[Any] = recorded if isinstance(recorded, list) else ()
    if isinstance(recorded, dict):
        items = ({"name": name, "value": value} for name, value in recorded.items())
    for item in items:
        name, value = (item.get("name"), item.get("value")) if isinstance(item, dict) else (0, 0)
        values = value if isinstance(value, list) else [value]
        if isinstance(name, str):
            yield from ((name, str(each)) for each in values if isinstance(each, str | int | float))


def _more_query(recorded: Any, known: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the parameters that a recorder kept beside a URL only."""
    names = {name for name, _ in known}
    return (pair for pair in _pairs(recorded) if pair[0] not in names)


def _body(
    message: Mapping[str, Any], content: Any, size: Any, fields: Mapping[str, str] | None
) -> tuple[Body, str]:
    """Return a body and its content type."""
    headers, parsed = fields or {}, message.get("body")
    kept = {"text": content} if isinstance(content, str) else content
    kept = kept if isinstance(kept, dict) and kept else None
    media_type = headers.get("content-type") or (kept or {}).get("mimeType")
    if kept is not None:
        body = restore(kept.get("text"), kept.get("encoding"), size, headers)
    elif parsed is None or isinstance(parsed, str):
        body = restore(parsed, message.get("encoding"), size, headers)
    else:
        # If no header was recorded, a parsed body must have been JSON.
        media_type = media_type or ("application/json" if fields is None else "")
        body = _dumped(parsed)
    return body, media_type if isinstance(media_type, str) else ""


def _dumped(parsed: Any) -> Body:
    try:
        return Body(json.dumps(parsed).encode())
    except RecursionError:
        # Formatting can need more of the stack than parsing.
        return Body(None, "is nested too deeply")
