"""Compares the parameters of an operation: in its path, query, headers and cookies."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from wan_ergonomic.contract.diff._context import Location, Pair
from wan_ergonomic.contract.diff._fields import compare_deprecated, compare_required, compare_text
from wan_ergonomic.contract.diff._schemas import SchemaDiff
from wan_ergonomic.contract.document._equality import same, without_documentation
from wan_ergonomic.contract.document._node import Node, elements
from wan_ergonomic.contract.source._roles import Operation

from ._paths import position
from ._serialization import compare_value, is_sent_by_property

# OpenAPI ignores header parameters with these names: other parts of the document describe them.
_IGNORED_HEADERS = frozenset({"accept", "authorization", "content-type"})


_PERMISSIONS = {
    "allowReserved": "contain reserved characters as they are",
    "allowEmptyValue": "be empty",
}


class _Parameter(NamedTuple):
    place: str
    name: str
    node: Node

    def sent_name(self) -> str:
        """Return the name as far as it matters: paths contain none, headers in any case."""
        if self.place in {"path", "querystring"}:
            return ""
        return self.name.lower() if self.place == "header" else self.name

    def is_named_as(self, other: _Parameter) -> bool:
        """Whether another parameter has this name, in any case, in another place."""
        return self.place != other.place and self.name.lower() == other.name.lower()

    def is_ignored(self) -> bool:
        """Whether OpenAPI ignores it."""
        return self.place == "header" and self.sent_name() in _IGNORED_HEADERS


# By place, and name or position.
_Parameters = dict[tuple[str, str], _Parameter]


def compare_parameters(
    old: Operation, new: Operation, location: Location, schemas: SchemaDiff
) -> None:
    """Report every change of the parameters."""
    before, after = _parameters(old), _parameters(new)
    removed = {key: parameter for key, parameter in before.items() if key not in after}
    added = {key: parameter for key, parameter in after.items() if key not in before}
    pairs = [(parameter, after[key]) for key, parameter in before.items() if key in after]
    for place in dict.fromkeys(parameter.place for parameter in removed.values()):
        olds, news = ([k for k, p in side.items() if p.place == place] for side in (removed, added))
        # A rename is recognised only if one was removed and one was added.
        if len(olds) == len(news) == 1 and _mean_the_same(removed[olds[0]], added[news[0]]):
            pairs.append((removed.pop(olds[0]), added.pop(news[0])))
    for a, b in pairs:
        _compare(a, b, _at(location, a), schemas)
    for parameter in removed.values():
        elsewhere = next((k for k, each in added.items() if each.is_named_as(parameter)), None)
        if elsewhere is None:
            pair, message = Pair(parameter.node, None), "was removed"
        else:
            moved = added.pop(elsewhere)
            pair = Pair(parameter.node, moved.node)
            message = f"moved from the {parameter.place} to the {moved.place}"
        _at(location, parameter).add_change("removed", pair, message)
    for parameter in added.values():
        _added(parameter, _at(location, parameter))


def _added(parameter: _Parameter, location: Location) -> None:
    pair = Pair(None, parameter.node)
    if parameter.place == "path":
        location.add("new-request-path-parameter", pair, "was added to the path")
    elif parameter.node.is_true("required"):
        message = "was added and is required"
        location.add("new-required-request-parameter", pair, message)
    else:
        location.add("new-optional-request-parameter", pair, "was added")


def _compare(old: _Parameter, new: _Parameter, location: Location, schemas: SchemaDiff) -> None:
    pair = Pair(old.node, new.node)
    unnamed = all(is_sent_by_property(each.node, each.place) for each in (old, new))
    if old.sent_name() != new.sent_name() and not unnamed:
        shown = old.name, new.name
        message = f"was renamed to {new.name!r}"
        location.add("request-parameter-renamed", pair, message, shown=shown)
    compare_required(pair.get("required"), location)
    rule = "request-parameter-description-changed"
    compare_text(pair.get("description"), "description", rule, location)
    compare_deprecated(pair.get("deprecated"), location)
    if old.place == "query":
        _compare_permissions(pair, location)
    compare_value(pair, old.place, location, schemas)


def _compare_permissions(pair: Pair, location: Location) -> None:
    """Report what the text in a query may be, or may no longer be."""
    for field, permission in _PERMISSIONS.items():
        match pair.get(field).flags():
            case (True, False):
                message = f"may no longer {permission}"
                location.add_change("serialization-changed", pair.get(field), message)
            case (False, True):
                rule, message = "request-parameter-serialization-changed", f"may {permission} now"
                location.add(rule, pair.get(field), message, severity="info")


def _parameters(operation: Operation) -> _Parameters:
    """Return an operation's parameters; its own override those of its path item."""
    found: _Parameters = {}
    for holder in (operation.item, operation.node):
        for written in elements(holder.get("parameters")):
            node = written.resolved()
            name, place = node and node.get("name"), node and node.get("in")
            if node and name and place:
                parameter = _Parameter(str(place.value), str(name.value), node)
                if not parameter.is_ignored():
                    found[_key(operation, parameter)] = parameter
    return found


def _key(operation: Operation, parameter: _Parameter) -> tuple[str, str]:
    """Return what identifies a parameter: its name, or its position in the path."""
    place, name = parameter.place, parameter.name
    if place == "path":
        index = position(operation.path, name)
        return place, name if index is None else str(index)
    return place, parameter.sent_name()


def _at(location: Location, parameter: _Parameter) -> Location:
    place = f"parameter/{parameter.place}/{parameter.name}"
    return replace(location, subject="request-parameter", place=place)


def _mean_the_same(old: _Parameter, new: _Parameter) -> bool:
    """Whether two parameters differ in nothing but their names."""
    alike = (
        without_documentation({**parameter.node.value, "name": ""}) for parameter in (old, new)
    )
    return same(*alike)
