"""What both colours of HTTP client are made with, and how their failures are named.

The key is known to one httpx client only, which talks to one origin and
follows no redirect; videos are fetched by a second one that never had it.
Every failure leaves as a ``WanError``.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncGenerator, Generator, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any, TypeVar, cast

import anyio
import httpx

from wan_ergonomic import __version__
from wan_ergonomic._errors import (
    ConfigurationError,
    ConnectionFailedError,
    DownloadError,
    IncompleteDownloadError,
    LinkExpiredError,
)
from wan_ergonomic._generation import shorten_link
from wan_ergonomic._parsing._error_response import parse_retry_after
from wan_ergonomic._redaction import Key, without_keys
from wan_ergonomic._settings import is_loopback

from ._addresses import Reach

CONNECT_SECONDS = 10.0
# A stream that brings nothing for this long is taken for dead.
STALL_SECONDS = 30.0
MAX_REDIRECTS = 5

# A submission gets a connection of its own: one from the pool may be closing just then,
# which would leave it in doubt.
_FRESH = httpx.Limits(max_keepalive_connections=0)
# Nobody waits for a place in a pool, which would be time that no deadline knows of; what has
# been idle for long may have died.
_SHARED = httpx.Limits(max_keepalive_connections=20, keepalive_expiry=5)

# A range is counted in the bytes that travel, so nothing may be compressed on the way.
_HEADERS = {"User-Agent": f"wan-ergonomic/{__version__}", "Accept-Encoding": "identity"}
# Whatever else httpx raises may have happened after the request was on its way.
_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)

Client = TypeVar("Client", httpx.Client, httpx.AsyncClient)


@cache
def _ssl_context() -> ssl.SSLContext:
    """Loading the certificates takes longer than all else here, so it is done once."""
    return httpx.create_ssl_context()


class Origin(httpx.Auth):
    """Where the API is, and its key, which is added to requests to there and to no others."""

    def __init__(self, base_url: str, key: str, *, allow_private_links: bool) -> None:
        self._url = httpx.URL(base_url)
        try:
            self._local = is_loopback(self._url.host)
        except UnicodeError as error:
            raise ConfigurationError(f"base_url names no host that can be: {error}.") from error
        self._reach = Reach(private=allow_private_links, loopback=self._local)
        self._key = Key(key)
        self.without_key = self._key.hidden_in

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response]:
        """Add the key; called by httpx."""
        if _origin(request.url) == _origin(self._url):
            request.headers["Authorization"] = f"Bearer {self._key.text}"
        yield request

    def clients(self, make: type[Client], transport: Any) -> tuple[Client, Client, Client]:
        """Return a client for submissions, one for looks, and one for videos, without the key."""
        # What stays on this machine, unencrypted, must not pass a proxy.
        shared = {"transport": transport, "verify": _ssl_context(), "trust_env": not self._local}
        headers = {**_HEADERS, "Accept": "application/json"}
        api = {**shared, "auth": self, "base_url": self._url, "headers": headers}
        stay = _astay if issubclass(make, httpx.AsyncClient) else _stay
        api["event_hooks"] = {"response": [stay]}
        # As with submissions; an answer that one store sent too many is not another's video.
        store = make(**shared, headers=_HEADERS, limits=_FRESH)
        self._reach.guard(store)
        return make(**api, limits=_FRESH), make(**api, limits=_SHARED), store

    def check_link(self, url: httpx.URL) -> None:
        """Refuse a link, or a redirect, that is not https or leads where it may not.

        A sandbox's own links may be http.
        """
        if not 0 < (url.port or 1) < 2**16:
            raise DownloadError(f"The link {shorten_link(str(url))!r} has no port; not followed.")
        secure = url.scheme == "https" and url.host
        if not (secure or (self._local and url.scheme == "http" and is_loopback(url.host))):
            raise DownloadError(f"The link {shorten_link(str(url))!r} is not https; not followed.")
        self._reach.check_host(url.host)


def _stay(response: httpx.Response) -> None:
    """Forget where a redirect leads: httpx reads it even if it is not to follow, and can fail."""
    response.headers.pop("location", None)


async def _astay(response: httpx.Response) -> None:
    _stay(response)


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


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
    # A RuntimeError is httpx's word for a client that was closed, and some event loops'.
    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL, RuntimeError, TimeoutError, UnicodeError) as error:
        sent = not isinstance(error, _NEVER_SENT)
        late = isinstance(error, httpx.TimeoutException | TimeoutError)
        what = f"no answer within {max(seconds, 0):.3g} s" if late and sent else _reason(error)
        where = "while waiting for the API's answer" if sent else "before anything was sent"
        raise ConnectionFailedError(f"The connection failed {where}: {what}.", sent=sent) from error


@contextmanager
def store_failures() -> Iterator[None]:
    """Translate what can go wrong between us and the store that holds a video."""
    try:
        yield
    except (
        UnicodeError,  # a host name that DNS cannot have
        RuntimeError,  # the client was closed
        httpx.InvalidURL,
        httpx.UnsupportedProtocol,
    ) as error:
        raise DownloadError(f"The video's link cannot be followed: {_reason(error)}.") from error
    except (httpx.HTTPError, OSError) as error:
        raise IncompleteDownloadError(f"The download broke off: {_reason(error)}.") from error


def _reason(error: BaseException) -> str:
    """Return what is wrong; a header that is quoted there may quote the key."""
    cause: BaseException | None = error
    while cause:
        cause.args = tuple(without_keys(a) if isinstance(a, str) else a for a in cause.args)
        cause = cause.__cause__ or cause.__context__
    return str(error).rstrip(".") or type(error).__name__


async def chunks_of(response: httpx.Response) -> AsyncGenerator[bytes]:
    """Yield what an answer holds, as it travels; none of httpx's generators is left open."""
    stream = aiter(cast("httpx.AsyncByteStream", response.stream))
    try:
        async for chunk in stream:
            yield chunk
    finally:
        # Trio finds fault with what is left to the collector; a cancelled read ends them all.
        with anyio.CancelScope() as scope, suppress(httpx.HTTPError, httpx.StreamError):
            scope.cancel()
            async for _ in stream:
                pass


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
    if code in {408, 412, 416, 425, 429, 499} or code >= 500:
        raise IncompleteDownloadError(
            f"The store answered {code}.",
            retry_after=parse_retry_after(response.headers.get("retry-after")),
        )
    raise DownloadError(f"The store answered {code} in place of a video.")
