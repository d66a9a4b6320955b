"""Reads the complete text of a file or a URL.

Size and time are limited, and URLs must be https, or http on this machine. What a
server cannot do for the moment is tried again. A source that no longer exists raises a
different error than one that cannot be read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin

from wan_ergonomic._errors import ContractError

from ._retries import TemporaryError, with_retries

if TYPE_CHECKING:
    import httpx

MAX_BYTES = 32 * 2**20
MAX_SECONDS = 60.0
_TIMEOUT = 30.0

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+:", re.IGNORECASE)
_HTML = re.compile(
    r"\s*(?:(?><!--(?s:.)*?-->)\s*)*+<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE
)
_CHUNK = 2**20


class SourceGoneError(ContractError):
    """A source, or a file that it links to, does not exist any more."""


@dataclass(frozen=True, slots=True)
class Content:
    """A published text.

    Attributes:
        text: The text.
        location: Its path, or its URL after redirects.
        name: Its name for messages: the file's name, or the URL without its secrets.
    """

    text: str
    location: str
    name: str


def is_url(location: str) -> bool:
    """Whether a location is a URL, not a path."""
    scheme = _SCHEME.match(location)
    return scheme is not None and location.startswith("//", scheme.end())


def retrieve(location: str) -> Content:
    """Return the text of a file or a URL.

    Raises:
        SourceGoneError: It does not exist.
        ContractError: It cannot be read, is too large, not UTF-8, or an HTML page.
    """
    if is_url(location):
        location, content, is_html = _fetch(location)
        name = shown(location)
    else:
        name, content, is_html = os.path.basename(location), _read(location), False
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ContractError(
            f"{name} is not UTF-8 text: {error}. Save a copy as UTF-8, and pass that."
        ) from error
    if is_html or _HTML.match(text):
        raise ContractError(
            f"{name} is an HTML page. Pass its Markdown source: the same URL with .md at the end."
        )
    return Content(text, location, name)


def follow(base: str, target: str) -> str:
    """Return the location that a link leads to.

    Args:
        base: The location of the page.
        target: The link, as the page has it.

    Raises:
        ContractError: The link is malformed.
    """
    if is_url(base):
        try:
            joined = urljoin(base, target)
        except ValueError as error:
            raise ContractError(f"{shown(target)} is not a valid link: {error}.") from error
        if not is_url(joined):
            # It would be taken for a path on this machine.
            raise ContractError(f"{shown(target)} is not a valid link: it has no host.")
        return joined
    if is_url(target):
        return target
    written = re.split("[?#]", target)[0]
    folder = os.path.dirname(base)
    candidates = [os.path.normpath(os.path.join(folder, p)) for p in (unquote(written), written)]
    return next(filter(os.path.isfile, candidates), candidates[0])


def shown(url: str) -> str:
    """Return a URL without its query, which may hold a signature, and without its user."""
    return re.sub(r"(?<=://)[^/]*@", "", re.split("[?#]", url)[0])


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return b"".join(_bounded(iter(lambda: file.read(_CHUNK), b""), path))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise SourceGoneError(f"There is no file or folder at {path}. Check its name.") from error
    except (OSError, ValueError) as error:
        raise ContractError(f"{path} cannot be read: {error}.") from error


def _fetch(url: str) -> tuple[str, bytes, bool]:
    """Return the final URL, its content, and whether the content type is HTML."""
    import httpx

    from wan_ergonomic._environment import read_environment
    from wan_ergonomic._http import Transport, cause_of, within

    name = shown(url)
    try:
        client = httpx.Client(
            transport=Transport(read_environment(url)),
            trust_env=False,
            event_hooks={"request": [_check_url]},
            follow_redirects=True,
            timeout=_TIMEOUT,
        )
        with within(MAX_SECONDS), client:
            return with_retries(partial(_fetch_once, client, url), name, MAX_SECONDS)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        cause = cause_of(error)
        raise ContractError(f"{name} could not be fetched: {cause.reason}. {cause.hint}") from error


def _fetch_once(client: httpx.Client, url: str) -> tuple[str, bytes, bool]:
    """Return the same as ``_fetch``; raise a TemporaryError if a later attempt may succeed."""
    from wan_ergonomic._parsing import parse_retry_after

    name = shown(url)
    with closing(_open(client, url)) as response:
        status = response.status_code
        if status in {404, 410}:
            raise SourceGoneError(f"There is nothing at {name}: {status}.")
        if status == 429 or status >= 500:
            retry_after = parse_retry_after(response.headers) or 0.0
            raise TemporaryError(str(status), retry_after=retry_after)
        if not response.is_success:
            raise ContractError(f"{name} could not be fetched: {status}.")
        content = b"".join(_bounded(response.iter_bytes(), name))
        media_type = response.headers.get("Content-Type", "").lower()
        return str(response.url), content, "html" in media_type


def _open(client: httpx.Client, url: str) -> httpx.Response:
    """Send a request, and return the response before its content is read."""
    import httpx

    from wan_ergonomic._http import cause_of

    try:
        return client.send(client.build_request("GET", url), stream=True)
    except (
        httpx.NetworkError,
        httpx.ProxyError,
        httpx.RemoteProtocolError,
        httpx.TimeoutException,
    ) as error:
        cause = cause_of(error)
        if cause.permanent:
            raise
        raise TemporaryError(cause.reason, cause.hint) from error


def _check_url(request: httpx.Request) -> None:
    """Raise an error unless a URL, the first or a redirect's, is https, or http on this machine."""
    from wan_ergonomic._settings import is_loopback

    url = request.url
    if url.scheme != "https" and not (url.scheme == "http" and is_loopback(url.host)):
        raise ContractError(
            f"{shown(str(url))} was not fetched: use https, or http on this machine."
        )


def _bounded(chunks: Iterable[bytes], name: str) -> Iterator[bytes]:
    """Yield the chunks of a content; raise an error if it is too large."""
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > MAX_BYTES:
            raise ContractError(f"{name} is larger than {MAX_BYTES // 2**20} MiB.")
        yield chunk
