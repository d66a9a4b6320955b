"""Recognises renamed properties, and pairs the branches of two unions.

A property counts as renamed if type and description are alike; without
descriptions, if the names or the schemas are alike.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher

from wan_ergonomic.contract.document._equality import (
    as_json,
    differ_in_documentation_only,
    text,
    without_documentation,
)
from wan_ergonomic.contract.document._node import Node
from wan_ergonomic.contract.document._schema import view
from wan_ergonomic.contract.document._view import SchemaView
from wan_ergonomic.contract.source._identity import share

from ._context import keyword

# How alike two descriptions, or two names, have to be.
_ALIKE = 0.8
_ALIKE_NAMES = 0.66
# Of more pairs, only those with the same description are scored.
_MANY = 200
# More pairs are not scored: a description that so many share identifies nothing, and branches are
# paired by position.
_TOO_MANY = 10_000

Named = tuple[str, Node]
_Sides = tuple[list[Named], list[Named]]


def pair_properties(old: SchemaView, new: SchemaView) -> dict[str, str]:
    """Return the new name of each property that was renamed."""
    removed = [(name, node) for name, node in old.properties.items() if name not in new.properties]
    added = [(name, node) for name, node in new.properties.items() if name not in old.properties]
    many = len(removed) * len(added) > _MANY
    groups = _described_alike(removed, added) if many else [(removed, added)]
    scores = [
        (score, _ratio(a[0], b[0]), a[0], b[0])
        for old_side, new_side in groups
        for a in old_side
        for b in new_side
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
    """Return from 0 to 1 how likely one named schema is the other, renamed."""
    before, after = view(old[1]), view(new[1])
    if before.types != after.types or not before.types:
        return 0.0
    texts = [text(node) for node in keyword(before, after, "description")]
    if all(texts):
        return _shared_words(*texts)
    if _ratio(old[0].lower(), new[0].lower()) >= _ALIKE_NAMES:
        return _ALIKE
    return (
        _ALIKE
        if _is_specific(before)
        and differ_in_documentation_only(before.node.value, after.node.value)
        else 0.0
    )


def _described_alike(removed: list[Named], added: list[Named]) -> Iterator[_Sides]:
    """Yield the groups of one type and one description, unless they are too large."""
    groups: dict[object, _Sides] = {}
    for side, properties in enumerate((removed, added)):
        for named in properties:
            schema = view(named[1])
            if schema.types and (described := text(schema.keywords.get("description"))):
                groups.setdefault((schema.types, described), ([], []))[side].append(named)
    yield from (group for group in groups.values() if len(group[0]) * len(group[1]) <= _TOO_MANY)


def _shared_words(a: str, b: str) -> float:
    """Return from 0 to 1 how many words two texts share."""
    words = [set(one.lower().split()) for one in (a, b)]
    return 2 * len(words[0] & words[1]) / (len(words[0]) + len(words[1]))


def _is_specific(side: SchemaView) -> bool:
    """Whether a schema has more than a type that many schemas have."""
    return bool(side.properties or "enum" in side.keywords or "pattern" in side.keywords)


def _ratio(a: str, b: str) -> float:
    return SequenceMatcher(None, a[:100], b[:100], autojunk=False).ratio()


class Branches:
    """Pairs the branches of two unions: each old one with the new one that it became.

    Attributes:
        pairs: The branches that are on both sides.
        removed: The old branches without a new one.
        added: The new branches without an old one.
    """

    def __init__(self, old: list[Node], new: list[Node]) -> None:
        self.removed, self.added = list(old), list(new)
        self.pairs: list[tuple[Node, Node]] = []
        # The most certain matches first, so that few are left to be scored.
        self._take(_reference)
        self._take(lambda node: as_json(without_documentation(view(node).node.value)))
        if len(self.removed) * len(self.added) <= _TOO_MANY:
            self._score()
        else:
            self._pair(list(zip(self.removed, self.added, strict=False)))

    def _take(self, key_of: Callable[[Node], str | None]) -> None:
        """Pair branches with the same key, in order."""
        waiting: dict[str | None, deque[Node]] = {None: deque()}
        for node in self.added:
            if (key := key_of(node)) is not None:
                waiting.setdefault(key, deque()).append(node)
        found = ((node, waiting.get(key_of(node))) for node in self.removed)
        self._pair([(node, same.popleft()) for node, same in found if same])

    def _score(self) -> None:
        """Pair branches that are alike, the most alike first."""
        scores = [
            (score, -abs(i - j), -i, a, b)
            for i, a in enumerate(self.removed)
            for j, b in enumerate(self.added)
            if (score := _branch_likeness(view(a), view(b))) > 0
        ]
        for *_, a, b in sorted(scores, key=lambda scored: scored[:3], reverse=True):
            if a in self.removed and b in self.added:
                self._pair([(a, b)])

    def _pair(self, pairs: list[tuple[Node, Node]]) -> None:
        self.pairs += pairs
        paired = {id(node) for pair in pairs for node in pair}
        self.removed = [node for node in self.removed if id(node) not in paired]
        self.added = [node for node in self.added if id(node) not in paired]


def _reference(node: Node) -> str | None:
    """Return where a reference leads; None for a schema without a reference."""
    target = view(node).node
    return None if target is node else target.pointer


def _branch_likeness(old: SchemaView, new: SchemaView) -> float:
    if old.types != new.types or differ_in_a_constant(old, new):
        return 0.0
    if old.value("title") is not None and old.value("title") == new.value("title"):
        return 2.0
    if old.types != {"object"}:
        return 0.5
    shared = share(old.properties.keys(), new.properties.keys())
    return shared if shared >= 0.5 else 0.0


def are_of_different_models(one: SchemaView, other: SchemaView) -> bool:
    """Whether two schemas are for one model each, and not for the same one."""
    models = [_constant_of(side, "model") for side in (one, other)]
    return bool(models[0] and models[1]) and models[0] != models[1]


def differ_in_a_constant(old: SchemaView, new: SchemaView) -> bool:
    """Whether a property with one value, such as a discriminator's, differs."""
    for name in old.properties.keys() & new.properties.keys():
        a, b = _constant_of(old, name), _constant_of(new, name)
        if a and b and a != b:
            return True
    return False


def _constant_of(side: SchemaView, name: str) -> str | None:
    """Return the only value of a property as JSON; None if it may have others."""
    values = view(side.properties[name]).enum() if name in side.properties else None
    return as_json(values[0].value) if values and len(values) == 1 else None
