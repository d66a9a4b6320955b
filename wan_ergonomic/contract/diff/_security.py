"""Compares security requirements: which credentials an operation takes."""

from __future__ import annotations

from typing import NamedTuple

from wan_ergonomic.contract.document._equality import same, text
from wan_ergonomic.contract.document._node import Node, Tree, elements, entries, value_of
from wan_ergonomic.contract.source._roles import Operation

from ._context import Report, Spot
from ._findings import Severity

# What of a security scheme a program has to know, by its type; all else is for people.
_TELLING = {
    "http": ("scheme",),
    "apiKey": ("in", "name"),
    "openIdConnect": ("openIdConnectUrl",),
}
_UNTELLING = {"description": "description", "bearerFormat": "bearer-format", "flows": "flows"}


class _Way(NamedTuple):
    """One of the ways to be let in: each scheme's own words, with the scopes it needs."""

    node: Node
    schemes: tuple[tuple[str, Node | None], ...]
    scopes: frozenset[str]

    def key(self) -> tuple[str, ...]:
        return tuple(sorted(words for words, _ in self.schemes))


def compare_security(old: Operation, new: Operation, spot: Spot, report: Report) -> None:
    """Report what an operation asks for, or no longer asks for, to be let in."""
    place = spot.at("security")
    before, after = _ways(old), _ways(new)
    was_open, is_open = (not ways or not all(w.schemes for w in ways) for ways in (before, after))
    if was_open and not is_open:
        _required(old, after, place, report)
    elif is_open and not was_open:
        message = "can be called without a key"
        nodes = before[0].node, None
        report.add(place, "api-security-removed", nodes, message, severity="info")
    else:
        _compare_ways(before, after, place, report)
    for a in before:
        for b in (way for way in after if way.key() == a.key()):
            _scopes(a, b, place, report)
            _wording(a, b, place, report)


def _required(old: Operation, ways: list[_Way], spot: Spot, report: Report) -> None:
    """Report that a key is asked for now; a source that knew of it has only been completed."""
    roots = (Tree(document.data).top() for document in old.source)
    schemes = [entries(root.get("components", "securitySchemes")).values() for root in roots]
    known = {_words(scheme) for named in schemes for scheme in named}
    completed = any(known.issuperset(way.key()) for way in ways)
    severity: Severity | None = "warning" if completed else None
    nodes = None, ways[0].node
    report.add(spot, "api-security-added", nodes, "asks for a key now", severity=severity)


def _compare_ways(before: list[_Way], after: list[_Way], spot: Spot, report: Report) -> None:
    lost = [way for way in before if way.key() not in {w.key() for w in after}]
    won = [way for way in after if way.key() not in {w.key() for w in before}]
    if len(lost) == len(won) == 1:
        nodes = _scheme(lost[0]), _scheme(won[0])
        report.add(spot, "api-security-scheme-changed", nodes, "asks for a key of another kind")
        return
    for way in lost:
        message = "no longer takes a key of this kind"
        report.add(spot, "api-security-removed", (way.node, None), message)
    for way in won:
        message = "takes a key of one more kind"
        report.add(spot, "api-security-added", (None, way.node), message, severity="info")


def _scheme(way: _Way) -> Node:
    """Return where the first scheme of a way is described."""
    return next((node for _, node in way.schemes if node), way.node)


def _scopes(old: _Way, new: _Way, spot: Spot, report: Report) -> None:
    nodes = old.node, new.node
    for scope in sorted(new.scopes - old.scopes):
        message = f"asks for the scope {scope!r} as well"
        report.add(spot, "api-security-scope-added", nodes, message)
    for scope in sorted(old.scopes - new.scopes):
        message = f"no longer asks for the scope {scope!r}"
        report.add(spot, "api-security-scope-removed", nodes, message)


def _wording(old: _Way, new: _Way, spot: Spot, report: Report) -> None:
    pairs = zip(*(sorted(way.schemes, key=_first) for way in (old, new)), strict=True)
    for (_, a), (_, b) in pairs:
        for word, name in _UNTELLING.items():
            nodes = a and a.get(word), b and b.get(word)
            if text(nodes[0]) != text(nodes[1]) and not same(*map(value_of, nodes)):
                kind = f"api-security-component-{name}-changed"
                report.add(spot, kind, nodes, f"has another {word} for its key")


def _first(scheme: tuple[str, Node | None]) -> str:
    return scheme[0]


def _ways(operation: Operation) -> list[_Way]:
    listed = operation.node.get("security") or operation.root().get("security")
    return [_way(node, operation) for node in elements(listed)]


def _way(node: Node, operation: Operation) -> _Way:
    schemes: list[tuple[str, Node | None]] = []
    scopes: set[str] = set()
    for name, wanted in node.entries():
        scheme = operation.root().get("components", "securitySchemes", name)
        scheme = scheme and scheme.resolved()
        schemes.append((_words(scheme) if scheme else name, scheme))
        scopes |= {str(scope.value) for scope in wanted.elements()}
    return _Way(node, tuple(schemes), frozenset(scopes))


def _words(scheme: Node) -> str:
    """Return what a program has to know of a scheme; its name in the document is not that."""
    found = scheme.resolved() or scheme
    kind = str(value_of(found.get("type")))
    said = {word: value_of(found.get(word)) for word in _TELLING.get(kind, ())}
    return " ".join((kind, *(f"{word}={value}".lower() for word, value in said.items())))
