"""Compares unions: their variants are matched by what they are, and judged by what they accept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest

from wan_ergonomic.contract.document._equality import as_json, without_documentation
from wan_ergonomic.contract.document._node import Node, all_of
from wan_ergonomic.contract.document._schema import view
from wan_ergonomic.contract.document._view import SchemaView, Union

from .._context import Location, Pair
from .._finding import Severity
from .._matching import Branches, are_of_different_models
from ._judge import Judge, is_too_wide

# Two schemas to compare, and their location.
Step = tuple[Node, Node, Location]

_NAMES = {"oneOf": "one-of", "anyOf": "any-of"}


def compare_unions(old: Node, new: Node, location: Location, judge: Judge) -> Iterator[Step]:
    """Report the variants that were added and removed; yield those on both sides."""
    for before, after in _pairs(view(old), view(new)):
        if before and after:
            yield from _Variants(Pair(old, new), before, after, location, judge).compare()
        elif after:
            pair, message = Pair(None, after.node), f"must match its {after.keyword} as well now"
            location.add_change(f"wrapped-in-{_NAMES[after.keyword]}", pair, message)
        else:
            assert before
            pair, message = Pair(before.node, None), f"no longer has to match its {before.keyword}"
            location.add_change(f"unwrapped-from-{_NAMES[before.keyword]}", pair, message)


def is_for_other_models(one: Node, other: Node) -> bool:
    """Whether one schema is for one model, and the other one has a variant for another model."""
    for side, union in ((view(one), view(other)), (view(other), view(one))):
        if not side.unions and any(are_of_different_models(side, view(b)) for b in union.branches):
            return True
    return False


def _pairs(old: SchemaView, new: SchemaView) -> Iterator[tuple[Union | None, Union | None]]:
    """Yield the unions of two schemas that belong together, those with the same text first."""
    before, after = old.unions or _as_union(old, new), new.unions or _as_union(new, old)
    waiting = {_text(union): union for union in after}
    equal = [(union, waiting.pop(_text(union))) for union in before if _text(union) in waiting]
    yield from equal
    taken = [id(union) for pair in equal for union in pair]
    yield from zip_longest(
        *([union for union in side if id(union) not in taken] for side in (before, after))
    )


def _text(union: Union) -> str:
    return as_json([union.keyword, without_documentation(union.node.value)])


def _as_union(side: SchemaView, other: SchemaView) -> list[Union]:
    """Return a schema as the only variant, if all of the other schema is one union."""
    alone = other.is_mere_union() and len(other.unions) == 1
    return [Union("", side.node, [side.node])] if alone and (side.types or side.keywords) else []


class _Variants:
    """Compares two unions.

    Args:
        wholes: The schemas that have the unions.
        old: The old union.
        new: The new one.
        location: Where they are.
        judge: Judges what only one of them has.
    """

    def __init__(
        self, wholes: Pair, old: Union, new: Union, location: Location, judge: Judge
    ) -> None:
        self._wholes = wholes
        self._old = old
        self._new = new
        self._location = location
        self._judge = judge
        self._keyword = new.keyword or old.keyword
        # One side may be a single schema.
        self._single = not (old.keyword and new.keyword)

    def compare(self) -> Iterator[Step]:
        branches = Branches(self._old.branches, self._new.branches)
        self._compare_keywords()
        there = replace(self._location, beside=self._single)
        yield from ((a, b, there) for a, b in branches.pairs)
        for node in branches.removed:
            self._report("removed", Pair(node, None))
        for node in branches.added:
            self._report("added", Pair(None, node))

    def _compare_keywords(self) -> None:
        """Report another keyword of a union that is too wide to be judged."""
        was, is_now = self._old.keyword, self._new.keyword
        if self._single or was == is_now or not is_too_wide(*self._wholes):
            return
        narrowed = (is_now == "oneOf") == (self._location.direction == "request")
        message = f"has {is_now} instead of {was}, with too many variants to tell what that changes"
        self._location.add(
            f"{self._location.subject}-values-undecided",
            Pair(self._old.node, self._new.node),
            message,
            severity="warning" if narrowed else "info",
        )

    def _report(self, change: str, pair: Pair) -> None:
        """Report a variant without a counterpart, unless the other schema accepts its values."""
        old, new = self._wholes
        node = pair.old or pair.new
        whole, other, facing = (old, new, self._new) if pair.old else (new, old, self._old)
        if node is None or whole is None or other is None or self._is_for_another(node, facing):
            return
        location = self._location
        severity: Severity | None = None
        harmful = location.direction == ("request" if pair.old else "response")
        if (harmful or self._single) and not is_too_wide(old, new):
            verdict = self._judge.contained(all_of(whole, node), other, location.direction)
            if verdict.holds and self._single:
                return
            if harmful and verdict.holds is not False:
                severity = "info" if verdict.holds else "warning"
        says = "no longer has one of the schemas" if pair.old else "has a new schema"
        message = f"{says} in its {self._keyword}"
        if severity == "warning":
            message += "; whether the others accept its values cannot be decided"
        rule = f"{location.subject}-{_NAMES[self._keyword]}-{change}"
        location.add(rule, pair, message, severity=severity)

    def _is_for_another(self, node: Node, facing: Union) -> bool:
        """Whether a variant is for another model than the single schema of the other side.

        One document may have a schema for each model, and the other only that of one model.
        """
        return not facing.keyword and are_of_different_models(view(node), view(facing.branches[0]))
