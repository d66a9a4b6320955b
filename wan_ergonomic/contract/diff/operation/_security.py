"""Compares security requirements: which credentials an operation requires."""

from __future__ import annotations

from typing import NamedTuple

from wan_ergonomic.contract.diff._context import Location, Pair
from wan_ergonomic.contract.diff._finding import Severity
from wan_ergonomic.contract.document._equality import same, text
from wan_ergonomic.contract.document._node import Node, Tree, elements, entries, value_of
from wan_ergonomic.contract.source._roles import Operation

# The fields of a security scheme that a program depends on, by its type.
_FIELDS = {"http": ("scheme",), "apiKey": ("in", "name"), "openIdConnect": ("openIdConnectUrl",)}
# The fields that are for people, with their names in rules.
_DOCUMENTATION = {"description": "description", "bearerFormat": "bearer-format", "flows": "flows"}


class _Requirement(NamedTuple):
    """One of the alternatives that an operation accepts.

    Attributes:
        node: Where it is written.
        schemes: What each of its schemes demands, and where that scheme is described.
        scopes: The scopes that it requires.
    """

    node: Node
    schemes: tuple[tuple[str, Node | None], ...]
    scopes: frozenset[str]

    def key(self) -> tuple[str, ...]:
        """Return what identifies it, whatever the names of its schemes in the document."""
        return tuple(sorted(demand for demand, _ in self.schemes))


def compare_security(old: Operation, new: Operation, location: Location) -> None:
    """Report what an operation requires, or no longer requires, for authentication."""
    location = location.at("security")
    before, after = _requirements(old), _requirements(new)
    was_open, is_open = _is_open(before), _is_open(after)
    if was_open and not is_open:
        _required(old, after, location)
    elif is_open and not was_open:
        pair, message = Pair(before[0].node, None), "no longer requires authentication"
        location.add("api-security-removed", pair, message, severity="info")
    else:
        _compare(before, after, location)
    for a in before:
        for b in (requirement for requirement in after if requirement.key() == a.key()):
            _scopes(a, b, location)
            _documentation(a, b, location)


def _is_open(requirements: list[_Requirement]) -> bool:
    """Whether an operation can be called without any credentials."""
    return not all(requirement.schemes for requirement in requirements) or not requirements


def _required(old: Operation, requirements: list[_Requirement], location: Location) -> None:
    """Report authentication that is required now; a warning if the scheme was published before."""
    roots = (Tree(document.data).top() for document in old.source)
    schemes = [entries(root.get("components", "securitySchemes")).values() for root in roots]
    known = {_demand(scheme) for named in schemes for scheme in named}
    published = any(known.issuperset(requirement.key()) for requirement in requirements)
    severity: Severity | None = "warning" if published else None
    pair, message = Pair(None, requirements[0].node), "requires authentication now"
    location.add("api-security-added", pair, message, severity=severity)


def _compare(before: list[_Requirement], after: list[_Requirement], location: Location) -> None:
    old, new = ({requirement.key() for requirement in side} for side in (before, after))
    removed = [requirement for requirement in before if requirement.key() not in new]
    added = [requirement for requirement in after if requirement.key() not in old]
    if len(removed) == len(added) == 1:
        pair = Pair(_scheme(removed[0]), _scheme(added[0]))
        location.add("api-security-scheme-changed", pair, "requires another security scheme")
        return
    for requirement in removed:
        message = "no longer accepts one of its security schemes"
        location.add("api-security-removed", Pair(requirement.node, None), message)
    for requirement in added:
        pair, message = Pair(None, requirement.node), "accepts one more security scheme"
        location.add("api-security-added", pair, message, severity="info")


def _scheme(requirement: _Requirement) -> Node:
    """Return where the first scheme of a requirement is described."""
    return next((node for _, node in requirement.schemes if node), requirement.node)


def _scopes(old: _Requirement, new: _Requirement, location: Location) -> None:
    pair = Pair(old.node, new.node)
    for scope in sorted(new.scopes - old.scopes):
        location.add("api-security-scope-added", pair, f"requires the scope {scope!r} now")
    for scope in sorted(old.scopes - new.scopes):
        message = f"no longer requires the scope {scope!r}"
        location.add("api-security-scope-removed", pair, message)


def _documentation(old: _Requirement, new: _Requirement, location: Location) -> None:
    sorted_schemes = (sorted(side.schemes, key=lambda scheme: scheme[0]) for side in (old, new))
    for (_, before), (_, after) in zip(*sorted_schemes, strict=True):
        for field, name in _DOCUMENTATION.items():
            pair = Pair(before, after).get(field)
            if text(pair.old) != text(pair.new) and not same(*pair.values()):
                rule = f"api-security-component-{name}-changed"
                location.add(rule, pair, f"has another {field} of its security scheme")


def _requirements(operation: Operation) -> list[_Requirement]:
    listed = operation.node.get("security") or operation.root().get("security")
    return [_requirement(node, operation) for node in elements(listed)]


def _requirement(node: Node, operation: Operation) -> _Requirement:
    schemes: list[tuple[str, Node | None]] = []
    scopes: set[str] = set()
    for name, listed in node.entries():
        scheme = operation.root().get("components", "securitySchemes", name)
        scheme = scheme and scheme.resolved()
        schemes.append((_demand(scheme) if scheme else name, scheme))
        scopes |= {str(scope.value) for scope in listed.elements()}
    return _Requirement(node, tuple(schemes), frozenset(scopes))


def _demand(scheme: Node) -> str:
    """Return what a scheme demands of a program, without its name in the document."""
    found = scheme.resolved() or scheme
    kind = str(value_of(found.get("type")))
    fields = (f"{name}={value_of(found.get(name))}".lower() for name in _FIELDS.get(kind, ()))
    return " ".join((kind, *fields))
