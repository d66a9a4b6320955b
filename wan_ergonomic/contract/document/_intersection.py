"""What two schemas say together: the tighter one of each limit, the values that both allow.

The later one of two descriptions counts; the order makes no other difference.
"""

from __future__ import annotations

from fractions import Fraction
from math import lcm

from ._bounds import ENDS, bound, exclusive_of
from ._equality import as_json, is_number, same
from ._node import Node, all_of
from ._view import SchemaView, types_in_both

_RANGES = frozenset(word for end, _ in ENDS for word in (end, exclusive_of(end)))
_COUNTED = ("Length", "Items", "Properties", "Contains")
_UPPER = frozenset(f"max{of}" for of in _COUNTED)
_LOWER = frozenset(f"min{of}" for of in _COUNTED)
# True if it is true anywhere.
_FLAGS = frozenset({"uniqueItems", "deprecated", "readOnly", "writeOnly"})
# Of two different values, both count.
# The first one gives the others their meaning.
_TOGETHER = (("if", "then", "else"), ("contains", "minContains", "maxContains"))
_BOTH = frozenset({
    "items", "additionalProperties", "propertyNames", "contains", "contentSchema", "not",
    "unevaluatedItems", "unevaluatedProperties", "pattern", "format", "contentEncoding",
    "contentMediaType", "prefixItems", "patternProperties", "dependentRequired",
    "dependentSchemas", "if", "then", "else",
})  # fmt: skip


def intersect(one: SchemaView, other: SchemaView) -> SchemaView:
    """Return what two schemas of one document say together, at the place of the other one."""
    listed = types_in_both(one.listed, other.listed)
    values = _values_in_both(one.values, other.values)
    return SchemaView(
        node=other.node,
        keywords=_keywords(one, other),
        properties=_properties(one, other),
        required={**one.required, **other.required},
        unions=[*one.unions, *other.unions],
        listed=listed,
        values=values,
        null=other.null or one.null,
        always_null=other.always_null or one.always_null,
        never=one.never or other.never or listed == frozenset() or values == [],
    )


def _values_in_both(a: list[Node] | None, b: list[Node] | None) -> list[Node] | None:
    if a is None or b is None:
        return a if b is None else b
    known = {as_json(node.value) for node in a}
    return [node for node in b if as_json(node.value) in known]


def _properties(one: SchemaView, other: SchemaView) -> dict[str, Node]:
    found = {}
    for name in dict.fromkeys((*one.properties, *other.properties)):
        # What is written by name comes last, because findings are about the last place.
        sides = sorted((one, other), key=lambda side: name in side.properties)
        both = (side.of_property(name) for side in sides)
        found[name] = all_of(*(node for node in both if node is not None))
    return found


def _keywords(one: SchemaView, other: SchemaView) -> dict[str, Node]:
    found = {**one.keywords, **other.keywords}
    for name in one.keywords.keys() & other.keywords.keys() - _RANGES:
        found[name] = _tighter(name, one.keywords[name], other.keywords[name])
    for words in _TOGETHER:
        _keep_together(found, words, one, other)
    _take_ranges(found, one, other)
    return found


def _keep_together(found: dict[str, Node], words: tuple[str, ...], *sides: SchemaView) -> None:
    """Let keywords that are about one another stay so: what only one side says is of that side."""
    first, *rest = words
    if all(first in side.keywords for side in sides):
        bundles = [_bundle(words, side) for side in sides]
        if any(bundle.keys() != {first} for bundle in bundles):
            for word in rest:
                found.pop(word, None)
            found[first] = all_of(*(_as_schema(first, each) for each in bundles))


def _bundle(words: tuple[str, ...], side: SchemaView) -> dict[str, Node]:
    return {word: side.keywords[word] for word in words if word in side.keywords}


def _as_schema(first: str, bundle: dict[str, Node]) -> Node:
    """Return keywords as a schema of their own, unless several are one already."""
    node = bundle[first]
    if node.parts:
        return node
    values = {word: each.value for word, each in bundle.items()}
    return Node(values, f"{node.pointer}~together", node.tree)


def _take_ranges(found: dict[str, Node], *sides: SchemaView) -> None:
    """Take the tighter one of two limits, with the flag that belongs to it."""
    for name, sign in ENDS:
        words = name, exclusive_of(name)
        written = [side for side in sides if not side.keywords.keys().isdisjoint(words)]
        bounds = [(end, side) for side in written if (end := bound(side, name, sign))]
        if len(written) == len(bounds) == 2:
            _, tighter = min(bounds, key=lambda each: each[0].extent)
            kept = {word: tighter.keywords[word] for word in words if word in tighter.keywords}
            for word in words:
                found.pop(word, None)
            found |= kept


def _tighter(name: str, one: Node, other: Node) -> Node:
    if same(one.value, other.value):
        return other
    if name in _UPPER | _LOWER and is_number(one.value) and is_number(other.value):
        choose = min if name in _UPPER else max
        return choose(one, other, key=lambda node: float(node.value))
    if name == "multipleOf":
        return _multiple_of_both(one, other)
    if name in _FLAGS:
        return next((node for node in (other, one) if node.value is True), other)
    return all_of(one, other) if name in _BOTH else other


def _multiple_of_both(one: Node, other: Node) -> Node:
    valid = [n for n in (one, other) if is_number(n.value) and 0 < n.value < float("inf")]
    if len(valid) < len((one, other)):
        return next(iter(valid), other)
    a, b = (Fraction(str(node.value)) for node in valid)
    step = Fraction(
        lcm(a.numerator * b.denominator, b.numerator * a.denominator), a.denominator * b.denominator
    )
    return other._replace(value=step.numerator if step.denominator == 1 else float(step))
