"""Parses recordings of traffic, one exchange at a time.

Accepts HAR 1.2, and JSON lines of which each holds one exchange: an entry of a
HAR, or an object of ``request`` (``method``, ``url``, ``headers``, ``body``) and
``response`` (``status``, ``headers``, ``body``). A ``body`` is the parsed JSON, or
the text that was sent; with ``"encoding": "base64"`` beside it, the bytes.
What the recorder left out is None; a body with the size 0 is empty.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import parse_qsl, urlsplit

from wan_ergonomic._errors import ContractError

from ._data import Request, Response
from ._secrets import without_likely_keys

# Raised by an entry that is not an exchange: an infinite status overflows, and formatting can
# need more of the stack than parsing.
_INVALID = (AttributeError, KeyError, OverflowError, RecursionError, TypeError, ValueError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its response.

    Attributes:
        number: Its place in the recording, from 1.
        server: The server's scheme, host and port.
        request: The request.
        response: The response; None if there was none.
    """

    number: int
    server: str
    request: Request
    response: Response | None


def read_recording(lines: Iterable[bytes], name: str) -> Iterator[Exchange]:
    """Yield each exchange of a recording; JSON lines are read one at a time.

    Args:
        lines: The recording, such as an open file.
        name: Its name, for messages.

    Raises:
        ContractError: It is not a recording, or is incomplete.
    """
    for number, entry in enumerate(_entries(iter(lines), name), start=1):
        try:
            yield _exchange(number, entry)
        except _INVALID as error:
            raise ContractError(
                f"Entry {number} of {name} is not an exchange of a request and a response: "
                f"{type(error).__name__} at {without_likely_keys(str(error))}."
            ) from error


def _entries(lines: Iterator[bytes], name: str) -> Iterator[Any]:
    first = next((line for line in lines if line.strip(b"\xef\xbb\xbf \t\r\n")), b"")
    try:
        value = _parse(first)
    except ValueError:
        # A HAR over several lines.
        value = _whole(first + b"".join(lines), name)
    if isinstance(value, dict) and "request" in value:
        yield value
        yield from _each(lines, name)
        return
    log = value.get("log") if isinstance(value, dict) else None
    if not isinstance(log, dict) or not isinstance(log.get("entries"), list):
        _fail(name, "it holds JSON, but neither log.entries nor a request")
    if any(line.strip() for line in lines):
        _fail(name, "there is more text after the end of the HAR")
    yield from log["entries"]


def _each(lines: Iterator[bytes], name: str) -> Iterator[Any]:
    for number, line in enumerate(lines, start=2):
        if not line.strip():
            continue
        try:
            yield _parse(line)
        except ValueError as error:
            raise ContractError(
                f"{name} is incomplete or damaged: line {number} is not JSON."
            ) from error


def _whole(content: bytes, name: str) -> Any:
    if not content.strip():
        _fail(name, "it is empty")
    try:
        return _parse(content)
    except ValueError as error:
        looks_like_json = content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"["))
        reason = "it is incomplete or damaged" if looks_like_json else "it is not JSON"
        raise ContractError(f"{name} is neither a HAR nor JSON lines: {reason}.") from error


def _parse(content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8-sig"))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _fail(name: str, reason: str) -> NoReturn:
    raise ContractError(f"{name} is neither a HAR nor JSON lines: {reason}.")


def _exchange(number: int, entry: Mapping[str, Any]) -> Exchange:
    request, response = entry["request"], entry.get("response")
    address = urlsplit(request["url"])
    post = request.get("postData") or {}
    headers, content_type, body = _parts(request, post, request.get("bodySize"))
    return Exchange(
        number=number,
        server=origin(request["url"]),
        request=Request(
            method=request["method"].upper(),
            path=address.path or "/",
            query=tuple(parse_qsl(address.query, keep_blank_values=True)),
            headers=headers,
            content_type=content_type,
            body=body,
        ),
        response=_response(response) if response and response["status"] else None,
    )


def _response(response: Mapping[str, Any]) -> Response:
    content = response.get("content") or {}
    headers, content_type, body = _parts(response, content, content.get("size"))
    return Response(
        status=int(response["status"]), headers=headers or {}, content_type=content_type, body=body
    )


def _parts(
    message: Mapping[str, Any], content: Mapping[str, Any], size: Any
) -> tuple[dict[str, str] | None, str, bytes | None]:
    """Return the headers, the content type and the body of a request or a response."""
    headers = _headers(message)
    body = _content(content) if content else _body(message)
    if body is None and size == 0:
        body = b""
    return headers, _content_type(headers, content, message), body


def origin(url: str) -> str:
    """Return the scheme, host and port of a URL, with the default port filled in."""
    parts = urlsplit(url)
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    return f"{parts.scheme}://{parts.hostname}:{port}"


def _headers(message: Mapping[str, Any]) -> dict[str, str] | None:
    """Return headers by lower-case name, without HTTP/2 pseudo-headers (``:method``)."""
    recorded = message.get("headers")
    if recorded is None:
        return None
    pairs = (
        recorded.items()
        if isinstance(recorded, dict)
        else ((one["name"], one["value"]) for one in recorded)
    )
    return {str(name).lower(): str(value) for name, value in pairs if not name.startswith(":")}


def _content_type(
    headers: Mapping[str, str] | None, content: Mapping[str, Any], message: Mapping[str, Any]
) -> str:
    named = (headers or {}).get("content-type") or content.get("mimeType")
    # If no header was recorded, a parsed body must have been JSON.
    parsed = headers is None and not isinstance(message.get("body"), str | None)
    return str(named or ("application/json" if parsed else ""))


def _content(content: Mapping[str, Any]) -> bytes | None:
    """Return the decoded body of a HAR; None if it was left out or cut short."""
    body = _decoded(content.get("text"), content.get("encoding"))
    size = content.get("size")
    if body is not None and isinstance(size, int) and len(body) < size and not _is_json(body):
        return None
    return body


def _body(message: Mapping[str, Any]) -> bytes | None:
    body = message.get("body")
    if body is None or isinstance(body, str):
        return _decoded(body, message.get("encoding"))
    return json.dumps(body).encode()


def _decoded(text: str | None, encoding: str | None) -> bytes | None:
    if text is None:
        return None
    if encoding == "base64":
        try:
            return base64.b64decode(text, validate=True)
        except binascii.Error:
            return None
    return text.encode("utf-8", "surrogatepass")


def _is_json(body: bytes) -> bool:
    try:
        _parse(body)
    except ValueError:
        return False
    return True
