"""Who may use the page: a browser on this machine, from the page itself.

Other pages in the same browser can send requests to this machine. A name of theirs that leads here
(DNS rebinding) is in ``Host``, and the page that sends a request is in ``Origin``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wan_ergonomic._settings import is_loopback

if TYPE_CHECKING:
    from starlette.requests import Request

_HOST = re.compile(r"(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]+))(?::[0-9]{1,5})?", re.ASCII)
_OWN_SITES = ("same-origin", "none")


def rejection(request: Request) -> str | None:
    """Return why a request is rejected, or None."""
    hosts = request.headers.getlist("host")
    named = _HOST.fullmatch(hosts[0]) if len(hosts) == 1 else None
    if named is None or not is_loopback((named[1] or named[2]).lower()):
        return "The page is only for this machine: open it as 127.0.0.1, [::1] or localhost."
    for origin in request.headers.getlist("origin"):
        if origin.lower() != f"{request.url.scheme}://{hosts[0].lower()}":
            return "The request was sent by another page."
    if request.method == "POST":
        if any(site not in _OWN_SITES for site in request.headers.getlist("sec-fetch-site")):
            return "The request was sent by another page."
        # No other page can send this type without being asked about it first.
        if request.headers.get("content-type") != "application/json":
            return "The request must be JSON."
    return None
