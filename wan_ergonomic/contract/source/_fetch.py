"""Fetches the text of a file or an address, whole or not at all.

Bounded in size and time, and over nothing but https, or http on this machine.
What is not there any more is told from what could not be read. Nothing here
looks for a document.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin

from wan_ergonomic._errors import ContractError

if TYPE_CHECKING:
    import httpx

MAX_BYTES = 32 * 2**20
MAX_SECONDS = 60.0
_PATIENCE = 30.0

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+:", re.IGNORECASE)
_HTML = re.compile(
    r"\s*(?:(?><!--(?s:.)*?-->)\s*)*+<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE
)
_CHUNK = 2**20


class SourceGoneError(ContractError):
    """A source, or a file that it links to, is not there any more."""


@dataclass(frozen=True, slots=True)
class Content:
    """A text as it was published.

    Attributes:
        location: The path or the address at which it was found in the end.
        name: The same to be shown: a file's name, or an address without what may be secret in it.
    """

    text: str
    location: str
    name: str


def is_url(location: str) -> bool:
    """Whether a source is an address and no path."""
    scheme = _SCHEME.match(location)
    return scheme is not None and location.startswith("//", scheme.end())


def retrieve(location: str) -> Content:
    """Return the text of a file or an address.

    Raises:
        SourceGoneError: It is not there.
        ContractError: It cannot be read, is too large, no text, or an HTML page.
    """
    if is_url(location):
        location, content, is_html = _fetch(location)
        name = shown(location)
    else:
        name, content, is_html = os.path.basename(location), _read(location), False
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ContractError(f"{name} is not UTF-8 text: {error}.") from error
    if is_html or _HTML.match(text):
        raise ContractError(
            f"{name} is an HTML page; give its Markdown: the same address with .md at the end."
        )
    return Content(text, location, name)


def follow(base: str, target: str) -> str:
    """Return the location that a link leads to from where it is written.

    Raises:
        ContractError: The link is malformed.
    """
    if is_url(base):
        try:
            return urljoin(base, target)
        except ValueError as error:
            raise ContractError(f"{shown(target)} is no link: {error}.") from error
    if is_url(target):
        return target
    written = re.split("[?#]", target)[0]
    folder = os.path.dirname(base)
    candidates = [os.path.normpath(os.path.join(folder, p)) for p in (unquote(written), written)]
    return next(filter(os.path.isfile, candidates), candidates[0])


def shown(url: str) -> str:
    """Return an address without a query, in which links are signed, and without a user."""
    return re.sub(r"(?<=://)[^/@]*@", "", re.split("[?#]", url)[0])


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return b"".join(_bounded(iter(lambda: file.read(_CHUNK), b""), path))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise SourceGoneError(f"There is no file or folder at {path}.") from error
    except (OSError, ValueError) as error:
        raise ContractError(f"{path} cannot be read: {error}.") from error


def _fetch(url: str) -> tuple[str, bytes, bool]:
    """Return where an address led, what is there, and whether that is said to be HTML."""
    import httpx

    name = shown(url)
    hooks = {"request": [_permit]}
    client = httpx.Client(event_hooks=hooks, follow_redirects=True, timeout=_PATIENCE)
    try:
        with client, client.stream("GET", url) as response:
            if response.status_code in {404, 410}:
                raise SourceGoneError(f"There is nothing at {name}: {response.status_code}.")
            if not response.is_success:
                raise ContractError(f"{name} could not be fetched: {response.status_code}.")
            content = b"".join(_bounded(response.iter_bytes(), name))
            kind = response.headers.get("Content-Type", "").lower()
            return str(response.url), content, "html" in kind
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        reason = str(error) or type(error).__name__
        raise ContractError(f"{name} could not be fetched: {reason}.") from error


def _permit(request: httpx.Request) -> None:
    """Refuse an address, or one that another redirects to, at which anybody may answer."""
    from wan_ergonomic._settings import is_loopback

    url = request.url
    if url.scheme != "https" and not (url.scheme == "http" and is_loopback(url.host)):
        raise ContractError(
            f"{shown(str(url))} is not fetched: only https is, or http on this machine."
        )


def _bounded(chunks: Iterable[bytes], name: str) -> Iterator[bytes]:
    """Yield chunks until they are too many, or take too long."""
    size, end = 0, time.monotonic() + MAX_SECONDS
    for chunk in chunks:
        size += len(chunk)
        if size > MAX_BYTES:
            raise ContractError(f"{name} is larger than {MAX_BYTES // 2**20} MiB.")
        if time.monotonic() > end:
            raise ContractError(f"{name} took longer than {MAX_SECONDS:.0f} seconds.")
        yield chunk
