"""Where a comparison stands, and what it has found there so far."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from wan_ergonomic._spec import Role
from wan_ergonomic.contract.document._node import Node, value_of

from ._findings import Finding, Severity, Side
from ._rules import KINDS

Direction = Literal["request", "response"]

# The same thing before and after; None where it is absent.
Change = tuple[Node | None, Node | None]

_NESTED = {
    "request-body": "request-property",
    "response-body": "response-property",
    "request-parameter": "request-parameter-property",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """What a comparison is looking at.

    Attributes:
        role: The operation.
        direction: Whether it is said by a sender or to a parser.
        kind: The first words of a finding's kind: ``request-property``, ``response-body``…
        place: As a finding's place.
        unseen: Whether nothing of it is ever sent in this direction (readOnly, writeOnly).
        both: Whether a change here concerns senders and parsers alike.
    """

    role: Role
    direction: Direction
    kind: str
    place: str
    unseen: bool = False
    both: bool = False

    def sides(self) -> tuple[Side, ...]:
        """Return whom a change here can break."""
        if self.both:
            return ("sender", "parser")
        return ("sender",) if self.direction == "request" else ("parser",)

    def at(self, place: str) -> Spot:
        """Return the spot of something that is not part of a body."""
        return replace(self, kind=place, place=place)

    def below(self, name: str, *, unseen: bool = False) -> Spot:
        """Return the spot of a property, or of the items, of what is here."""
        kind = _NESTED.get(self.kind, self.kind)
        return replace(self, kind=kind, place=f"{self.place}/{name}", unseen=self.unseen or unseen)


class Report:
    """Collects findings, each one once."""

    def __init__(self) -> None:
        self._found: dict[tuple[Any, ...], Finding] = {}

    def add(
        self,
        spot: Spot,
        kind: str,
        nodes: Change,
        message: str,
        *,
        severity: Severity | None = None,
        shown: tuple[Any, Any] | None = None,
    ) -> None:
        """Add what was found at a spot.

        Args:
            spot: Where.
            kind: One of ``KINDS``.
            nodes: The places in the old and in the new document, None where it is absent.
            message: What happened, as the end of a sentence about the spot.
            severity: How bad it is, where that differs from what the kind says.
            shown: Before and after, where they are not simply what is written there.
        """
        severity = severity or KINDS[kind]
        if spot.unseen and severity != "docs":
            severity = "info"
        finding = _finding(spot, kind, nodes, message, severity=severity, shown=shown)
        what = (kind, spot.role, spot.direction, finding.old_pointer, finding.new_pointer)
        # Several scopes, or several values, may have one place between them.
        self._found.setdefault((*what, message), finding)

    def add_here(self, spot: Spot, change: str, nodes: Change, message: str) -> None:
        """Add a change whose kind begins with what the spot is."""
        self.add(spot, f"{spot.kind}-{change}", nodes, message)

    def findings(self) -> list[Finding]:
        """Return all that was found, in the order in which it was."""
        return list(self._found.values())


def _finding(
    spot: Spot,
    kind: str,
    nodes: Change,
    message: str,
    *,
    severity: Severity,
    shown: tuple[Any, Any] | None,
) -> Finding:
    old, new = nodes
    before, after = shown or (value_of(old), value_of(new))
    return Finding(
        rule=kind,
        role=spot.role,
        severity=severity,
        sides=spot.sides() if severity in {"breaking", "warning"} else (),
        old_pointer=old.pointer if old else None,
        new_pointer=new.pointer if new else None,
        before=before,
        after=after,
        message=message,
        place=spot.place,
    )
