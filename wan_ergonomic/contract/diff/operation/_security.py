"""Compares security requirements: which credentials an operation requires.

An operation lists alternatives, each a combination of schemes with their scopes. Who can
use one of the old alternatives must be able to use one of the new ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from typing import NamedTuple

from wan_ergonomic.contract.diff._context import Location, Pair
from wan_ergonomic.contract.diff._finding import Severity
from wan_ergonomic.contract.document._equality import same, text
from wan_ergonomic.contract.document._node import Node, elements, entries, value_of
from wan_ergonomic.contract.source._roles import Operation

# The fields that are for people, with their names in rules and in messages.
_DOCUMENTATION = {
    "description": ("description", "another description"),
    "bearerFormat": ("bearer-format", "another bearerFormat"),
    "flows": ("flows", "other flows"),
}


class _Scheme(NamedTuple):
    """A security scheme.

    Attributes:
        name: Its name in the document.
        demand: What it demands of a program.
        node: Where it is described; None if it is not.
    """

    name: str
    demand: str
    node: Node | None


# Compared by identity: two alternatives can have the same content.
@dataclass(frozen=True, eq=False)
class _Alternative:
    """One of the combinations of credentials that an operation accepts.

    Attributes:
        node: Where it is written; None if the operation lists none.
        schemes: Its schemes; none if no credentials are needed.
        scopes: The scopes that it requires, by what the scheme demands, and by its name where
            that tells two schemes apart.
    """

    node: Node | None
    schemes: tuple[_Scheme, ...]
    scopes: Mapping[str, frozenset[str]]

    def accepts(self, other: _Alternative) -> bool:
        """Whether the credentials for another alternative are enough for this one."""
        return all(
            demand in other.scopes and scopes <= other.scopes[demand]
            for demand, scopes in self.scopes.items()
        )

    def named(self) -> str:
        """Return its schemes in words."""
        return " and ".join(f"{name} ({demand})" for name, demand, _ in self.schemes)


_Alternatives = list[_Alternative]


def compare_security(old: Operation, new: Operation, location: Location) -> None:
    """Report what an operation requires, or no longer requires, for authentication."""
    location = location.at("security")
    told_apart = _told_apart(old) & _told_apart(new)
    before, after = _alternatives(old, told_apart), _alternatives(new, told_apart)
    lost, gained = _unmatched(before, after), _unmatched(after, before)
    for open_one in (each for each in lost if not each.schemes):
        _closed(old, open_one, after, location)
    for open_one in (each for each in gained if not each.schemes):
        before_it = None if open_one.node else before[0].node
        pair, message = Pair(before_it, open_one.node), "no longer requires authentication"
        location.add("api-security-removed", pair, message, severity="info")
    gone, fresh = _absent(before, after), _absent(after, before)
    for a, b in _with_other_scopes(gone, fresh):
        gone.remove(a)
        fresh.remove(b)
        _scopes(a, b, location, severity=None if a in lost else "info")
    if len(gone) == len(fresh) == 1:
        _changed(gone[0], fresh[0], location, breaks=gone[0] in lost, opens=fresh[0] in gained)
    else:
        _removed_and_added(
            [each for each in gone if each in lost],
            [each for each in fresh if each in gained],
            location,
        )
    _documentation(before, after, location)


def _unmatched(alternatives: _Alternatives, others: _Alternatives) -> _Alternatives:
    """Return the alternatives whose credentials none of the others accepts."""
    return [each for each in alternatives if not any(other.accepts(each) for other in others)]


def _absent(alternatives: _Alternatives, others: _Alternatives) -> _Alternatives:
    """Return the alternatives with credentials that none of the others has, scopes included."""
    known = [other.scopes for other in others]
    return [each for each in alternatives if each.schemes and each.scopes not in known]


def _closed(
    old: Operation, open_one: _Alternative, after: _Alternatives, location: Location
) -> None:
    """Report that credentials are required now.

    That is a warning if the document had the scheme before, and only did not say it is required.
    """
    severity: Severity | None = None
    if open_one.node is None:
        roots = (document.tree.top() for document in old.source)
        schemes = [entries(root.get("components", "securitySchemes")).values() for root in roots]
        known = {_demand(scheme) for named in schemes for scheme in named}
        severity = "warning" if any(known.issuperset(each.scopes) for each in after) else None
    pair = Pair(open_one.node, None if open_one.node else after[0].node)
    location.add("api-security-added", pair, "requires authentication now", severity=severity)


def _with_other_scopes(
    gone: _Alternatives, fresh: _Alternatives
) -> list[tuple[_Alternative, _Alternative]]:
    """Return the alternatives with the same schemes on both sides."""
    left = list(fresh)
    found = []
    for a in gone:
        b = next((each for each in left if each.scopes.keys() == a.scopes.keys()), None)
        if b:
            left.remove(b)
            found.append((a, b))
    return found


def _scopes(
    old: _Alternative, new: _Alternative, location: Location, severity: Severity | None
) -> None:
    pair = Pair(old.node, new.node)
    was, is_now = ({s for scopes in side.scopes.values() for s in scopes} for side in (old, new))
    for scope in sorted(is_now - was):
        message = f"requires the scope {scope!r} now"
        location.add("api-security-scope-added", pair, message, severity=severity)
    for scope in sorted(was - is_now):
        message = f"no longer requires the scope {scope!r}"
        location.add("api-security-scope-removed", pair, message)


def _changed(
    old: _Alternative, new: _Alternative, location: Location, *, breaks: bool, opens: bool
) -> None:
    """Report an alternative that became another one."""
    pair = Pair(old.node, new.node)
    if len(old.schemes) == len(new.schemes) == 1:
        pair = Pair(old.schemes[0].node or old.node, new.schemes[0].node or new.node)
    message = f"requires {new.named()} instead of {old.named()}"
    if breaks:
        # The same kind of credentials, which may be of somebody else.
        alike = [sorted(scheme.demand for scheme in side.schemes) for side in (old, new)]
        severity: Severity | None = "warning" if alike[0] == alike[1] else None
        location.add("api-security-scheme-changed", pair, message, severity=severity)
    elif opens:
        location.add("api-security-scheme-changed", pair, message, severity="info")


def _removed_and_added(lost: _Alternatives, gained: _Alternatives, location: Location) -> None:
    for each in lost:
        message = f"no longer accepts {each.named()}"
        location.add("api-security-removed", Pair(each.node, None), message)
    for each in gained:
        pair, message = Pair(None, each.node), f"accepts {each.named()} as well now"
        location.add("api-security-added", pair, message, severity="info")


def _documentation(before: _Alternatives, after: _Alternatives, location: Location) -> None:
    """Report what changed for people in the description of a scheme."""
    for pair in _same_schemes(before, after):
        for field, (name, changed) in _DOCUMENTATION.items():
            fields = pair.get(field)
            if text(fields.old) != text(fields.new) and not same(*fields.values()):
                rule = f"api-security-component-{name}-changed"
                location.add(rule, fields, f"has {changed} of its security scheme")
        deprecated = pair.get("deprecated")
        match deprecated.flags():
            case (False, True):
                rule, message = "api-security-scheme-deprecated", "has a deprecated security scheme"
                location.add(rule, deprecated, message)
            case (True, False):
                rule = "api-security-scheme-reactivated"
                message = "has a security scheme that is no longer deprecated"
                location.add(rule, deprecated, message)


def _same_schemes(before: _Alternatives, after: _Alternatives) -> Iterator[Pair]:
    """Yield the schemes that demand the same: of one name, then of one content, then any."""
    old, new = map(_by_name, (before, after))
    for what in (_name, _content, lambda _: None):
        for a in list(old.values()):
            same_ones = (b for b in new.values() if b.demand == a.demand and what(a) == what(b))
            if b := next(same_ones, None):
                yield Pair(old.pop(a.name).node, new.pop(b.name).node)


def _by_name(alternatives: _Alternatives) -> dict[str, _Scheme]:
    return {scheme.name: scheme for each in alternatives for scheme in each.schemes}


def _name(scheme: _Scheme) -> object:
    return scheme.name


def _content(scheme: _Scheme) -> object:
    return value_of(scheme.node)


def _told_apart(operation: Operation) -> set[str]:
    """Return the names of schemes that demand the same as another one of the document."""
    written = entries(operation.root().get("components", "securitySchemes"))
    demands = {name: _demand(scheme) for name, scheme in written.items()}
    counts = Counter(demands.values())
    return {name for name, demand in demands.items() if counts[demand] > 1}


def _alternatives(operation: Operation, told_apart: Set[str]) -> _Alternatives:
    """Return what an operation accepts; one alternative without schemes if it is open to all.

    Where both documents have several schemes that demand the same, as for users and for
    administrators, each is known by its name, too.
    """
    own, of_all = operation.node.get("security"), operation.root().get("security")
    listed = elements(own or of_all)
    if listed:
        return [_alternative(node, operation, told_apart) for node in listed]
    # An empty list takes back the requirements of the document.
    return [_Alternative(own if elements(of_all) else None, (), {})]


def _alternative(node: Node, operation: Operation, told_apart: Set[str]) -> _Alternative:
    schemes: list[_Scheme] = []
    scopes: dict[str, frozenset[str]] = {}
    for name, listed in node.entries():
        written = operation.root().get("components", "securitySchemes", name)
        # From OpenAPI 3.2 on, it may be a reference.
        written = written or node.tree.target(name)
        scheme = written and written.resolved()
        demand = _demand(scheme) if scheme else name
        known_as = f"{demand} named {name}" if name in told_apart else demand
        schemes.append(_Scheme(name, demand, scheme))
        required = frozenset(str(scope.value) for scope in listed.elements())
        scopes[known_as] = scopes.get(known_as, frozenset()) | required
    return _Alternative(node, tuple(schemes), scopes)


def _demand(scheme: Node) -> str:
    """Return what a scheme demands of a program, without its name in the document."""
    found = scheme.resolved() or scheme
    kind, place, name = (str(value_of(found.get(key))) for key in ("type", "in", "name"))
    match kind:
        case "http":
            return f"http {value_of(found.get('scheme'))}".lower()
        case "apiKey":
            # The names of headers are the same in either case; other names are not.
            return f"apiKey {place} {name.lower() if place == 'header' else name}"
        case "openIdConnect":
            return f"openIdConnect {value_of(found.get('openIdConnectUrl'))}"
    return kind
