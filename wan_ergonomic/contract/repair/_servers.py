"""Repairs the servers of a document. No host is invented: one that is missing is asked for."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin

from wan_ergonomic._errors import ContractError
from wan_ergonomic._spec import address

from ._schemas import Note
from ._vendor import SERVER

_BARE_HOST = re.compile(r"(?://)?(?P<rest>[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:/.*)?)")


_NEXT = "Pass the host, for example --server https://api.example.com."


def correct_servers(
    servers: Any, host: str | None, note: Note, *, ours: bool
) -> list[dict[str, Any]]:
    """Return the servers, each with a URL that has a host.

    Args:
        servers: The servers, as published.
        host: The URL that a server without a host is relative to.
        note: Called with each correction.
        ours: Whether the document is our vendor's, whose host stands for a missing server.

    Raises:
        ContractError: A server has no host, and none is given.
    """
    kept = []
    for index, server in enumerate(servers if isinstance(servers, list) else ()):
        url = server.get("url") if isinstance(server, dict) else server
        if not isinstance(url, str) or not url.strip():
            note(f"/servers/{index}", "A server without a URL was removed.")
            continue
        members = server if isinstance(server, dict) else {}
        better = _absolute({**members, "url": url.strip()}, host)
        if better != url or not isinstance(server, dict):
            note(f"/servers/{index}/url", f"{url!r} was replaced by {better!r}.")
        kept.append({**members, "url": better})
    if not kept:
        if host is None and not ours:
            raise ContractError(f"The source documents no server, so no host to call. {_NEXT}")
        kept = [{"url": (host or SERVER).rstrip("/")}]
        note("/servers", f"No server is documented; {kept[0]['url']} was added.")
    return kept


def _absolute(server: dict[str, Any], host: str | None) -> str:
    """Return the URL of a server; if it has no host, relative to the given one."""
    url = str(server["url"]).rstrip("/")
    called = address(server)
    if "://" in called and "{" not in called:
        return url
    if bare := _BARE_HOST.fullmatch(called):
        return f"https://{bare['rest']}"
    if host is None:
        raise ContractError(
            f"The document's server {server['url']!r} does not say which host to call. {_NEXT}"
        )
    base = f"{host.rstrip('/')}/"
    return base.rstrip("/") if "{" in called else urljoin(base, called).rstrip("/")
