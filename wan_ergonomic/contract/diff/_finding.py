"""One finding of a comparison, as data; `_rules` names what can be found.

A finding says what changed, where in either document, how bad it is, whom it
breaks, and which names of this package it touches.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

Severity = Literal["breaking", "warning", "info", "docs"]
Side = Literal["sender", "parser"]
# The severity of the worst finding, or none.
Verdict = Literal["breaking", "warning", "info", "docs", "none"]

# The worst first.
SEVERITIES: tuple[Severity, ...] = get_args(Severity)

# A finding at one of these places applies to all operations, so it is reported once.
SHARED_PLACES = frozenset({"document", "security", "server"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One change of the contract.

    Attributes:
        rule: The stable name of the rule that found it; oasdiff's where it has one.
        role: The operation it is about: its role, or the id of an account operation.
        severity: How bad it is.
        sides: Whom it can break: senders of requests, parsers of responses, both or neither.
        old_pointer: JSON pointer (RFC 6901) into the old document, None where it is absent.
        new_pointer: The same, into the new document.
        before: The value in the old document.
        after: The value in the new document.
        message: What changed, as a sentence.
        impact: The names in this package that it touches.
        place: Where it is, whatever the documents' structure: ``request/seed``,
            ``parameter/query/generation_id``, ``response/200/video/url``, ``path``, ``server``,
            ``security``, ``operation`` or ``document``.
        old_document: The document of the old source that ``old_pointer`` is for.
        new_document: The same, for the new source.
    """

    rule: str
    role: str
    severity: Severity
    sides: tuple[Side, ...]
    old_pointer: str | None
    new_pointer: str | None
    before: Any
    after: Any
    message: str
    impact: tuple[str, ...] = ()
    place: str
    old_document: str | None = None
    new_document: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the finding in the form of ``findings.schema.json``."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {**values, "sides": list(self.sides), "impact": list(self.impact)}


def sides_at(place: str) -> tuple[Side, ...]:
    """Return whom a change at a place can break."""
    section = place.partition("/")[0]
    if section in {"request", "parameter"}:
        return ("sender",)
    return ("parser",) if section == "response" else ("sender", "parser")


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings in the order of their severities."""
    return sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))


def verdict(findings: Sequence[Finding]) -> Verdict:
    """Return the worst severity; ``none`` without findings."""
    found = {finding.severity for finding in findings}
    return next((severity for severity in SEVERITIES if severity in found), "none")
