"""Tells the documents of our vendor from those of others.

Only the vendor's may be given what is known of its API: its host, and what its samples do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from wan_ergonomic._spec import address, server_url

SERVER = "https://api.aimlapi.com"

# After a scheme, or by itself if it has a dot in it.
_HOST = re.compile(
    r"(?:[a-z][a-z0-9+.-]*:)?//(?:[^/@]*@)?(?P<name>[^/:?#]+)|(?P<bare>\w[\w-]*(?:\.[\w-]+)+)",
    re.IGNORECASE,
)
_DOMAIN = "aimlapi.com"
# For documents that name no host.
_TITLES = frozenset({"AIML API", "AI/ML API", "AI/ML Gateway"})


def is_vendors(document: Mapping[str, Any], host: str | None = None) -> bool:
    """Whether a document describes our vendor's API.

    Args:
        document: The document. If it names no host, its title decides.
        host: The URL that a server without a host is relative to.
    """
    names = list(_hosts(document.get("servers"))) or list(_hosts([host]))
    if names:
        ours = {_DOMAIN, *_hosts([server_url()])}
        return all(name in ours or name.endswith(f".{_DOMAIN}") for name in names)
    info = document.get("info")
    return isinstance(info, Mapping) and info.get("title") in _TITLES


def _hosts(servers: Any) -> Iterator[str]:
    """Yield the name of each host in a list of servers, which may be texts."""
    for server in servers if isinstance(servers, list) else ():
        url = address(server) if isinstance(server, Mapping) else str(server or "")
        if found := _HOST.match(url.strip()):
            yield (found["name"] or found["bare"]).lower()
