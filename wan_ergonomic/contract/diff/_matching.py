"""Recognises what was renamed, and which branch of a union became which.

A rename is believed when type and description say so; where nothing is
described, when the names or the shapes are alike.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher

from wan_ergonomic.contract.document._equality import mean_the_same, meaning, same, text, written
from wan_ergonomic.contract.document._node import Node
from wan_ergonomic.contract.document._schema import View, view

# How alike two descriptions, or two names, have to be.
_ALIKE = 0.8
_ALIKE_NAMES = 0.66
# Of so many pairs only those are looked at that are described in the same words.
_MANY = 200
# So many pairs are not looked at one by one: the same words then tell nothing of a property, and
# a variant is taken for what stands in its place.
_TOO_MANY = 10_000

Named = tuple[str, Node]
_Sides = tuple[list[Named], list[Named]]


def pair_properties(old: View, new: View) -> dict[str, str]:
    """Return the new name of each property that was renamed."""
    gone = [(name, node) for name, node in old.properties.items() if name not in new.properties]
    came = [(name, node) for name, node in new.properties.items() if name not in old.properties]
    many = len(gone) * len(came) > _MANY
    groups = _described_alike(gone, came) if many else [(gone, came)]
    scores = [
        (score, _ratio(a[0], b[0]), a[0], b[0])
        for lost, won in groups
        for a in lost
        for b in won
        if (score := likeness(a, b)) >= _ALIKE
    ]
    renamed: dict[str, str] = {}
    taken: set[str] = set()
    for _, _, a, b in sorted(scores, reverse=True):
        if a not in renamed and b not in taken:
            renamed[a] = b
            taken.add(b)
    return renamed


def likeness(old: Named, new: Named) -> float:
    """Return from 0 to 1 how much speaks for one named schema being the other, renamed."""
    before, after = view(old[1]), view(new[1])
    if before.types != after.types or not before.types:
        return 0.0
    said = text(before.words.get("description")), text(after.words.get("description"))
    if all(said):
        return _shared_words(*said)
    if _ratio(old[0].lower(), new[0].lower()) >= _ALIKE_NAMES:
        return _ALIKE
    return _ALIKE if _is_telling(before) and mean_the_same(before, after) else 0.0


def _described_alike(gone: list[Named], came: list[Named]) -> Iterator[_Sides]:
    """Yield those of one type and one description; of too many, these tell nothing."""
    groups: dict[object, _Sides] = {}
    for side, found in enumerate((gone, came)):
        for named in found:
            seen = view(named[1])
            if seen.types and (said := text(seen.words.get("description"))):
                groups.setdefault((seen.types, said), ([], []))[side].append(named)
    yield from (group for group in groups.values() if len(group[0]) * len(group[1]) <= _TOO_MANY)


def _shared_words(a: str, b: str) -> float:
    """Return from 0 to 1 how many words two texts share."""
    words = [set(said.lower().split()) for said in (a, b)]
    return 2 * len(words[0] & words[1]) / (len(words[0]) + len(words[1]))


def _is_telling(side: View) -> bool:
    """Whether a schema says more than a type that many have."""
    return bool(side.properties or "enum" in side.words or "pattern" in side.words)


def _ratio(a: str, b: str) -> float:
    return SequenceMatcher(None, a[:100], b[:100], autojunk=False).ratio()


class Branches:
    """Pairs the branches of two unions: each old one with the new one that it became."""

    def __init__(self, old: list[Node], new: list[Node]) -> None:
        self.lost, self.won = list(old), list(new)
        self.pairs: list[tuple[Node, Node]] = []
        # The surest first, so that only few are left to be weighed.
        self._take(_reference)
        self._take(lambda node: written(meaning(view(node).node.value)))
        if len(self.lost) * len(self.won) <= _TOO_MANY:
            self._weigh()
        else:
            self._pair(list(zip(self.lost, self.won, strict=False)))

    def _take(self, known_by: Callable[[Node], str | None]) -> None:
        """Pair those that are known by the same, the first ones first."""
        waiting: dict[str | None, deque[Node]] = {None: deque()}
        for node in self.won:
            if (key := known_by(node)) is not None:
                waiting.setdefault(key, deque()).append(node)
        found = ((node, waiting.get(known_by(node))) for node in self.lost)
        self._pair([(node, same.popleft()) for node, same in found if same])

    def _weigh(self) -> None:
        scores = [
            (score, -abs(i - j), -i, a, b)
            for i, a in enumerate(self.lost)
            for j, b in enumerate(self.won)
            if (score := _branch_likeness(view(a), view(b))) > 0
        ]
        for *_, a, b in sorted(scores, key=lambda scored: scored[:3], reverse=True):
            if a in self.lost and b in self.won:
                self._pair([(a, b)])

    def _pair(self, pairs: list[tuple[Node, Node]]) -> None:
        self.pairs += pairs
        gone = {id(node) for pair in pairs for node in pair}
        self.lost = [node for node in self.lost if id(node) not in gone]
        self.won = [node for node in self.won if id(node) not in gone]


def _reference(node: Node) -> str | None:
    """Return where a schema is that is only referred to; None for one in its place."""
    target = view(node).node
    return None if target is node else target.pointer


def _branch_likeness(old: View, new: View) -> float:
    if old.types != new.types or told_apart(old, new):
        return 0.0
    if old.value("title") is not None and old.value("title") == new.value("title"):
        return 2.0
    if old.types != {"object"}:
        return 0.5
    names = old.properties.keys() | new.properties.keys()
    share = len(old.properties.keys() & new.properties.keys()) / (len(names) or 1)
    return share if share >= 0.5 else 0.0


def told_apart(old: View, new: View) -> bool:
    """Whether a property with one value, as discriminators have it, says that they differ."""
    for name in old.properties.keys() & new.properties.keys():
        a, b = view(old.properties[name]).enum(), view(new.properties[name]).enum()
        if a and b and len(a) == len(b) == 1 and not same(a[0].value, b[0].value):
            return True
    return False
