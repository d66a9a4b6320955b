"""Compares the properties of two objects: removed, added, renamed, required, hidden."""

from __future__ import annotations

from collections.abc import Iterator

from wan_ergonomic.contract.document._node import Node
from wan_ergonomic.contract.document._schema import view
from wan_ergonomic.contract.document._view import SchemaView

from .._context import Location, Pair, keyword
from .._finding import Severity
from .._matching import pair_properties
from .._unchanged import Common

_VISIBILITIES = (("readOnly", "read-only"), ("writeOnly", "write-only"))
_HIDING = frozenset({"$ref", "allOf", "anyOf", "oneOf", "readOnly", "writeOnly"})


def compare_properties(
    old: SchemaView, new: SchemaView, location: Location, common: Common
) -> Iterator[tuple[Node, Node, Location]]:
    """Report what changed about each property; yield those on both sides, with their locations."""
    renamed = {} if location.judged == "same" else pair_properties(old, new)
    for name in old.properties:
        if name in new.properties:
            is_as_needed = (name in old.required) == (name in new.required)
            # Large objects share nearly all properties with their next version.
            if not (is_as_needed and common.has(old.properties[name], new.properties[name])):
                yield from _kept(old, new, (name, name), location)
        elif name in renamed:
            _renamed(old, new, (name, renamed[name]), location)
            yield from _kept(old, new, (name, renamed[name]), location)
        else:
            is_allowed = location.judged == "same" and new.of_property(name) is not None
            _removed(old, name, location, severity="info" if is_allowed else None)
            yield from _beside(old.properties[name], new.of_property(name), name, location)
    new_names = set(renamed.values())
    for name in new.properties:
        if name not in old.properties and name not in new_names:
            _added(new, name, location)
            yield from _beside(old.of_property(name), new.properties[name], name, location)
    for name in dict.fromkeys((*old.required, *new.required)):
        # Required without being described.
        if name not in old.properties and name not in new.properties:
            _need(old, new, (name, name), location.below(name))


def _kept(
    old: SchemaView, new: SchemaView, names: tuple[str, str], location: Location
) -> Iterator[tuple[Node, Node, Location]]:
    before, after = old.properties[names[0]], new.properties[names[1]]
    hidden = [_is_hidden(node, location) for node in (before, after)]
    below = location.below(names[0], hidden=all(hidden))
    _need(old, new, names, below)
    if _may_be_hidden(before) or _may_be_hidden(after):
        need = "required" if names[1] in new.required else "optional"
        _visibility(view(before), view(after), need, below)
    # What was never sent, or no longer is, breaks nobody by what it accepts.
    yield before, after, location.below(names[0], hidden=any(hidden))


def _beside(
    old: Node | None, new: Node | None, name: str, location: Location
) -> Iterator[tuple[Node, Node, Location]]:
    """Yield a property that is named on one side, and constrained with others on the other one."""
    if old and new and not (view(old).never or view(new).never):
        hidden = any(_is_hidden(node, location) for node in (old, new))
        yield old, new, location.below(name, hidden=hidden)


def _need(old: SchemaView, new: SchemaView, names: tuple[str, str], location: Location) -> None:
    """Report a property that is required now, or no longer."""
    pair = Pair(old.required.get(names[0]), new.required.get(names[1]))
    if pair.old and not pair.new:
        location.add_change("became-optional", pair, "is no longer required")
    elif pair.new and not pair.old:
        after = new.properties.get(names[1])
        has_default = after is not None and "default" in view(after).keywords
        suffix = "-with-default" if has_default and location.direction == "request" else ""
        location.add_change(f"became-required{suffix}", pair, "is required now")


def _visibility(old: SchemaView, new: SchemaView, need: str, location: Location) -> None:
    for flag, name in _VISIBILITIES:
        pair = keyword(old, new, flag)
        was, is_now = pair.flags()
        if was != is_now:
            change = name if is_now else f"not-{name}"
            rule = f"{location.direction}-{need}-property-became-{change}"
            message = f"is {name} now" if is_now else f"is no longer {name}"
            location.add(rule, pair, message)


def _renamed(old: SchemaView, new: SchemaView, names: tuple[str, str], location: Location) -> None:
    pair = Pair(old.properties[names[0]], new.properties[names[1]])
    below = _below(location, names[0], old.properties[names[0]])
    # Parsers have to expect that an optional property is missing.
    mild = location.direction == "response" and names[0] not in old.required
    below.add(
        f"{below.subject}-renamed",
        pair,
        f"was renamed to {names[1]!r}",
        severity="warning" if mild else None,
        shown=names,
    )


def _removed(old: SchemaView, name: str, location: Location, *, severity: Severity | None) -> None:
    below = _below(location, name, old.properties[name])
    need = "required" if name in old.required else "optional"
    of_request = f"{below.subject}-removed"
    rule = of_request if location.direction == "request" else f"response-{need}-property-removed"
    below.add(rule, Pair(old.properties[name], None), "was removed", severity=severity)


def _added(new: SchemaView, name: str, location: Location) -> None:
    node = new.properties[name]
    below = _below(location, name, node)
    required = name in new.required
    need = "required" if required else "optional"
    pair = Pair(None, node)
    if location.direction == "response":
        below.add(f"response-{need}-property-added", pair, "was added")
        return
    suffix = "-with-default" if required and "default" in view(node).keywords else ""
    message = "was added and is required" if required else "was added"
    below.add(f"new-{need}-{below.subject}{suffix}", pair, message)


def _below(location: Location, name: str, node: Node) -> Location:
    """Return the location of a property, which may never be sent in this direction."""
    return location.below(name, hidden=_is_hidden(node, location) or view(node).never)


def _is_hidden(node: Node, location: Location) -> bool:
    """Whether a property is never sent in this direction."""
    flag = "readOnly" if location.direction == "request" else "writeOnly"
    return _may_be_hidden(node) and view(node).value(flag) is True


def _may_be_hidden(node: Node) -> bool:
    """Whether a property can be read-only or write-only, before anything is resolved."""
    if isinstance(node.value, dict):
        return not _HIDING.isdisjoint(node.value)
    return node.value is False
