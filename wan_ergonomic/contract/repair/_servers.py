"""Repairs the servers of a document. No host is invented: one that is missing is asked for."""

from __future__ import annotations

from typing import Any

from wan_ergonomic._errors import ContractError
from wan_ergonomic._json import escape
from wan_ergonomic.contract.document._agreement import absolute

from ._schemas import Note
from ._values import converted
from ._vendor import SERVER

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
    kept = _kept(servers, host, note, "")
    if not kept:
        if host is None and not ours:
            raise ContractError(f"The source documents no server, so no host to call. {_NEXT}")
        kept = [{"url": (host or SERVER).rstrip("/")}]
        note("/servers", f"No server is documented; {kept[0]['url']} was added.")
    return kept


def correct_own_servers(
    operation: dict[str, Any], host: str | None, pointer: str, note: Note
) -> None:
    """Repair the servers that an operation has in place of the document's.

    Raises:
        ContractError: A server has no host, and none is given.
    """
    if "servers" in operation:
        operation["servers"] = _kept(operation["servers"], host, note, pointer)
        if not operation["servers"]:
            del operation["servers"]
            note(f"{pointer}/servers", "It names no server; it was removed.")


def _kept(servers: Any, host: str | None, note: Note, pointer: str) -> list[dict[str, Any]]:
    kept = []
    for index, server in enumerate(servers if isinstance(servers, list) else ()):
        where = f"{pointer}/servers/{index}"
        url = server.get("url") if isinstance(server, dict) else server
        if not isinstance(url, str) or not url.strip():
            note(where, "A server without a URL was removed.")
            continue
        members = server if isinstance(server, dict) else {"url": url}
        _variables(members.get("variables"), where, note)
        better = absolute(members, host)
        if better is None:
            of = "document" if not pointer else f"operation {pointer}"
            raise ContractError(
                f"The {of}'s server {url!r} does not say which host to call. {_NEXT}"
            )
        if better != url or not isinstance(server, dict):
            note(f"{where}/url", f"{url!r} was replaced by {better!r}.")
        kept.append({**members, "url": better})
    return kept


def _variables(variables: Any, pointer: str, note: Note) -> None:
    """Make the values of a server's variables texts."""
    for name, variable in variables.items() if isinstance(variables, dict) else ():
        for key in ("default", "enum") if isinstance(variable, dict) else ():
            given = variable.get(key)
            better = [_text(each) for each in given] if isinstance(given, list) else _text(given)
            if better != given:
                variable[key] = better
                where = f"{pointer}/variables/{escape(name)}/{key}"
                note(where, f"{given!r} was replaced by {better!r}.")


def _text(value: Any) -> Any:
    """Return a number or a boolean as a text, and any other value as it is."""
    text = converted(value, "string")
    return value if text is None else text
