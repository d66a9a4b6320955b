"""Compares servers and paths: the URLs of an operation."""

from __future__ import annotations

from collections.abc import Mapping

from wan_ergonomic.contract.document._node import Node, elements, entries, value_of
from wan_ergonomic.contract.source._roles import Operation

from ._context import Report, Spot


def compare_address(old: Operation, new: Operation, spot: Spot, report: Report) -> None:
    """Report an operation that moved and servers that changed; one address in two parts is one."""
    before, after = _servers(old), _servers(new)
    if _addresses(old, before) == _addresses(new, after):
        return
    moved = _template(old.path) != _template(new.path)
    if moved and _paths(old, before) != _paths(new, after):
        shown = old.name(), new.name()
        message = f"moved from {old.path} to {new.path}"
        nodes = old.node, new.node
        report.add(spot.at("path"), "operation-moved", nodes, message, shown=shown)
    if moved:
        # Part of the path may have been the server's, or be so now.
        before, after = ({_origin(url): node for url, node in s.items()} for s in (before, after))
    _compare_servers(before, after, spot.at("server"), report)


def _template(path: str) -> str:
    """Return a path without the names of what is filled in."""
    return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))


def _servers(operation: Operation) -> dict[str, Node]:
    """Return the servers that count for an operation, by URL."""
    for holder in (operation.node, operation.item, operation.root()):
        found = {_url(node): node for node in elements(holder.get("servers"))}
        if found:
            return found
    return {}


def _url(server: Node) -> str:
    """Return a server's URL, its variables filled in, without what makes no difference."""
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


def _compare_servers(
    before: Mapping[str, Node], after: Mapping[str, Node], spot: Spot, report: Report
) -> None:
    lost = [node for url, node in before.items() if url not in after]
    won = [node for url, node in after.items() if url not in before]
    if len(lost) == len(won) == 1:
        nodes = lost[0].get("url"), won[0].get("url")
        message = f"is at {value_of(nodes[1])} instead of {value_of(nodes[0])}"
        report.add(spot, "server-changed", nodes, message)
        return
    for node in lost:
        message = f"is no longer at {value_of(node.get('url'))}"
        report.add(spot, "server-removed", (node, None), message)
    for node in won:
        message = f"is at {value_of(node.get('url'))} as well"
        report.add(spot, "server-added", (None, node), message)
