"""The state of a comparison: its location, the two nodes there, and the findings so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

from wan_ergonomic._json import unescape
from wan_ergonomic.contract.document._equality import same
from wan_ergonomic.contract.document._node import Node, value_of
from wan_ergonomic.contract.document._view import SchemaView

from ._finding import SEVERITIES, Finding, Severity, Side
from ._places import Found, Names, Places, SchemaPair
from ._rules import OF_ANNOTATIONS, OF_VALUES, RULES

Direction = Literal["request", "response"]
Form = Literal["", "xml", "multipart"]
Change = Literal["added", "changed", "removed"]

_NESTED = {
    "request-body": "request-property",
    "response-body": "response-property",
    "request-parameter": "request-parameter-property",
}


class Pair(NamedTuple):
    """The same thing in the old and in the new document; None where it is absent."""

    old: Node | None
    new: Node | None

    def get(self, *keys: str) -> Pair:
        """Return what is under the keys on both sides."""
        old, new = (node.get(*keys) if node else None for node in self)
        return Pair(old, new)

    def values(self) -> tuple[Any, Any]:
        """Return what is written on both sides; None where it is absent."""
        return value_of(self.old), value_of(self.new)

    def flags(self) -> tuple[bool, bool]:
        """Whether either side is true."""
        old, new = (value is True for value in self.values())
        return old, new

    def change(self, of: Callable[[Any], Any] = lambda value: value) -> Change | None:
        """Return what happened to a value, or to a part ``of`` it; None if that is the same."""
        if self.old and self.new:
            return None if same(of(self.old.value), of(self.new.value)) else "changed"
        return "added" if self.new else "removed" if self.old else None


def name_of(node: Node | None) -> str:
    """Return the key under which something is written."""
    return unescape(node.pointer.rpartition("/")[2]) if node else ""


def keyword(old: SchemaView, new: SchemaView, name: str) -> Pair:
    """Return a keyword of two schemas."""
    return Pair(old.keywords.get(name), new.keywords.get(name))


class Findings:
    """Collects the findings about one operation, each one once.

    Attributes:
        places: Where its schemas are used.
    """

    def __init__(self) -> None:
        self.places = Places()
        self._found: dict[tuple[object, ...], Found] = {}
        self._worst: dict[str, Severity] = {}

    def add(self, finding: Finding, direction: Direction, within: SchemaPair | None) -> None:
        """Add a finding, unless it was added before."""
        # A text of a shared component is one change, wherever that is used.
        place = None if finding.severity == "docs" else finding.place
        where = direction, place, finding.old_pointer, finding.new_pointer
        # Several scopes, or several values, can share one place.
        self._found.setdefault((finding.rule, *where, finding.message), (finding, within))
        if within is None or finding.rule in OF_ANNOTATIONS:
            return
        above = finding.place
        while above:
            known = self._worst.get(above, finding.severity)
            self._worst[above] = min(known, finding.severity, key=SEVERITIES.index)
            above = above.rpartition("/")[0]

    def worst_at(self, place: str) -> Severity | None:
        """Return the worst severity found in schemas at a place or below it, besides texts."""
        return self._worst.get(place)

    def all(self, names: Names) -> list[Finding]:
        """Return the findings, each in all its places, in the order in which they were added."""
        return list(self.places.spread([*self._found.values()], names))


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """The part of an operation that is compared; what changed there is added to the findings.

    Attributes:
        findings: All findings so far.
        role: The operation.
        direction: Whether the part is sent in requests or received in responses.
        subject: The first words of the rules for it: ``request-property``, ``response-body``…
        place: In the form of ``Finding.place``.
        hidden: Whether it is never sent in this direction (readOnly, writeOnly).
        both_sides: Whether a change can break senders and parsers alike.
        within: The schemas that are compared; None outside of schemas.
        judged: What was judged of a union here or around: whether it accepts the ``same``, or
            breaks nobody by what it accepts (``safe``).
        form: How it is written, if not in JSON.
        beside: Whether texts and defaults here were compared already, beside a union.
    """

    findings: Findings
    role: str
    direction: Direction
    subject: str
    place: str
    hidden: bool = False
    both_sides: bool = False
    within: SchemaPair | None = None
    judged: Literal["", "same", "safe"] = ""
    form: Form = ""
    beside: bool = False

    def _kind(self) -> tuple[object, ...]:
        """Return all on which it depends what is found in a schema here."""
        return self.subject, self.hidden, self.judged, self.form, self.beside

    def at(self, place: str) -> Location:
        """Return the location of something that is not part of a body."""
        return replace(self, subject=place, place=place)

    def inside(self, old: Node, new: Node) -> Location | None:
        """Return the location within two schemas; None if they have been compared before."""
        pair = SchemaPair(self._kind(), old.key, new.key, new.pointer)
        is_first = self.findings.places.enter(pair, self.within, self.place)
        return replace(self, within=pair) if is_first else None

    def below(self, name: str, *, hidden: bool = False) -> Location:
        """Return the location of a property, or of the items."""
        subject = _NESTED.get(self.subject, self.subject)
        place = f"{self.place}/{name}"
        hidden = self.hidden or hidden
        return replace(self, subject=subject, place=place, hidden=hidden, beside=False)

    def add(
        self,
        rule: str,
        pair: Pair,
        message: str,
        *,
        severity: Severity | None = None,
        shown: tuple[Any, Any] | None = None,
    ) -> None:
        """Add a finding.

        Args:
            rule: One of ``RULES``.
            pair: The places in the old and in the new document.
            message: What changed, as the end of a sentence about this location.
            severity: Replaces the rule's severity.
            shown: Replaces the values of the pair.
        """
        severity = severity or RULES[rule]
        about_values = rule in OF_VALUES
        if about_values and self.judged == "same":
            return
        if self.beside and rule in OF_ANNOTATIONS:
            return
        if (self.hidden and severity != "docs") or (about_values and self.judged == "safe"):
            severity = "info"
        before, after = shown or pair.values()
        finding = Finding(
            rule=rule,
            role=self.role,
            severity=severity,
            sides=self._sides(severity),
            old_pointer=pair.old and pair.old.pointer,
            new_pointer=pair.new and pair.new.pointer,
            before=before,
            after=after,
            message=message,
            place=self.place,
        )
        self.findings.add(finding, self.direction, self.within)

    def add_change(self, change: str, pair: Pair, message: str) -> None:
        """Add a finding of the rule that begins with the subject."""
        self.add(f"{self.subject}-{change}", pair, message)

    def _sides(self, severity: Severity) -> tuple[Side, ...]:
        """Return whom a change can break."""
        if severity not in {"breaking", "warning"}:
            return ()
        if self.both_sides:
            return ("sender", "parser")
        return ("sender",) if self.direction == "request" else ("parser",)
