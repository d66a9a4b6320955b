"""Compares the paths and servers of an operation."""

from __future__ import annotations

from collections.abc import Mapping

from wan_ergonomic.contract.diff._context import Location, Pair
from wan_ergonomic.contract.document._node import Node, elements, entries, value_of
from wan_ergonomic.contract.source._roles import Operation


def compare_servers(old: Operation, new: Operation, location: Location) -> None:
    """Report a path and servers that changed; the path in a server's URL counts as a part."""
    before, after = _servers(old), _servers(new)
    if _addresses(old, before) == _addresses(new, after):
        return
    moved = _template(old.path) != _template(new.path)
    if moved and _paths(old, before) != _paths(new, after):
        pair, shown = Pair(old.node, new.node), (old.name(), new.name())
        message = f"moved from {old.path} to {new.path}"
        location.at("path").add("operation-moved", pair, message, shown=shown)
    if moved:
        # A part of the path may have moved to the server's URL, or from it.
        before = {_origin(url): node for url, node in before.items()}
        after = {_origin(url): node for url, node in after.items()}
    _compare(before, after, location.at("server"))


def _template(path: str) -> str:
    """Return a path without the names of its parameters."""
    return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))


def _servers(operation: Operation) -> dict[str, Node]:
    """Return the servers that apply to an operation, by URL."""
    for holder in (operation.node, operation.item, operation.root()):
        found = {_url(node): node for node in elements(holder.get("servers"))}
        if found:
            return found
    return {}


def _url(server: Node) -> str:
    """Return a server's URL in a normal form, with the defaults of its variables."""
    url = str(value_of(server.get("url")) or "")
    for name, variable in entries(server.get("variables")).items():
        url = url.replace(f"{{{name}}}", str(value_of(variable.get("default"))))
    origin = _origin(url)
    return f"{origin.lower()}{url[len(origin) :]}".rstrip("/")


def _origin(url: str) -> str:
    """Return the part of a URL before its path."""
    scheme, mark, rest = url.partition("://")
    return f"{scheme}{mark}{rest.partition('/')[0]}" if mark else ""


def _addresses(operation: Operation, servers: Mapping[str, Node]) -> set[str]:
    return {f"{url}{_template(operation.path)}" for url in servers or [""]}


def _paths(operation: Operation, servers: Mapping[str, Node]) -> set[str]:
    return {url[len(_origin(url)) :] for url in _addresses(operation, servers)}


def _compare(before: Mapping[str, Node], after: Mapping[str, Node], location: Location) -> None:
    removed = [node for url, node in before.items() if url not in after]
    added = [node for url, node in after.items() if url not in before]
    if len(removed) == len(added) == 1:
        pair = Pair(removed[0], added[0]).get("url")
        was, is_now = pair.values()
        location.add("server-changed", pair, f"has the server {is_now} instead of {was}")
        return
    for node in removed:
        message = f"no longer has the server {value_of(node.get('url'))}"
        location.add("server-removed", Pair(node, None), message)
    for node in added:
        message = f"has the new server {value_of(node.get('url'))}"
        location.add("server-added", Pair(None, node), message)
