"""Judges whether one schema accepts all that another one accepts, where keywords cannot tell.

A proof or an example decides; without either, it cannot be told.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, NamedTuple

from wan_ergonomic.contract.document._node import Node, Tree
from wan_ergonomic.contract.document._schema import view
from wan_ergonomic.contract.document._values._accepts import Reading, accepts
from wan_ergonomic.contract.document._values._containment import Containment, not_more_exclusive
from wan_ergonomic.contract.document._values._effort import Effort
from wan_ergonomic.contract.document._values._samples import Samples, hints_in, names_in

from .._context import Direction
from .._unchanged import Common, is_identical

# Unions with more variants are compared variant by variant only, because judging takes too long.
_MOST_VARIANTS = 20
_UNSENT = {"request": "readOnly", "response": "writeOnly"}


_SHOWN_LENGTH = 200


class Judgement(NamedTuple):
    """Whether one schema accepts all that another one accepts.

    Attributes:
        holds: Whether it does; None if it cannot be told.
        example: If it does not, values that only the other one accepts; at most one is listed.
    """

    holds: bool | None
    example: tuple[Any, ...] = ()

    def says(self, direction: Direction) -> str:
        """Return what was judged, as the end of a sentence about the place."""
        sends = direction == "request"
        if self.holds:
            return "accepts more values now" if sends else "has fewer possible values now"
        if self.holds is None:
            less = "accepts fewer values" if sends else "has more possible values"
            return f"may be a change: whether it {less} now cannot be decided"
        says = "no longer accepts all values" if sends else "has more possible values now"
        shown = (json.dumps(value)[:_SHOWN_LENGTH] for value in self.example)
        return says + "".join(f", such as {text}" for text in shown)


def is_too_wide(*nodes: Node | None) -> bool:
    """Whether one of some schemas has a union with too many variants to be judged."""
    unions = (union for node in nodes if node for union in view(node).unions)
    many = (union.branches for union in unions if len(union.branches) > _MOST_VARIANTS)
    return any(
        sum(view(branch).values is None for branch in branches) > _MOST_VARIANTS
        for branches in many
    )


class Judge:
    """Judges schemas of one pair of documents.

    As values are sent in practice, properties without a type imply an object, and read-only
    properties are not sent in a request.
    """

    def __init__(self, common: Common) -> None:
        self._common = common
        self._effort = Effort()
        self._proofs: dict[Reading, Containment] = {}

    def equal(self, a: Node, b: Node) -> bool:
        """Whether it is proved that two schemas accept the same, by JSON Schema alone."""
        return self._proves(Reading(), a, b) and self._proves(Reading(), b, a)

    def says_the_same(self, word: str, a: Node, b: Node) -> bool:
        """Whether it is proved that a keyword constrains alike in two schemas."""
        return self._containment(Reading()).says_the_same(word, a, b)

    def accepts_nothing(self, node: Node) -> bool:
        """Whether it is proved that a schema accepts no value."""
        return self._proves(Reading(), node, Node(value=False, pointer="", tree=Tree({})))

    def contained(
        self, inner: Node, outer: Node, direction: Direction, *, described: bool = False
    ) -> Judgement:
        """Judge whether ``outer`` accepts all that ``inner`` accepts.

        With ``described``, properties that ``inner`` describes nowhere are not sent.
        """
        if self._proves(Reading(), inner, outer):
            return Judgement(holds=True)
        reading = Reading(exact=False, described=described, unsent=_UNSENT[direction])
        sides = view(inner), view(outer)
        names = sorted(names_in(*sides[: 1 if described else 2]))
        target = sides[1]
        if direction == "response":
            # A value that matched two variants was possible before.
            unions = not_more_exclusive(target.unions, sides[0].unions)
            target = replace(target, unions=unions)
        values = Samples(reading, self._effort, hints_in(inner, outer), names).of(sides[0])
        for value in values:
            if accepts(target, value, reading) is False:
                return Judgement(holds=False, example=(value,))
        if self._proves(reading, inner, outer):
            return Judgement(holds=True)
        # No value is known of a schema whose pattern is not understood, but there are some.
        apart = not values and self._containment(reading).disjoint(*sides)
        return Judgement(holds=False if apart else None)

    def _containment(self, reading: Reading) -> Containment:
        found = self._proofs.setdefault(reading, Containment(reading, self._are_same, self._effort))
        found.start()
        return found

    def _proves(self, reading: Reading, inner: Node, outer: Node) -> bool:
        return self._containment(reading).proves(inner, outer)

    def _are_same(self, a: Node, b: Node) -> bool:
        if a.tree is b.tree:
            return is_identical(a.value, b.value)
        return self._common.has(a, b) or self._common.besides_texts.has(a, b)
