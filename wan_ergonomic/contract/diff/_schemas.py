"""Compares two schemas: their types, their properties, and all that is below them.

Knows the direction: what a sender must not lose is not what a parser must not
lose. What two schemas say about a value itself is compared in ``_facets``, and
which properties there are in ``_properties``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from wan_ergonomic.contract.document._node import Node
from wan_ergonomic.contract.document._schema import View, view

from ._context import Report, Spot
from ._keywords import compare_facets, compare_nullability, compare_words
from ._matching import Branches, told_apart
from ._properties import compare_properties
from ._unchanged import Common

# Two schemas that have to be compared, and where.
Pair = tuple[Node, Node, Spot]

_UNION_NAMES = {"oneOf": "one-of", "anyOf": "any-of"}


class Schemas:
    """Compares schemas of one pair of documents; each pair of places once."""

    def __init__(self, report: Report, common: Common) -> None:
        self._report = report
        self._common = common
        self._seen: set[tuple[object, ...]] = set()

    def compare(self, old: Node, new: Node, spot: Spot) -> None:
        """Report every change of meaning between two schemas, and of their wording."""
        # Not by recursion: a chain of references may be longer than Python's stack.
        pending: deque[Pair] = deque([(old, new, spot)])
        while pending:
            pending.extend(self._compare(*pending.popleft()))

    def _compare(self, old: Node, new: Node, spot: Spot) -> Iterator[Pair]:
        """Compare what is said in one place; yield what is below it."""
        if self._common.has(old, new) or not (old.resolved() and new.resolved()):
            return
        before, after = view(old), view(new)
        # A schema may contain itself, and one place may be reached in a thousand ways.
        step = (spot.kind, spot.unseen, before.node.pointer, after.node.pointer)
        if step in self._seen:
            return
        self._seen.add(step)
        compare_words(before, after, spot, self._report)
        if before.is_mere_union() or after.is_mere_union():
            compare_nullability(before, after, spot, self._report)
            yield from self._unions(before, after, spot)
        elif self._types(before, after, spot):
            compare_facets(before, after, spot, self._report)
            yield from self._properties(before, after, spot)
            yield from self._items(before, after, spot)
            yield from self._unions(before, after, spot)

    def _types(self, old: View, new: View, spot: Spot) -> bool:
        """Report a change of type; return whether there is anything left to compare."""
        if old.types == new.types:
            return True
        several = min(len(old.types), len(new.types)) > 0 < max(len(old.types), len(new.types)) - 1
        if _covers(new.types, old.types):
            change = "list-of-types-widened" if several else "type-generalized"
        elif _covers(old.types, new.types):
            change = "list-of-types-narrowed" if several else "type-specialized"
        else:
            change = "type-changed"
        nodes = old.words.get("type"), new.words.get("type")
        if not any(nodes):
            nodes = old.node, new.node
        message = f"has the type {_named(new)} instead of {_named(old)}"
        self._report.add_here(spot, change, nodes, message)
        return bool(old.types & new.types)

    def _properties(self, old: View, new: View, spot: Spot) -> Iterator[Pair]:
        """Compare the properties, those that are named and all others."""
        yield from compare_properties(old, new, spot, self._report)
        nodes = before, after = _additional(old), _additional(new)
        was, is_now = _openness(before), _openness(after)
        if before and after and was == is_now == 1:
            yield before, after, spot.below("*")
        elif was > is_now:
            message = "takes fewer properties beside those it names"
            self._report.add_here(spot, "additional-properties-closed", nodes, message)
        elif was < is_now:
            message = "takes more properties beside those it names"
            self._report.add_here(spot, "additional-properties-opened", nodes, message)

    def _items(self, old: View, new: View, spot: Spot) -> Iterator[Pair]:
        nodes = before, after = _spoken(old.words.get("items")), _spoken(new.words.get("items"))
        if before and after:
            yield before, after, spot.below("[]")
        elif after:
            self._report.add_here(spot, "items-added", nodes, "has its items described now")
        elif before:
            message = "no longer has its items described"
            self._report.add_here(spot, "items-removed", nodes, message)

    def _unions(self, old: View, new: View, spot: Spot) -> Iterator[Pair]:
        before, after = _branches(old, new), _branches(new, old)
        if not before and not after:
            return
        name = _UNION_NAMES[new.union or old.union]
        if not before:
            message = f"has to be one of {len(after)} variants as well"
            where = None, _where_union(new)
            self._report.add_here(spot, f"wrapped-in-{name}", where, message)
            return
        if not after:
            message = "no longer has to be one of its variants as well"
            self._report.add_here(
                spot, f"unwrapped-from-{name}", (_where_union(old), None), message
            )
            return
        branches = Branches(before, after)
        for a, b in branches.pairs:
            yield a, b, spot
        for node in branches.lost:
            if not _is_of_another(node, after, new):
                self._report.add_here(spot, f"{name}-removed", (node, None), "has lost a variant")
        for node in branches.won:
            if not _is_of_another(node, before, old):
                self._report.add_here(spot, f"{name}-added", (None, node), "has a new variant")


def _where_union(side: View) -> Node:
    """Return the place of a union, which may be in another schema than the one viewed."""
    return side.node.get(side.union) or side.branches[0]


def _is_of_another(branch: Node, facing: list[Node], side: View) -> bool:
    """Whether a branch speaks of another thing than the one schema that faces its union.

    One document may describe what every model takes, and another what one of them takes.
    """
    return not side.branches and all(told_apart(view(branch), view(node)) for node in facing)


def _branches(side: View, other: View) -> list[Node]:
    """Return the branches of a union; a schema that faces one and is none is its only branch."""
    if side.branches:
        return side.branches
    return [side.node] if other.is_mere_union() and (side.types or side.words) else []


def _covers(a: frozenset[str], b: frozenset[str]) -> bool:
    """Whether every value of the types ``b`` is one of the types ``a``; none at all is any type."""
    if not a or not b:
        return not a
    return all(kind in a or (kind == "integer" and "number" in a) for kind in b)


def _named(side: View) -> str:
    return " or ".join(sorted(side.types)) or "open"


def _additional(side: View) -> Node | None:
    return side.words.get("additionalProperties")


def _openness(node: Node | None) -> int:
    """Return 2 for anything, 1 for what a schema allows, 0 for nothing."""
    if _spoken(node) is None:
        return 2
    return 0 if node is not None and node.value is False else 1


def _spoken(node: Node | None) -> Node | None:
    """Return a place where something is said, None for a schema that allows anything."""
    return None if node is None or node.value is True or node.value == {} else node
