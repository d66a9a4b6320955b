"""Whether one schema accepts all that another one accepts.

``True`` is proved. ``False`` only says that this module knows no proof.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from wan_ergonomic.contract.document._node import Node
from wan_ergonomic.contract.document._schema import both, says_nothing, view
from wan_ergonomic.contract.document._view import NULL, SchemaView, Union

from ._accepts import Reading, accepts
from ._disjoint import Disjoint
from ._effort import Effort
from ._keyword_rules import KeywordRules
from ._parts import finite, parts_of
from ._samples import choices

Same = Callable[[Node, Node], bool]

# More steps than these decide nothing.
_MAX_WORK = 500
# Schemas within schemas; deeper ones are not looked at.
_MAX_LEVELS = 30


class Containment:
    """Proves that one schema accepts all that another one accepts; remembers what it proved.

    Args:
        reading: How the schemas are read.
        same: Whether two places, and all that they reference, are the same.
        effort: What may be tried.
    """

    def __init__(self, reading: Reading, same: Same, effort: Effort) -> None:
        self._reading = reading
        self._effort = effort
        self.is_same = same
        self._rules = KeywordRules(reading, self)
        self._disjoint = Disjoint(reading, effort)
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
        self._disjoint.start()
        self._work = 0
        self._is_cut = False

    def proves(self, inner: Node, outer: Node) -> bool:
        """Whether it is proved that ``outer`` accepts all that ``inner`` accepts."""
        if inner.tree is outer.tree and inner.key == outer.key:
            return True
        pair = (id(inner.tree), inner.key, id(outer.tree), outer.key)
        if pair in self._proved or pair in self._refuted:
            return pair in self._proved
        if self.is_same(inner, outer):
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
        if self._work > _MAX_WORK or self._depth > _MAX_LEVELS or not self._effort.spend():
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

    def below(self, inner: Node, outer: Node) -> bool:
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
        if not rest.unions and self._rules.allows(inner, rest):
            return True
        if not inner.unions:
            exclusive = self._reading.one_of(outer)
            return self._rules.allows(inner, rest) and all(
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
        if says_nothing(beside) or not self._effort.spend():
            return False
        return self.within(both(view(branch), beside), view(other))

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
                    or all(self._disjoint.proves(inner, each) for each in others)
                )
        return False

    def disjoint(self, one: SchemaView, other: SchemaView) -> bool:
        """Whether it is proved that no value matches both schemas."""
        return self._disjoint.proves(one, other)

    def says_the_same(self, word: str, one: Node, other: Node) -> bool:
        """Whether it is proved that a keyword constrains alike in two schemas."""
        return self._rules.says_the_same(word, one, other)


def _step(inner: SchemaView, outer: SchemaView) -> tuple[object, ...]:
    """Return what identifies a question."""
    return id(inner), id(outer.node.tree), outer.node.key, len(outer.unions)


def not_more_exclusive(unions: list[Union], known: list[Union]) -> list[Union]:
    """Return unions without the rule that one branch only may match, if it held before.

    Published variants often overlap, and are meant as alternatives.
    """
    if not any(union.keyword == "oneOf" for union in known):
        return unions
    return [replace(union, keyword="anyOf") for union in unions]
