"""Compares two schemas: their types, their parts, and all schemas below them.

Single keywords are compared in ``_keywords`` and ``_limits``, properties in
``_properties``, unions in ``_unions``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from wan_ergonomic.contract.document._node import Node
from wan_ergonomic.contract.document._schema import ANNOTATIONS, is_binary, restricting, view
from wan_ergonomic.contract.document._view import SchemaView, types_in_both

from .._context import Location, Pair, keyword
from .._finding import Severity
from .._unchanged import Common
from ._annotations import (
    compare_annotations,
    compare_scattered,
    compare_texts,
    in_all_variants,
)
from ._inheritance import compare_children
from ._judge import Judge, Judgement, is_too_wide
from ._keywords import compare_keywords, compare_nullability
from ._properties import compare_properties
from ._unions import Step, compare_unions, is_for_other_models

# Schemas that are written alike, with these keywords alone, differ by what they hold.
_HOLDING = frozenset(
    {"type", "properties", "required", "items", "additionalProperties", "description", "title"}
)


class _Open(NamedTuple):
    """A place with a union, and what was judged; whether it was reported is known at the end."""

    pair: Pair
    judgement: Judgement
    location: Location


class SchemaDiff:
    """Compares schemas of one pair of documents; each pair of places once."""

    def __init__(self, common: Common) -> None:
        self._common = common
        self._judge = Judge(common)
        self._open: list[_Open] = []

    def compare(self, old: Node, new: Node, location: Location) -> None:
        """Report every change of meaning between two schemas, and of their texts."""
        # Not by recursion: a chain of references may be longer than Python's stack.
        pending: deque[Step] = deque([(old, new, location)])
        while pending:
            pending.extend(self._compare(*pending.popleft()))
        while self._open:
            # The inner ones first.
            self._close(*self._open.pop())

    def _compare(self, old: Node, new: Node, location: Location) -> Iterator[Step]:
        """Compare two schemas; yield the schemas below them."""
        at_old, at_new = old.resolved(), new.resolved()
        if self._common.has(old, new) or not (at_old and at_new):
            return
        before, after = view(old), view(new)
        # A schema may contain itself, and a thousand references may lead to one place.
        inside = location.inside(at_old, at_new)
        if inside is None:
            return
        location = inside
        if self._only_holds_others(old, new):
            yield from self._properties(before, after, location)
            yield from self._items(before, after, location)
            return
        compare_texts(before, after, location)
        if location.form == "multipart" and is_binary(before) and is_binary(after):
            return
        location = self._judged(old, new, location)
        if location.judged == "same" and (before.unions or after.unions):
            if self._judge.accepts_nothing(old):
                return
            before, after = in_all_variants(before), in_all_variants(after)
        is_alike = before.is_mere_union() == after.is_mere_union()
        composed_alike = is_alike and len(before.unions) == len(after.unions)
        if location.judged == "same" and not composed_alike:
            # Its parts are in other places, and accept the same together.
            compare_scattered(old, new, location)
        elif not is_alike:
            compare_nullability(before, after, location)
            compare_annotations(before, after, location)
            yield from compare_unions(old, new, location, self._judge)
        elif self._types(before, after, location):
            compare_keywords(before, after, location, self._judge)
            yield from self._properties(before, after, location)
            yield from self._items(before, after, location)
            yield from compare_unions(old, new, location, self._judge)
            yield from compare_children(before, after, location)

    def _only_holds_others(self, old: Node, new: Node) -> bool:
        """Whether two schemas are written alike, so that only those within can differ."""
        ours, theirs = _at_the_reference(old), _at_the_reference(new)
        holding = isinstance(ours.value, dict) and ours.value.keys() <= _HOLDING
        return holding and self._common.is_alike(ours, theirs)

    def _judged(self, old: Node, new: Node, location: Location) -> Location:
        """Judge two schemas by what they accept, if what they say themselves differs."""
        before, after = view(old), view(new)
        if before.never and after.never:
            return replace(location, judged="same")
        unions = before.unions or after.unions
        if (
            location.judged
            or location.hidden
            or not (unions or _may_differ(before, after))
            or is_too_wide(old, new)
        ):
            return location
        if self._judge.equal(old, new):
            return replace(location, judged="same")
        is_ours = unions and not is_for_other_models(old, new)
        return self._judged_union(old, new, location) if is_ours else location

    def _judged_union(self, old: Node, new: Node, location: Location) -> Location:
        inner, outer = (old, new) if location.direction == "request" else (new, old)
        judgement = self._judge.contained(inner, outer, location.direction)
        if judgement.holds:
            self._open.append(_Open(Pair(old, new), judgement, location))
            return replace(location, judged="safe")
        # A new optional property is found as such.
        judgement = self._judge.contained(inner, outer, location.direction, described=True)
        self._open.append(_Open(Pair(old, new), judgement, location))
        return location

    def _close(self, pair: Pair, judgement: Judgement, location: Location) -> None:
        """Report what was judged of two unions, unless findings about their parts say it."""
        worst = location.findings.worst_at(location.place)
        if worst in {"breaking", "warning"} or (judgement.holds and worst):
            return
        old, new = pair
        assert old
        assert new
        sends = location.direction == "request"
        back = self._judge.contained(*((new, old) if sends else (old, new)), location.direction)
        there = Pair(_union_of(old), _union_of(new))
        message = judgement.says(location.direction)
        if judgement.holds is None or (judgement.holds and back.holds is None):
            severity: Severity = "info" if judgement.holds else "warning"
            rule = f"{location.subject}-values-undecided"
            location.add(rule, there, message, severity=severity)
            return
        narrowed = sends != bool(judgement.holds)
        location.add_change(f"values-{'narrowed' if narrowed else 'widened'}", there, message)

    def _types(self, old: SchemaView, new: SchemaView, location: Location) -> bool:
        """Report a change of type; return whether there is anything left to compare."""
        if old.never != new.never:
            change = "type-specialized" if new.never else "type-generalized"
            message = f"accepts {'no value now' if new.never else 'values now'}"
            location.add_change(change, Pair(old.node, new.node), message)
            return False
        if old.types == new.types:
            _implied_types(old, new, location)
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
        message = f"has the type {_named(new)} instead of {_named(old)}"
        location.add_change(change, _where_typed(old, new), message)
        return types_in_both(old.types or None, new.types or None) != frozenset()

    def _properties(self, old: SchemaView, new: SchemaView, location: Location) -> Iterator[Step]:
        """Compare the properties, named and additional."""
        yield from compare_properties(old, new, location, self._common)
        pair = keyword(old, new, "additionalProperties")
        was, is_now = (_openness(side) for side in (old, new))
        if pair.old and pair.new and was == is_now == 1:
            yield pair.old, pair.new, location.below("*")
        elif was > is_now:
            message = "allows fewer additional properties"
            location.add_change("additional-properties-closed", pair, message)
        elif was < is_now:
            message = "allows more additional properties"
            location.add_change("additional-properties-opened", pair, message)

    def _items(self, old: SchemaView, new: SchemaView, location: Location) -> Iterator[Step]:
        pair = Pair(*(restricting(side, "items") for side in (old, new)))
        if pair.old and pair.new:
            yield pair.old, pair.new, location.below("[]")
        elif pair.new:
            location.add_change("items-added", pair, "has a schema for its items now")
        elif pair.old:
            location.add_change("items-removed", pair, "no longer has a schema for its items")


def _may_differ(old: SchemaView, new: SchemaView) -> bool:
    """Whether what two schemas say themselves may differ, besides what their parts say."""
    other_names = old.properties.keys() != new.properties.keys()
    by_pattern = other_names and "patternProperties" in old.keywords
    return by_pattern or _constraining(old) != _constraining(new)


def _constraining(side: SchemaView) -> tuple[object, ...]:
    """Return what a schema itself says about values, besides what its parts say."""
    words = {word: node.value for word, node in side.keywords.items() if word not in ANNOTATIONS}
    values = side.values and [node.value for node in side.values]
    return side.listed, values, side.required.keys(), side.never, words


def _at_the_reference(node: Node) -> Node:
    """Return what a schema leads to that is a reference and nothing else; else the schema."""
    is_bare = isinstance(node.value, dict) and node.value.keys() == {"$ref"}
    return (node.followed() if is_bare else None) or node


def _union_of(node: Node) -> Node:
    """Return the place of a schema's first union, or of the schema without one."""
    side = view(node)
    return side.unions[0].node if side.unions else side.node


