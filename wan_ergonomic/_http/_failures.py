"""Translates what can go wrong on the network into the errors of this library."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from wan_ergonomic._errors import (
    ConnectionFailedError,
    DownloadError,
    IncompleteDownloadError,
    LinkExpiredError,
)
from wan_ergonomic._parsing import parse_retry_after
from wan_ergonomic._redaction import without_keys

from ._causes import Cause, cause_of, chain_of

# Any other exception may be raised after a part of the request was sent.
_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    socket.gaierror,
    ConnectionRefusedError,
)


@contextmanager
def naming(request: httpx.Request) -> Iterator[None]:
    """Name the request in what its transport raises; the error then says where it led."""
    try:
        yield
    except httpx.RequestError as error:
        error.request = request
        raise


@contextmanager
def api_failures(seconds: float) -> Iterator[None]:
    """Translate failures of a request to the API that may take ``seconds`` seconds."""
    # A transport that was closed raises RuntimeError, and so do some event loops; one of the
    # caller's own may raise what the system raises.
    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL, OSError, RuntimeError, UnicodeError) as error:
        cause = _cause(error)
        sent = not isinstance(error, _NEVER_SENT)
        late = isinstance(error, httpx.TimeoutException | TimeoutError)
        what = f"no response within {max(seconds, 0):.3g} s" if late and sent else cause.reason
        where = "while waiting for the API's response" if sent else "before anything was sent"
        # A hint about the network does not explain a lost response.
        hint = f" {cause.hint}" if cause.hint and (cause.permanent or not sent) else ""
        raise ConnectionFailedError(
            f"The connection{_with(' to ', cause.place)} failed {where}: {what}.{hint}",
            sent=sent,
            permanent=cause.permanent and not sent,
        ) from error


@contextmanager
def storage_failures() -> Iterator[None]:
    """Translate failures of a request to the object storage that holds a video."""
    try:
        yield
    except (
        UnicodeError,  # a host name that DNS cannot have
        RuntimeError,  # the client was closed
        httpx.InvalidURL,
        httpx.UnsupportedProtocol,
    ) as error:
        raise DownloadError(
            f"The video's link cannot be followed: {_cause(error).reason}."
        ) from error
    except (httpx.HTTPError, OSError) as error:
        cause = _cause(error)
        text = f"The download{_with(' from ', cause.place)} broke off: {cause.reason}. {cause.hint}"
        raise (DownloadError if cause.permanent else IncompleteDownloadError)(text) from error


def _cause(error: BaseException) -> Cause:
    """Return why a connection failed; mask the key, which errors may quote from a header."""
    for each in chain_of(error):
        each.args = tuple(without_keys(a) if isinstance(a, str) else a for a in each.args)
    return cause_of(error)


def _with(preposition: str, place: str) -> str:
    return f"{preposition}{place}" if place else ""


def check_storage_response(response: httpx.Response) -> None:
    """Raise the error for a response that holds no video.

    Raises:
        LinkExpiredError: A fresh link may help.
        IncompleteDownloadError: The same link may help, later.
        DownloadError: Neither would.
    """
    code = response.status_code
    if code in {200, 206}:
        return
    if code in {400, 401, 403, 404, 410}:
        raise LinkExpiredError(
            f"The video's link no longer works: the storage returned {code}.", status_code=code
        )
    if code in {202, 204, 408, 412, 416, 425, 429, 499} or code >= 500:
        raise IncompleteDownloadError(
            f"The storage returned {code}.",
            status_code=code,
            retry_after=parse_retry_after(response.headers),
        )
    raise DownloadError(
        f"The storage returned {code} instead of a video. The video is paid for, and can be "
        "downloaded later.",
        status_code=code,
    )
