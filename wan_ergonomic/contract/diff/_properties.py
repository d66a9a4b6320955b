"""Compares which properties two objects have: removed, added, renamed, required, hidden."""

from __future__ import annotations

from collections.abc import Iterator

from wan_ergonomic.contract.document._node import Node
from wan_ergonomic.contract.document._schema import View, view

from ._context import Report, Spot
from ._matching import pair_properties

_VISIBILITIES = (("readOnly", "read-only"), ("writeOnly", "write-only"))
_HIDING = frozenset({"$ref", "allOf", "anyOf", "oneOf", "readOnly", "writeOnly"})


def compare_properties(
    old: View, new: View, spot: Spot, report: Report
) -> Iterator[tuple[Node, Node, Spot]]:
    """Report what became of each property; yield those that are on both sides, and where."""
    renamed = pair_properties(old, new)
    for name in old.properties:
        if name in new.properties:
            yield from _kept(old, new, (name, name), spot, report)
        elif name in renamed:
            _renamed(old, new, (name, renamed[name]), spot, report)
            yield from _kept(old, new, (name, renamed[name]), spot, report)
        else:
            _removed(old, name, spot, report)
    came = set(renamed.values())
    for name in new.properties:
        if name not in old.properties and name not in came:
            _added(new, name, spot, report)
    for name in dict.fromkeys((*old.required, *new.required)):
        # Demanded, and described nowhere.
        if name not in old.properties and name not in new.properties:
            _need(old, new, (name, name), spot.below(name), report)


def _kept(
    old: View, new: View, names: tuple[str, str], spot: Spot, report: Report
) -> Iterator[tuple[Node, Node, Spot]]:
    before, after = old.properties[names[0]], new.properties[names[1]]
    below = _below(spot, names[0], before)
    _need(old, new, names, below, report)
    if _may_be_hidden(before) or _may_be_hidden(after):
        _visibility(view(before), view(after), below, report, required=names[1] in new.required)
    yield before, after, below


def _need(old: View, new: View, names: tuple[str, str], spot: Spot, report: Report) -> None:
    """Report a property that has to be there now, or may be missing now."""
    was, is_now = names[0] in old.required, names[1] in new.required
    if was == is_now:
        return
    nodes = old.required.get(names[0]), new.required.get(names[1])
    if was:
        report.add_here(spot, "became-optional", nodes, "is no longer required")
        return
    after = new.properties.get(names[1])
    filled = spot.direction == "request" and after is not None and "default" in view(after).words
    change = "became-required-with-default" if filled else "became-required"
    report.add_here(spot, change, nodes, "is required now")


def _visibility(old: View, new: View, spot: Spot, report: Report, *, required: bool) -> None:
    subject = f"{spot.direction}-{'required' if required else 'optional'}-property"
    for word, name in _VISIBILITIES:
        nodes = old.words.get(word), new.words.get(word)
        was, is_now = (side.value(word) is True for side in (old, new))
        if was != is_now:
            message = f"is {'now' if is_now else 'no longer'} {name}"
            kind = f"{subject}-became-{name if is_now else f'not-{name}'}"
            report.add(spot, kind, nodes, message)


def _renamed(old: View, new: View, names: tuple[str, str], spot: Spot, report: Report) -> None:
    below = _below(spot, names[0], old.properties[names[0]])
    # What may be missing is missed by strict programs only.
    mild = spot.direction == "response" and names[0] not in old.required
    report.add(
        below,
        f"{below.kind}-renamed",
        (old.properties[names[0]], new.properties[names[1]]),
        f"is called {names[1]!r} now",
        severity="warning" if mild else None,
        shown=names,
    )


def _removed(old: View, name: str, spot: Spot, report: Report) -> None:
    below = _below(spot, name, old.properties[name])
    need = "required" if name in old.required else "optional"
    if spot.direction == "request":
        kind = f"{below.kind}-removed"
    else:
        kind = f"response-{need}-property-removed"
    report.add(below, kind, (old.properties[name], None), "was removed")


def _added(new: View, name: str, spot: Spot, report: Report) -> None:
    node = new.properties[name]
    below = _below(spot, name, node)
    required = name in new.required
    need = "required" if required else "optional"
    if spot.direction == "response":
        kind = f"response-{need}-property-added"
    else:
        kind = f"new-{need}-{below.kind}"
        if required and "default" in view(node).words:
            kind = f"{kind}-with-default"
    message = "was added and is required" if required and spot.direction == "request" else "is new"
    report.add(below, kind, (None, node), message)


def _below(spot: Spot, name: str, node: Node) -> Spot:
    """Return the spot of a property, which may never be said in this direction."""
    word = "readOnly" if spot.direction == "request" else "writeOnly"
    return spot.below(name, unseen=_may_be_hidden(node) and view(node).value(word) is True)


def _may_be_hidden(node: Node) -> bool:
    """Whether a closer look could show that a property is read-only or write-only."""
    return isinstance(node.value, dict) and not _HIDING.isdisjoint(node.value)
