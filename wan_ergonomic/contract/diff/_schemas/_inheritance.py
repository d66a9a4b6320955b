"""Finds the children of a schema that has a discriminator without a union.

They are composed of their parent by ``allOf``, at any depth, or named in its mapping.
"""

from __future__ import annotations

from collections.abc import Iterator

from wan_ergonomic._json import escape
from wan_ergonomic.contract.document._node import Node, Tree, elements, entries
from wan_ergonomic.contract.document._pointer import COMPONENT, look_up
from wan_ergonomic.contract.document._view import SchemaView

from .._context import Location, Pair
from .._finding import Severity


def compare_children(
    old: SchemaView, new: SchemaView, location: Location
) -> Iterator[tuple[Node, Node, Location]]:
    """Report children that only one side has; yield those of both, by what chooses them."""
    before, after = _children(old), _children(new)
    yield from ((node, after[name], location) for name, node in before.items() if name in after)
    if "discriminator" not in old.keywords or "discriminator" not in new.keywords:
        return
    named = {*_mapping(old), *_mapping(new)}
    for name in dict.fromkeys((*before, *after)):
        if name in named or (name in before and name in after):
            continue
        pair = Pair(before.get(name), after.get(name))
        change, has = ("added", "has the new") if pair.new else ("deleted", "no longer has the")
        gone: Severity = "info" if pair.new or location.direction == "response" else "warning"
        rule = f"{location.subject}-discriminator-mapping-{change}"
        location.add(rule, pair, f"{has} child {name!r}", severity=gone)


def _children(side: SchemaView) -> dict[str, Node]:
    """Return the children of a schema by the values that choose them."""
    chooses = side.keywords.get("discriminator")
    if side.unions or chooses is None:
        return {}
    tree = side.node.tree
    # The schema may be composed of the one that has the discriminator.
    parent = chooses.pointer.rpartition("/")[0]
    found = {
        name: schema
        for name, schema in entries(tree.top().get("components", "schemas")).items()
        if parent in _ancestors(schema, tree)
    }
    for name, target in _mapping(side).items():
        reference = str(target.value)
        named = look_up(tree.data, reference) or look_up(tree.data, COMPONENT + escape(reference))
        if named:
            found[name] = Node(*named, tree)
    return found


def _mapping(side: SchemaView) -> dict[str, Node]:
    """Return what the mapping of a schema's discriminator leads to, by the values."""
    chooses = side.keywords.get("discriminator")
    return entries(chooses.get("mapping") if chooses else None)


def _ancestors(schema: Node, tree: Tree) -> set[str]:
    """Return the pointers of the schemas that a schema is composed of, at any depth."""
    found: set[str] = set()
    pending = [schema]
    while pending:
        for part in elements(pending.pop().get("allOf")):
            target = part.resolved()
            if target is not None and target.tree is tree and target.pointer not in found:
                found.add(target.pointer)
                pending.append(target)
    return found
