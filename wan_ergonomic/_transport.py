"""What both colours of HTTP client are made with, and how their failures are named.

The key is known to one httpx client only, which talks to one origin and
follows no redirect; videos are fetched by a second one that never had it.
Every failure leaves as a ``WanError``.
"""

from __future__ import annotations

import logging
import re
import ssl
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import httpx

from . import __version__
from ._errors import (
    ConnectionFailedError,
    DownloadError,
    IncompleteDownloadError,
    LinkExpiredError,
)
from ._generation import shorten_link
from ._refusals import read_retry_after
from ._settings import is_loopback

CONNECT_SECONDS = 10.0
# A stream that brings nothing for this long is taken for dead.
STALL_SECONDS = 30.0
MAX_REDIRECTS = 5

# A range is counted in the bytes that travel, so nothing may be compressed on the way.
_HEADERS = {"User-Agent": f"wan-ergonomic/{__version__}", "Accept-Encoding": "identity"}
_SIGNED = re.compile(
    r"(?i)\b(signature|sig|token|access_token|auth_key|x-[a-z]+-(signature|credential))="
)
_SECRET_LENGTH = 8
_QUERY = re.compile(r"\?[^\s'\"]+")

# Whatever else httpx raises may have happened after the request was on its way.
_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)


class _KeyAuth(httpx.Auth):
    """Adds the key to requests to the API's origin, and to no other."""

    def __init__(self, key: str, base_url: httpx.URL) -> None:
        self._authorization = f"Bearer {key}"
        self._origin = _origin(base_url)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response]:
        if _origin(request.url) == self._origin:
            request.headers["Authorization"] = self._authorization
        yield request


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def without_key(request: httpx.Request, content: bytes) -> bytes:
    """Return what came without the key that was sent, for some gateways quote what they refuse."""
    key = request.headers.get("Authorization", "").removeprefix("Bearer ")
    # One as short as a word, as sandboxes have it, is no secret and may stand anywhere.
    return content.replace(key.encode(), b"***") if len(key) >= _SECRET_LENGTH else content


class _ShortLinks(logging.Filter):
    """Keeps signed links out of what httpx and httpcore log of every request."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(_shortened(value) for value in record.args)
        if _SIGNED.search(str(record.msg)):
            # httpcore writes out an answer's headers, and one of them may be a redirect.
            record.msg = _QUERY.sub("?…", str(record.msg))
        return True


def _shortened(value: object) -> object:
    if isinstance(value, httpx.URL) and _SIGNED.search(value.query.decode("ascii", "replace")):
        return shorten_link(str(value))
    return value


# httpx logs the address of every request at INFO, whoever made it; httpcore, each redirect.
for _name in ("httpx", "httpcore.http11"):
    logging.getLogger(_name).addFilter(_ShortLinks())


@cache
def _ssl_context() -> ssl.SSLContext:
    """Loading the certificates takes longer than all else here, so it is done once."""
    return httpx.create_ssl_context()


class Origin:
    """Where the API is, and what each colour's two httpx clients are made with."""

    def __init__(self, base_url: str, key: str) -> None:
        self.url = httpx.URL(base_url)
        self.local = is_loopback(self.url.host)
        self._key = key

    def api_options(self) -> dict[str, Any]:
        """Return the options of the client that has the key."""
        return {
            **self._options(),
            "auth": _KeyAuth(self._key, self.url),
            "base_url": self.url,
            "headers": {**_HEADERS, "Accept": "application/json"},
        }

    def store_options(self) -> dict[str, Any]:
        """Return the options of the client that fetches videos and has no key."""
        return {
            **self._options(),
            "headers": _HEADERS,
            "follow_redirects": True,
            "max_redirects": MAX_REDIRECTS,
        }

    def _options(self) -> dict[str, Any]:
        # What stays on this machine, unencrypted, must not pass a proxy.
        return {"verify": _ssl_context(), "trust_env": not self.local}

    def check_link(self, url: httpx.URL) -> None:
        """Refuse a link, or a redirect, that is not https; a sandbox's own links may be http."""
        if url.scheme == "https" and url.host and (url.port or 443) < 2**16:
            return
        if not (self.local and url.scheme == "http" and is_loopback(url.host)):
            raise DownloadError(f"The link {shorten_link(str(url))!r} is not https; not followed.")


def timeouts(seconds: float) -> httpx.Timeout:
    """Return timeouts for a request that may take so many seconds.

    Connecting gets half of a short time, so that of a host that does not
    answer it is known that it received nothing.
    """
    seconds = max(seconds, 0.001)
    return httpx.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds / 2))


@contextmanager
def api_failures(seconds: float) -> Iterator[None]:
    """Translate what can go wrong between us and the API within the seconds allowed."""
    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, TimeoutError) as error:
        sent = not isinstance(error, _NEVER_SENT)
        late = isinstance(error, httpx.TimeoutException | TimeoutError)
        what = f"no answer within {seconds:.3g} s" if late and sent else _reason(error)
        where = "while waiting for the API's answer" if sent else "before anything was sent"
        raise ConnectionFailedError(f"The connection failed {where}: {what}.", sent=sent) from error


@contextmanager
def store_failures() -> Iterator[None]:
    """Translate what can go wrong between us and the store that holds a video."""
    try:
        yield
    except (
        UnicodeError,  # a host name that DNS cannot have
        httpx.InvalidURL,
        httpx.TooManyRedirects,
        httpx.UnsupportedProtocol,
    ) as error:
        raise DownloadError(f"The video's link cannot be followed: {_reason(error)}.") from error
    except (httpx.HTTPError, httpx.StreamError) as error:
        raise IncompleteDownloadError(f"The download broke off: {_reason(error)}.") from error


def _reason(error: Exception) -> str:
    return str(error).rstrip(".") or type(error).__name__


def check_store_answer(response: httpx.Response) -> None:
    """Raise the error that an answer without a video is.

    Raises:
        LinkExpiredError: A fresh link may help.
        IncompleteDownloadError: The same link may help, later.
        DownloadError: Neither would.
    """
    code = response.status_code
    if code in {200, 206}:
        return
    if code in {400, 401, 403, 404, 410}:
        raise LinkExpiredError(f"The video's link no longer works: the store answered {code}.")
    if code in {408, 416, 425, 429} or code >= 500:
        raise IncompleteDownloadError(
            f"The store answered {code}.",
            retry_after=read_retry_after(response.headers.get("retry-after")),
        )
    raise DownloadError(f"The store answered {code} in place of a video.")