def _implied_types(old: SchemaView, new: SchemaView, location: Location) -> None:
    """Report a type that other keywords imply, and that is listed now, or no longer."""
    was, is_now = (bool(side.listed or side.values or not side.types) for side in (old, new))
    if was != is_now:
        rule = f"{location.subject}-type-{'specialized' if is_now else 'generalized'}"
        message = f"has the type {_named(new)} as before, which is {'' if is_now else 'not '}listed"
        location.add(rule, _where_typed(old, new), f"{message} now", severity="info")


def _where_typed(old: SchemaView, new: SchemaView) -> Pair:
    written = keyword(old, new, "type")
    return written if any(written) else Pair(old.node, new.node)


def _covers(a: frozenset[str], b: frozenset[str]) -> bool:
    """Whether the types ``a`` allow every value of the types ``b``; an empty set allows any."""
    if not a or not b:
        return not a
    return all(kind in a or (kind == "integer" and "number" in a) for kind in b)


def _named(side: SchemaView) -> str:
    return " or ".join(sorted(side.types)) or "any"


def _openness(side: SchemaView) -> int:
    """Return 2 for any additional property, 1 for what a schema allows, 0 for none."""
    node = restricting(side, "additionalProperties")
    return 2 if node is None else 0 if view(node).never else 1
