"""Finds every place at which a change of a shared schema counts.

Two schemas are compared once, where they are first met. This module records where else they
are used, and repeats the findings for those places: each place has names of its own that a
change touches.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from ._finding import SEVERITIES, Finding

# The places listed for two schemas. More are listed only if they touch other names than these.
MOST_PLACES = 30
# Schemas that use each other in many ways can have millions of places. Of one operation, no more
# than this many are visited, and no more than this many findings are repeated.
_MOST_VISITS = 20_000
_MOST_REPEATED = 2_000

# Returns the names that a change at a place touches.
Names = Callable[[str], object]


class SchemaPair(NamedTuple):
    """Two schemas to compare; what is found about them depends on nothing else.

    Attributes:
        kind: What the findings about them depend on besides.
        old: What identifies the old schema.
        new: What identifies the new schema.
        pointer: The pointer to the new schema.
    """

    kind: tuple[object, ...]
    old: object
    new: object
    pointer: str


# A finding, and the two schemas that it is about; None if it is not about schemas.
Found = tuple[Finding, SchemaPair | None]
# Schemas, and their place within those that use them.
_Use = tuple[SchemaPair, str]


class Places:
    """Where the schemas of one operation are used."""

    def __init__(self) -> None:
        self._first: dict[SchemaPair, str] = {}
        self._uses: dict[SchemaPair | None, list[_Use]] = defaultdict(list)

    def enter(self, pair: SchemaPair, user: SchemaPair | None, place: str) -> bool:
        """Record that two schemas are used at a place; return whether it is their first one."""
        start = self._first[user] if user else ""
        self._uses[user].append((pair, place[len(start) :]))
        if pair in self._first:
            return False
        self._first[pair] = place
        return True

    def spread(self, found: Sequence[Found], names: Names) -> Iterator[Finding]:
        """Yield each finding at each of its places; changes of documentation at the first only."""
        changes = [(f, pair) for f, pair in found if pair and f.severity != "docs"]
        changes.sort(key=lambda change: SEVERITIES.index(change[0].severity))
        worst = self._worst(changes)
        walk = _Walk(names)
        walk.through(self._uses, worst)
        others = self._others(walk, Counter(pair for _, pair in changes))
        for finding, pair in found:
            yield finding
            if pair and finding.severity != "docs":
                within = finding.place[len(self._first[pair]) :]
                for place in others[pair]:
                    yield replace(finding, place=f"{place}{within}")
        yield from _not_listed(walk.left_out, worst, others)

    def _worst(self, changes: Sequence[tuple[Finding, SchemaPair]]) -> dict[SchemaPair, Finding]:
        """Return, for all schemas that lead to one of the findings, the first of these."""
        users: dict[SchemaPair, list[SchemaPair]] = defaultdict(list)
        for user, used in self._uses.items():
            for pair, _ in used:
                users[pair] += [user] if user else []
        worst: dict[SchemaPair, Finding] = {}
        for finding, about in changes:
            pending = [about]
            while pending:
                pair = pending.pop()
                if pair not in worst:
                    worst[pair] = finding
                    pending += users[pair]
        return worst

    def _others(
        self, walk: _Walk, findings: Mapping[SchemaPair, int]
    ) -> dict[SchemaPair, list[str]]:
        """Return the places other than the first of schemas with so many findings."""
        left, found = _MOST_REPEATED, {}
        for pair, count in findings.items():
            others = [place for place in walk.places[pair] if place != self._first[pair]]
            found[pair] = others[: left // count]
            left -= count * len(found[pair])
            walk.left_out[pair] += len(others) - len(found[pair])
        return found


class _Walk:
    """Lists the places of schemas, the shortest first.

    Attributes:
        places: The places of each two schemas.
        left_out: How many more each has.
    """

    def __init__(self, names: Names) -> None:
        self.places: dict[SchemaPair, list[str]] = defaultdict(list)
        self.left_out: dict[SchemaPair, int] = defaultdict(int)
        self._names = names
        self._touched: dict[SchemaPair, set[object]] = {}
        self._prefixes: dict[SchemaPair, tuple[str, ...]] = defaultdict(tuple)

    def through(
        self, uses: Mapping[SchemaPair | None, list[_Use]], wanted: Container[SchemaPair]
    ) -> None:
        """List the places of the wanted schemas."""
        pending: deque[tuple[SchemaPair | None, str]] = deque([(None, "")])
        visits = 0
        while pending:
            user, start = pending.popleft()
            for pair, within in uses.get(user, ()):
                if pair in wanted:
                    visits += 1
                    place = f"{start}{within}"
                    if visits > _MOST_VISITS:
                        self.left_out[pair] += 1
                    elif self._is_listed(pair, place):
                        pending.append((pair, place))

    def _is_listed(self, pair: SchemaPair, place: str) -> bool:
        """List a place, if it is to be listed."""
        # A schema that contains itself has no end of places.
        if f"{place}/".startswith(self._prefixes[pair]):
            return False
        if len(self.places[pair]) >= MOST_PLACES and not self._touches_more(pair, place):
            self.left_out[pair] += 1
            return False
        self.places[pair].append(place)
        self._prefixes[pair] += (f"{place}/",)
        return True

    def _touches_more(self, pair: SchemaPair, place: str) -> bool:
        """Whether a place touches names that no listed place of the schemas touches."""
        if pair not in self._touched:
            self._touched[pair] = {self._names(each) for each in self.places[pair]}
        before = len(self._touched[pair])
        self._touched[pair].add(self._names(place))
        return len(self._touched[pair]) > before


def _not_listed(
    left_out: Mapping[SchemaPair, int],
    worst: Mapping[SchemaPair, Finding],
    changed: Container[SchemaPair],
) -> Iterator[Finding]:
    """Yield how many places are not listed: of each changed schema, and of those that use one."""
    counts: dict[str, int] = defaultdict(int)
    examples: dict[str, Finding] = {}
    for pair, count in left_out.items():
        if count:
            schema = pair.pointer or "the whole document"
            what = f"use {schema}" if pair in changed else "use schemas with one of these changes"
            counts[what] += count
            examples.setdefault(what, worst[pair])
    for what, count in counts.items():
        message = f"changed in at least {count:,} more places, which {what} and are not listed"
        yield replace(examples[what], place="document", message=message)
