"""How a job is addressed: its id is in the query or in the path of a poll."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, quote, unquote, urlsplit

from wan_ergonomic._spec import id_parameter, path

# What the generated client sends, even in a test that is about another contract.
_PLACE, _NAME = id_parameter()
_SENT = "([^/]+)".join(map(re.escape, path("poll").split(f"{{{_NAME}}}")))


def poll_path(identity: str) -> str:
    """Return the path of a poll for an id, by the contract."""
    return path("poll").replace(f"{{{id_parameter()[1]}}}", quote(identity, safe=""))


def poll_query(identity: str) -> dict[str, str]:
    """Return the query parameters of a poll for an id, by the contract."""
    place, name = id_parameter()
    return {name: identity} if place == "query" else {}


def polled_id(target: str) -> str | None:
    """Return the id that a request of the client polls; None if it is no poll."""
    parts = urlsplit(target)
    found = re.search(f"{_SENT}$", parts.path)
    if found and _PLACE == "path":
        return unquote(found[1])
    named = parse_qs(parts.query, keep_blank_values=True).get(_NAME, [""])
    return named[0] if found else None
