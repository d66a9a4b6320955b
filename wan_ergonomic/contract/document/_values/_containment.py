"""Whether one schema accepts all that another one accepts.

``True`` is proved. ``False`` only says that this module knows no proof.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

from wan_ergonomic.contract.document._bounds import ENDS, bound
from wan_ergonomic.contract.document._equality import as_json, is_number, same
from wan_ergonomic.contract.document._node import Node, elements, entries
from wan_ergonomic.contract.document._schema import both, says_nothing, view
from wan_ergonomic.contract.document._view import NULL, TYPES, SchemaView, Union

from ._accepts import Reading, accepts
from ._parts import finite, kinds_of, parts_of
from ._samples import alternatives, choices, needs_of

Same = Callable[[Node, Node], bool]

# More steps than these decide nothing.
_MAX_WORK = 500
# Schemas within schemas; deeper ones are not looked at.
_MAX_LEVELS = 30
_MAX_DEPTH = 3
_MAX_CHOICES = 8
_COUNTS = {"string": "Length", "array": "Items", "object": "Properties"}
# By type, the keywords of which both schemas must have the same value, because it is not known
# what they mean together.
_OPAQUE = {
    "string": ("pattern", "format", "contentEncoding", "contentMediaType", "contentSchema"),
    "number": ("format",),
    "array": ("unevaluatedItems",),
    "object": (
        "patternProperties", "dependentSchemas", "unevaluatedProperties",
    ),
}  # fmt: skip
# Keywords whose value is one schema.
OF_ONE_SCHEMA = frozenset({"not", "if", "then", "else", "contains", "propertyNames",
                           "contentSchema", "unevaluatedItems",
                           "unevaluatedProperties"})  # fmt: skip
# Keywords whose value has a schema for each name, and a list of names for each name.
_OF_SCHEMAS = frozenset({"patternProperties", "dependentSchemas"})
_OF_NAMES = frozenset({"dependentRequired"})
# (narrower, wider)
WIDER_FORMATS = (("int32", "int64"), ("float", "double"))


class Containment:
    """Proves that one schema accepts all that another one accepts; remembers what it proved.

    Args:
        reading: How the schemas are read.
        same: Whether two places, and all that they reference, are the same.
    """

    def __init__(self, reading: Reading, same: Same) -> None:
        self._reading = reading
        self._same = same
        # What is proved if all that is in progress is true: a schema may contain itself.
        self._proved: dict[tuple[object, ...], None] = {}
        self._refuted: set[tuple[object, ...]] = set()
        # Views that were not proved to be in others. They are kept, so that no id is used twice.
        self._failed: dict[tuple[object, ...], SchemaView] = {}
        # Those that are in progress, and whether something was proved by assuming them.
        self._open: dict[tuple[object, ...], bool] = {}
        self._work = 0
        self._depth = 0
        self._is_cut = False

    def start(self) -> None:
        """Begin a new question, with as much work as one may take."""
        self._failed.clear()
        self._work = 0
        self._is_cut = False

    def proves(self, inner: Node, outer: Node) -> bool:
        """Whether it is proved that ``outer`` accepts all that ``inner`` accepts."""
        if inner.tree is outer.tree and inner.key == outer.key:
            return True
        pair = (id(inner.tree), inner.key, id(outer.tree), outer.key)
        if pair in self._proved or pair in self._refuted:
            return pair in self._proved
        if self._same(inner, outer):
            return True
        self._proved[pair] = None
        found = self.within(view(inner), view(outer))
        if not found:
            # All that was proved since then may rest on it.
            while self._proved.popitem()[0] != pair:
                pass
            if not self._is_cut:
                self._refuted.add(pair)
        return found

    def within(self, inner: SchemaView, outer: SchemaView) -> bool:
        """Whether it is proved that ``outer`` accepts all that ``inner`` accepts."""
        if inner.never:
            return True
        step = _step(inner, outer)
        self._work += 1
        if step in self._failed:
            return False
        if self._work > _MAX_WORK or self._depth > _MAX_LEVELS:
            self._is_cut = True
            return False
        # A union that contains itself proves nothing in that way.
        self._failed[step] = inner
        self._open[step] = False
        self._depth += 1
        known = len(self._proved)
        found = self._within(inner, outer)
        self._depth -= 1
        is_assumed = self._open.pop(step)
        if found:
            del self._failed[step]
        elif is_assumed:
            while len(self._proved) > known:
                self._proved.popitem()
        return found

    def _below(self, inner: Node, outer: Node) -> bool:
        """Whether it is proved for schemas of what is within a value.

        What is in progress may be assumed there: a schema may contain itself.
        """
        step = _step(view(inner), view(outer))
        if step in self._open:
            self._open[step] = True
            return True
        return self.proves(inner, outer)

    def _within(self, inner: SchemaView, outer: SchemaView) -> bool:
        values = finite(inner, self._reading)
        if values is not None:
            return all(
                accepts(inner, value, self._reading) is False
                or accepts(outer, value, self._reading) is True
                for value in values
            )
        rest = outer.without_unions()
        rest.unions = [union for union in outer.unions if not self._is_known(inner, outer, union)]
        if not rest.unions and self._plain(inner, rest):
            return True
        if not inner.unions:
            exclusive = self._reading.one_of(outer)
            return self._plain(inner, rest) and all(
                self._covered(inner, union, exclusive=exclusive) for union in rest.unions
            )
        if not self._reading.exact:
            rest.unions = not_more_exclusive(rest.unions, inner.unions)
        return all(self.within(each, rest) for each in choices(inner))

    def _is_known(self, inner: SchemaView, outer: SchemaView, union: Union) -> bool:
        """Whether a schema with unions has the same one, or matches one branch as a whole.

        What is written beside the union of the outer schema is proved elsewhere.
        """
        if any(self._equal(inner, each, outer, union) for each in inner.unions):
            return True
        whole = bool(inner.unions) and union.keyword == "anyOf" and union.null is None
        return whole and any(self.within(inner, view(branch)) for branch in union.branches)

    def _equal(self, inner: SchemaView, one: Union, outer: SchemaView, other: Union) -> bool:
        """Whether the branches of two unions are the same ones, in any order."""
        if one.keyword != other.keyword or len(one.branches) != len(other.branches):
            return False
        if (one.null is None) != (other.null is None):
            return False
        left = list(other.branches)
        for a in one.branches:
            found = next((b for b in left if self._agree(inner, a, outer, b)), None)
            if found is None:
                return False
            left = [b for b in left if b is not found]
        return True

    def _agree(self, inner: SchemaView, a: Node, outer: SchemaView, b: Node) -> bool:
        """Whether two branches accept the same of what the keywords beside their unions accept."""
        return self._leads_to(inner, a, b) and self._leads_to(outer, b, a)

    def _leads_to(self, whole: SchemaView, branch: Node, other: Node) -> bool:
        if self.proves(branch, other):
            return True
        beside = whole.without_unions()
        return not says_nothing(beside) and self.within(both(view(branch), beside), view(other))

    def _covered(self, inner: SchemaView, union: Union, *, exclusive: bool) -> bool:
        """Whether it is proved that a union accepts all of a schema without unions."""
        if (union.null and inner.listed == NULL) or self._in_branch(
            inner, union, exclusive=exclusive
        ):
            return True
        parts = list(parts_of(inner, self._reading))
        return len(parts) > 1 and all(
            part.never or self._covered(part, union, exclusive=exclusive) for part in parts
        )

    def _in_branch(self, inner: SchemaView, union: Union, *, exclusive: bool) -> bool:
        for branch in union.branches:
            if self.within(inner, view(branch)):
                others = (view(other) for other in union.branches if other is not branch)
                return (
                    union.keyword == "anyOf"
                    or not exclusive
                    or all(self.disjoint(inner, each) for each in others)
                )
        return False

    def _plain(self, inner: SchemaView, outer: SchemaView) -> bool:
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
        if word in OF_ONE_SCHEMA:
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
        return self._same(one, other) or (self.proves(one, other) and self.proves(other, one))

    def says_the_same(self, word: str, one: Node, other: Node) -> bool:
        """Whether it is proved that a keyword constrains alike in two schemas."""
        parts = [node.parts or (node,) for node in (one, other)]
        return all(
            any(self._is_same(word, a, b) for b in there)
            for here, there in (parts, parts[::-1])
            for a in here
        )

    def _excluded(self, inner: SchemaView, outer: SchemaView) -> bool:
        unwanted = outer.keywords.get("not")
        for part in (unwanted.parts or (unwanted,)) if unwanted else ():
            held = inner.keywords.get("not")
            known = held.parts or (held,) if held else ()
            if not any(self.proves(part, each) for each in known) and not self.disjoint(
                inner, view(part)
            ):
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
        items = inner.keywords.get("items") if of == "Items" else None
        if items is not None and items.value is False and "prefixItems" not in inner.keywords:
            upper = 0
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
        if outer.value("uniqueItems") is True and not unique:
            return False
        if not self._counts(inner, outer, "Items") or not self._alike(
            inner, outer, _OPAQUE["array"]
        ):
            return False
        if not self._contains(inner, outer) or not _evaluates_no_more(inner, outer):
            return False
        first, items = inner.keywords.get("prefixItems"), outer.constraining("items")
        if "prefixItems" in outer.keywords:
            if not self._alike(inner, outer, ("prefixItems",)):
                return False
            first = None
        elif (
            first is not None
            and items is not None
            and not (first.parts == () and all(self._below(n, items) for n in first.elements()))
        ):
            return False
        return (
            items is None
            or inner.count("maxItems") == 0
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
            return self.proves(Node({}, f"{outer.pointer}~any", outer.tree), outer)
        return self._below(inner, outer)

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
        if others is None or self._are_all_named(inner, outer):
            return True
        patterns = inner.keywords.get("patternProperties")
        named = [node for name, node in inner.properties.items() if name not in outer.properties]
        if patterns is not None and "patternProperties" not in outer.keywords:
            named += [node for _, node in patterns.entries()]
        return all(self._below(node, others) for node in named) and self._proves_any(
            inner.constraining("additionalProperties"), others
        )

    def _are_all_named(self, inner: SchemaView, outer: SchemaView) -> bool:
        """Whether the outer schema names every property that the inner one allows."""
        names = inner.constraining("propertyNames")
        allowed = finite(view(names), self._reading) if names is not None else None
        return allowed is not None and outer.properties.keys() >= {
            name for name in allowed if isinstance(name, str)
        }

    def disjoint(self, one: SchemaView, other: SchemaView, depth: int = 0) -> bool:
        """Whether it is proved that no value matches both schemas."""
        if one.never or other.never:
            return True
        for a, b in ((one, other), (other, one)):
            values = finite(a, self._reading)
            if values is not None:
                return all(
                    accepts(a, value, self._reading) is False
                    or accepts(b, value, self._reading) is False
                    for value in values
                )
        self._work += 1
        if depth > _MAX_DEPTH or self._work > _MAX_WORK:
            return False
        choices = [alternatives(side, _MAX_CHOICES) for side in (one, other)]
        if None in choices:
            return False
        return all(self._are_apart(a, b, depth) for a in choices[0] or () for b in choices[1] or ())

    def _are_apart(self, a: SchemaView, b: SchemaView, depth: int) -> bool:
        if a.never or b.never:
            return True
        kinds = (kind for kind in (*TYPES, "integer")
                 if self._reading.allows(a, kind) and self._reading.allows(b, kind))  # fmt: skip
        return all(self._apart_in(kind, a, b, depth) for kind in kinds)

    def _apart_in(self, kind: str, a: SchemaView, b: SchemaView, depth: int) -> bool:
        """Whether no value of one type matches both schemas."""
        if kind in {"integer", "number"}:
            return _ranges_apart(a, b) or _ranges_apart(b, a)
        if kind in _COUNTS:
            for x, y in ((a, b), (b, a)):
                most, least = x.count(f"max{_COUNTS[kind]}"), y.count(f"min{_COUNTS[kind]}")
                if most is not None and least is not None and most < least:
                    return True
        return kind == "object" and any(
            self._property_apart(name, a, b, depth) for name in {**a.required, **b.required}
        )

    def _property_apart(self, name: str, a: SchemaView, b: SchemaView, depth: int) -> bool:
        nodes = a.of_property(name), b.of_property(name)
        if any(node is not None and view(node).never for node in nodes):
            return True
        if nodes[0] is None or nodes[1] is None:
            return False
        return self.disjoint(view(nodes[0]), view(nodes[1]), depth + 1)


def _step(inner: SchemaView, outer: SchemaView) -> tuple[object, ...]:
    """Return what identifies a question."""
    return id(inner), id(outer.node.tree), outer.node.key, len(outer.unions)


_TRIO = ("if", "then", "else")


def not_more_exclusive(unions: list[Union], known: list[Union]) -> list[Union]:
    """Return unions without the rule that one branch only may match, if it held before.

    Published variants often overlap, and are meant as alternatives.
    """
    if not any(union.keyword == "oneOf" for union in known):
        return unions
    return [replace(union, keyword="anyOf") for union in unions]


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


def _ranges_apart(a: SchemaView, b: SchemaView) -> bool:
    """Whether the range of one schema ends before that of the other one begins."""
    upper, lower = bound(a, "maximum", 1), bound(b, "minimum", -1)
    if upper is None or lower is None:
        return False
    least = -lower.extent[0]
    both_in = upper.extent[1] and lower.extent[1]
    return upper.extent[0] < least or (upper.extent[0] == least and not both_in)
