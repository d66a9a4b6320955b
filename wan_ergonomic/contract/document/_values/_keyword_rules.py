"""Whether the keywords of one schema accept all that another schema accepts, apart from unions."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Protocol

from wan_ergonomic.contract.document._bounds import ENDS, bound
from wan_ergonomic.contract.document._equality import as_json, is_number, same
from wan_ergonomic.contract.document._node import Node, elements, entries
from wan_ergonomic.contract.document._schema import view
from wan_ergonomic.contract.document._view import SchemaView

from ._accepts import Reading, accepts
from ._parts import finite, kinds_of, most_of
from ._samples import needs_of

_TRIO = ("if", "then", "else")
# By type, the keywords of which both schemas must have the same value, because it is not known
# what they mean together.
_OPAQUE = {
    "string": ("pattern", "format", "contentEncoding", "contentMediaType", "contentSchema"),
    "number": ("format",),
    "array": ("unevaluatedItems",),
    "object": ("patternProperties", "dependentSchemas", "unevaluatedProperties"),
}
# Keywords whose value is one schema.
_OF_ONE_SCHEMA = frozenset({
    "not", "if", "then", "else", "contains", "propertyNames", "contentSchema", "unevaluatedItems",
    "unevaluatedProperties",
})  # fmt: skip
# Keywords whose value has a schema for each name, and a list of names for each name.
_OF_SCHEMAS = frozenset({"patternProperties", "dependentSchemas"})
_OF_NAMES = frozenset({"dependentRequired"})
# (narrower, wider)
WIDER_FORMATS = (("int32", "int64"), ("float", "double"))


class Prover(Protocol):
    """Proves something of whole schemas."""

    def is_same(self, one: Node, other: Node) -> bool:
        """Whether two places, and all that they reference, are the same."""

    def proves(self, inner: Node, outer: Node) -> bool:
        """Whether it is proved that ``outer`` accepts all that ``inner`` accepts."""

    def below(self, inner: Node, outer: Node) -> bool:
        """Whether it is proved for schemas of what is within a value."""

    def disjoint(self, one: SchemaView, other: SchemaView) -> bool:
        """Whether it is proved that no value matches both schemas."""


class KeywordRules:
    """Proves that what is written beside unions accepts all that another schema accepts.

    Args:
        reading: How the schemas are read.
        prover: Proves it of the schemas that keywords hold.
    """

    def __init__(self, reading: Reading, prover: Prover) -> None:
        self._reading = reading
        self._prover = prover

    def allows(self, inner: SchemaView, outer: SchemaView) -> bool:
        """Whether it is proved for what is written beside the unions of the outer schema."""
        if outer.never or outer.values is not None:
            return False
        kinds = kinds_of(inner, self._reading)
        if not all(self._reading.allows(outer, kind) for kind in kinds):
            return False
        rules = {"string": self._string, "number": self._number, "integer": self._number,
                 "array": self._array, "object": self._object}  # fmt: skip
        checked = all(rules[kind](inner, outer) for kind in kinds if kind in rules)
        return checked and self._excluded(inner, outer) and self._alike(inner, outer, _TRIO)

    def says_the_same(self, word: str, one: Node, other: Node) -> bool:
        """Whether it is proved that a keyword constrains alike in two schemas."""
        parts = [node.parts or (node,) for node in (one, other)]
        return all(
            any(self._is_same(word, a, b) for b in there)
            for here, there in (parts, parts[::-1])
            for a in here
        )

    def _alike(self, inner: SchemaView, outer: SchemaView, words: tuple[str, ...]) -> bool:
        """Whether the inner schema has the same constraints as the outer one, or more."""
        for word in words:
            wanted, held = outer.keywords.get(word), inner.keywords.get(word)
            if wanted is None:
                continue
            parts = held.parts or (held,) if held else ()
            for each in wanted.parts or (wanted,):
                if not any(self._is_same(word, part, each) for part in parts) and not (
                    word == "format" and any((p.value, each.value) in WIDER_FORMATS for p in parts)
                ):
                    return False
        return True

    def _is_same(self, word: str, one: Node, other: Node) -> bool:
        if word in _OF_NAMES:
            return _needs(one) == _needs(other)
        if word in _OF_ONE_SCHEMA:
            return self._is_equal(one, other)
        if word in _OF_SCHEMAS:
            ours, theirs = entries(one), entries(other)
            return ours.keys() == theirs.keys() and all(
                self._is_equal(node, theirs[name]) for name, node in ours.items()
            )
        if word == "prefixItems":
            lists = elements(one), elements(other)
            return len(lists[0]) == len(lists[1]) and all(map(self._is_equal, *lists))
        return bool(same(one.value, other.value))

    def _is_equal(self, one: Node, other: Node) -> bool:
        return self._prover.is_same(one, other) or (
            self._prover.proves(one, other) and self._prover.proves(other, one)
        )

    def _excluded(self, inner: SchemaView, outer: SchemaView) -> bool:
        unwanted = outer.keywords.get("not")
        for part in (unwanted.parts or (unwanted,)) if unwanted else ():
            held = inner.keywords.get("not")
            known = held.parts or (held,) if held else ()
            if not any(
                self._prover.proves(part, each) for each in known
            ) and not self._prover.disjoint(inner, view(part)):
                return False
        return True

    def _counts(self, inner: SchemaView, outer: SchemaView, of: str) -> bool:
        most, least = outer.count(f"max{of}"), outer.count(f"min{of}")
        upper, lower = inner.count(f"max{of}"), inner.count(f"min{of}")
        if of == "Properties":
            lower = max(lower or 0, len(inner.required))
        contains = inner.keywords.get("contains") if of == "Items" else None
        if contains is not None and not contains.parts:
            lower = max(lower or 0, _contained_at_least(inner))
        most_named = most_of(inner, of)
        if most_named is not None:
            upper = most_named if upper is None else min(upper, most_named)
        if most is not None and (upper is None or upper > most):
            return False
        return least is None or least <= (lower or 0)

    def _string(self, inner: SchemaView, outer: SchemaView) -> bool:
        return self._counts(inner, outer, "Length") and self._alike(inner, outer, _OPAQUE["string"])

    def _number(self, inner: SchemaView, outer: SchemaView) -> bool:
        for name, sign in ENDS:
            wanted, held = bound(outer, name, sign), bound(inner, name, sign)
            if wanted and (held is None or held.extent > wanted.extent):
                return False
        wanted_step, step = outer.value("multipleOf"), inner.value("multipleOf")
        whole = 1 if inner.types == {"integer"} else None
        return _is_multiple(step if step is not None else whole, wanted_step) and self._alike(
            inner, outer, _OPAQUE["number"]
        )

    def _array(self, inner: SchemaView, outer: SchemaView) -> bool:
        unique = inner.value("uniqueItems") is True or (inner.count("maxItems") or 2) <= 1
        return (
            (unique or outer.value("uniqueItems") is not True)
            and self._counts(inner, outer, "Items")
            and self._alike(inner, outer, _OPAQUE["array"])
            and self._contains(inner, outer)
            and _evaluates_no_more(inner, outer)
            and self._items(inner, outer)
        )

    def _items(self, inner: SchemaView, outer: SchemaView) -> bool:
        """Prove it for each of the first items, and for all others together."""
        ours, theirs = (_first_items(side) for side in (inner, outer))
        if ours is None or theirs is None:
            if not self._alike(inner, outer, ("prefixItems",)):
                return False
            ours = theirs = []
        items = outer.constraining("items")
        listed = max(len(ours), len(theirs))
        for index in range(listed):
            node = ours[index] if index < len(ours) else inner.constraining("items")
            wanted = theirs[index] if index < len(theirs) else items
            fits = wanted is None or _at_most(inner, index) or self._proves_any(node, wanted)
            if not fits:
                return False
        return (
            items is None
            or _at_most(inner, listed)
            or self._proves_any(inner.constraining("items"), items)
        )

    def _contains(self, inner: SchemaView, outer: SchemaView) -> bool:
        wanted = outer.keywords.get("contains")
        if wanted is None:
            return True
        if self._alike(inner, outer, ("contains",)) and _contains_enough(inner, outer):
            return True
        # All items match, so that there are enough if there are enough items.
        return (
            not wanted.parts
            and outer.count("maxContains") is None
            and "prefixItems" not in inner.keywords
            and (inner.count("minItems") or 0) >= _contained_at_least(outer)
            and self._proves_any(inner.constraining("items"), wanted)
        )

    def _proves_any(self, inner: Node | None, outer: Node) -> bool:
        """Prove it for a schema that may be absent, which accepts anything."""
        if inner is None:
            return self._prover.proves(Node({}, f"{outer.pointer}~any", outer.tree), outer)
        return self._prover.below(inner, outer)

    def _object(self, inner: SchemaView, outer: SchemaView) -> bool:
        wanted = {n for n in outer.required if self._reading.is_sent(outer.properties.get(n))}
        return (
            wanted <= _always_there(inner)
            and self._counts(inner, outer, "Properties")
            and self._alike(inner, outer, _OPAQUE["object"])
            and self._needed(inner, outer)
            and _evaluates_no_more(inner, outer)
            and self._names(inner, outer)
            and all(self._property(inner, outer, name) for name in outer.properties)
            and self._others(inner, outer)
        )

    def _needed(self, inner: SchemaView, outer: SchemaView) -> bool:
        """Whether a property has the others that the outer schema wants beside it."""
        if self._alike(inner, outer, ("dependentRequired",)):
            return True
        known = needs_of(outer)
        return bool(known == outer.value("dependentRequired")) and all(
            _always_there(inner, name) >= {*names} for name, names in known.items()
        )

    def _names(self, inner: SchemaView, outer: SchemaView) -> bool:
        names = outer.constraining("propertyNames")
        if names is None or self._proves_any(inner.constraining("propertyNames"), names):
            return True
        others = inner.constraining("additionalProperties")
        is_closed = others is not None and view(others).never
        return (
            is_closed
            and "patternProperties" not in inner.keywords
            and all(accepts(view(names), name, self._reading) for name in inner.properties)
        )

    def _property(self, inner: SchemaView, outer: SchemaView, name: str) -> bool:
        node, wanted = inner.of_property(name), outer.properties[name]
        if not self._reading.is_sent(node) or not self._reading.is_sent(wanted):
            return True
        described = name in inner.properties or name in inner.required
        if node is None and not described and self._reading.described:
            return True
        return self._proves_any(node, wanted)

    def _others(self, inner: SchemaView, outer: SchemaView) -> bool:
        """Prove it for the properties that the outer schema does not name."""
        others = outer.constraining("additionalProperties")
        is_empty = inner.count("maxProperties") == 0
        if others is None or is_empty or self._are_all_named(inner, outer):
            return True
        patterns = inner.keywords.get("patternProperties")
        named = [node for name, node in inner.properties.items() if name not in outer.properties]
        if patterns is not None and "patternProperties" not in outer.keywords:
            named += [node for _, node in patterns.entries()]
        return all(self._prover.below(node, others) for node in named) and self._proves_any(
            inner.constraining("additionalProperties"), others
        )

    def _are_all_named(self, inner: SchemaView, outer: SchemaView) -> bool:
        """Whether the outer schema names every property that the inner one allows."""
        names = inner.constraining("propertyNames")
        allowed = finite(view(names), self._reading) if names is not None else None
        return allowed is not None and outer.properties.keys() >= {
            name for name in allowed if isinstance(name, str)
        }


def _contains_enough(inner: SchemaView, outer: SchemaView) -> bool:
    """Whether the counts of what matches ``contains`` allow no more than the outer ones."""
    most, upper = (side.count("maxContains") for side in (outer, inner))
    if most is not None and (upper is None or upper > most):
        return False
    return _contained_at_least(outer) <= _contained_at_least(inner)


def _contained_at_least(side: SchemaView) -> float:
    """Return how many items have to match ``contains``."""
    least = side.count("minContains")
    return 1 if least is None else least


def _evaluates_no_more(inner: SchemaView, outer: SchemaView) -> bool:
    """Whether ``unevaluated…`` of the outer schema rejects nothing that the inner one describes."""
    if "unevaluatedProperties" in outer.keywords and not inner.properties.keys() <= (
        outer.properties.keys()
    ):
        return False
    words = {"prefixItems", "items", "contains"} & inner.keywords.keys()
    return "unevaluatedItems" not in outer.keywords or words <= outer.keywords.keys()


def _first_items(side: SchemaView) -> list[Node] | None:
    """Return the schemas of the first items; None if several places have some."""
    first = side.keywords.get("prefixItems")
    if first is not None and first.parts:
        return None
    return [*first.elements()] if first is not None else []


def _at_most(side: SchemaView, count: int) -> bool:
    most = side.count("maxItems")
    return most is not None and most <= count


def _always_there(side: SchemaView, *beside: str) -> set[str]:
    """Return the properties that a value has, if it has some others."""
    needs, found = needs_of(side), set[str]()
    pending = [*side.required, *beside]
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            pending += needs.get(name, ())
    return found


def _needs(node: Node) -> dict[str, frozenset[str]]:
    """Return which names need which others, in whatever order they are written."""
    return {
        name: frozenset(as_json(each.value) for each in elements(needed))
        for name, needed in entries(node).items()
    }


def _is_multiple(step: Any, wanted: Any) -> bool:
    if not is_number(wanted):
        return True
    if not is_number(step) or not wanted > 0 or float("inf") in {step, wanted}:
        return False
    return Fraction(str(step)) % Fraction(str(wanted)) == 0
