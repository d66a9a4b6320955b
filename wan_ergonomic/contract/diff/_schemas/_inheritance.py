"""Finds the children of a schema that has a discriminator without a union.

They are composed of their parent by ``allOf``, or named in its mapping.
"""

from __future__ import annotations

from collections.abc import Iterator

from wan_ergonomic._json import escape
from wan_ergonomic.contract.document._node import Node, elements, entries
from wan_ergonomic.contract.document._pointer import COMPONENT, look_up
from wan_ergonomic.contract.document._view import SchemaView

from .._context import Location


def compare_children(
    old: SchemaView, new: SchemaView, location: Location
) -> Iterator[tuple[Node, Node, Location]]:
    """Yield the children that both schemas have, by the names in the discriminator."""
    before, after = _children(old), _children(new)
    yield from ((node, after[name], location) for name, node in before.items() if name in after)


def _children(side: SchemaView) -> dict[str, Node]:
    """Return the children of a schema by the values that choose them."""
    if side.unions or "discriminator" not in entries(side.node):
        return {}
    tree = side.node.tree
    found = {
        name: schema
        for name, schema in entries(tree.top().get("components", "schemas")).items()
        if any(parent.resolved() == side.node for parent in elements(schema.get("allOf")))
    }
    for name, target in entries(side.node.get("discriminator", "mapping")).items():
        reference = str(target.value)
        named = look_up(tree.data, reference) or look_up(tree.data, COMPONENT + escape(reference))
        if named:
            found[name] = Node(*named, tree)
    return found
