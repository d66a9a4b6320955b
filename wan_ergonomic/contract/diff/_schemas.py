"""Compares two schemas: their types, their parts, and all schemas below them.

Single keywords are compared in ``_keywords`` and ``_limits``, properties in
``_properties``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from wan_ergonomic.contract.document._node import Node
from wan_ergonomic.contract.document._schema import SchemaView, view

from ._context import Location, Pair, keyword
from ._keywords import compare_keywords, compare_nullability, compare_texts
from ._matching import Branches, differ_in_a_constant
from ._properties import compare_properties
from ._unchanged import Common

# Two schemas to compare, and their location.
_Step = tuple[Node, Node, Location]

_UNION_NAMES = {"oneOf": "one-of", "anyOf": "any-of"}


class SchemaDiff:
    """Compares schemas of one pair of documents; each pair of places once."""

    def __init__(self, common: Common) -> None:
        self._common = common

    def compare(self, old: Node, new: Node, location: Location) -> None:
        """Report every change of meaning between two schemas, and of their texts."""
        # Not by recursion: a chain of references may be longer than Python's stack.
        pending: deque[_Step] = deque([(old, new, location)])
        while pending:
            pending.extend(self._compare(*pending.popleft()))

    def _compare(self, old: Node, new: Node, location: Location) -> Iterator[_Step]:
        """Compare two schemas; yield the schemas below them."""
        if self._common.has(old, new) or not (old.resolved() and new.resolved()):
            return
        before, after = view(old), view(new)
        # A schema may contain itself, and a thousand references may lead to one place.
        inside = location.inside(before.node, after.node)
        if inside is None:
            return
        location = inside
        compare_texts(before, after, location)
        if before.is_mere_union() or after.is_mere_union():
            compare_nullability(before, after, location)
            yield from self._unions(before, after, location)
        elif self._types(before, after, location):
            compare_keywords(before, after, location)
            yield from self._properties(before, after, location)
            yield from self._items(before, after, location)
            yield from self._unions(before, after, location)

    def _types(self, old: SchemaView, new: SchemaView, location: Location) -> bool:
        """Report a change of type; return whether there is anything left to compare."""
        if old.types == new.types:
            return True
        both_have_types = bool(old.types and new.types)
        one_has_several = len(old.types) > 1 or len(new.types) > 1
        listed = both_have_types and one_has_several
        if _covers(new.types, old.types):
            change = "list-of-types-widened" if listed else "type-generalized"
        elif _covers(old.types, new.types):
            change = "list-of-types-narrowed" if listed else "type-specialized"
        else:
            change = "type-changed"
        written = keyword(old, new, "type")
        pair = written if any(written) else Pair(old.node, new.node)
        location.add_change(change, pair, f"has the type {_named(new)} instead of {_named(old)}")
        return bool(old.types & new.types)

    def _properties(self, old: SchemaView, new: SchemaView, location: Location) -> Iterator[_Step]:
        """Compare the properties, named and additional."""
        yield from compare_properties(old, new, location)
        pair = keyword(old, new, "additionalProperties")
        was, is_now = (_openness(node) for node in pair)
        if pair.old and pair.new and was == is_now == 1:
            yield pair.old, pair.new, location.below("*")
        elif was > is_now:
            message = "allows fewer additional properties"
            location.add_change("additional-properties-closed", pair, message)
        elif was < is_now:
            message = "allows more additional properties"
            location.add_change("additional-properties-opened", pair, message)

    def _items(self, old: SchemaView, new: SchemaView, location: Location) -> Iterator[_Step]:
        pair = Pair(*(_constraining(node) for node in keyword(old, new, "items")))
        if pair.old and pair.new:
            yield pair.old, pair.new, location.below("[]")
        elif pair.new:
            location.add_change("items-added", pair, "has a schema for its items now")
        elif pair.old:
            location.add_change("items-removed", pair, "no longer has a schema for its items")

    def _unions(self, old: SchemaView, new: SchemaView, location: Location) -> Iterator[_Step]:
        before, after = _branches(old, new), _branches(new, old)
        if not before and not after:
            return
        union = new.union or old.union
        name = _UNION_NAMES[union]
        if not before:
            pair, message = Pair(None, _where_union(new)), f"must match its {union} as well now"
            location.add_change(f"wrapped-in-{name}", pair, message)
            return
        if not after:
            pair, message = Pair(_where_union(old), None), f"no longer has to match its {union}"
            location.add_change(f"unwrapped-from-{name}", pair, message)
            return
        branches = Branches(before, after)
        yield from ((a, b, location) for a, b in branches.pairs)
        for node in branches.removed:
            if not _is_for_another(node, after, new):
                pair, message = Pair(node, None), f"no longer has one of the schemas in its {union}"
                location.add_change(f"{name}-removed", pair, message)
        for node in branches.added:
            if not _is_for_another(node, before, old):
                pair, message = Pair(None, node), f"has a new schema in its {union}"
                location.add_change(f"{name}-added", pair, message)


def _where_union(side: SchemaView) -> Node:
    """Return the place of a union, which may be in another schema than the one viewed."""
    return side.node.get(side.union) or side.branches[0]


def _is_for_another(branch: Node, facing: list[Node], side: SchemaView) -> bool:
    """Whether a branch is for another model than the single schema of the other side.

    One document may have a schema for each model, and the other only that of one model.
    """
    return not side.branches and all(
        differ_in_a_constant(view(branch), view(node)) for node in facing
    )


def _branches(side: SchemaView, other: SchemaView) -> list[Node]:
    """Return the branches of a union; of a schema that faces a union, the schema itself."""
    if side.branches:
        return side.branches
    return [side.node] if other.is_mere_union() and (side.types or side.keywords) else []


def _covers(a: frozenset[str], b: frozenset[str]) -> bool:
    """Whether the types ``a`` allow every value of the types ``b``; an empty set allows any."""
    if not a or not b:
        return not a
    return all(kind in a or (kind == "integer" and "number" in a) for kind in b)


def _named(side: SchemaView) -> str:
    return " or ".join(sorted(side.types)) or "any"


def _openness(node: Node | None) -> int:
    """Return 2 for anything, 1 for what a schema allows, 0 for nothing."""
    if _constraining(node) is None:
        return 2
    return 0 if node is not None and node.value is False else 1


def _constraining(node: Node | None) -> Node | None:
    """Return a schema, or None if it allows anything."""
    return None if node is None or node.value is True or node.value == {} else node
