"""The result of a comparison: what was compared, what was not, and what changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from wan_ergonomic.contract.diff._finding import Finding, Severity, Verdict, verdict
from wan_ergonomic.contract.source._pairs import OperationPair
from wan_ergonomic.contract.source._roles import Operation

from ._policy import Acceptance
from ._version import Step, version_step

# Whether a part differs as a whole; whether a reference could not be read, or a file was read
# once for both sides; or whether an operation is not published in the new source.
State = Literal["same", "changed", "unread", "shared", "unpublished"]
Side = Literal["old", "new"]
_MOST_LISTED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class NotCompared:
    """A part of an operation that a comparison did not look into.

    Attributes:
        role: The operation.
        place: Where it is, as in ``Finding.place``.
        what: What it is: ``callbacks``, ``links``…, a reference, a file, or an operation.
        state: ``same`` or ``changed`` for a part that was compared as a whole only, ``unread`` for
            a reference that could not be read, ``shared`` for a file that both sides include,
            ``unpublished`` for an operation that the new source does not document.
        sides: The sides that have it.
    """

    role: str
    place: str
    what: str
    state: State
    sides: tuple[Side, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it as an object for the JSON report."""
        return {
            "role": self.role,
            "place": self.place,
            "what": self.what,
            "state": self.state,
            "sides": list(self.sides),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What a project's file of accepted findings did.

    Attributes:
        file: The file.
        accepted: Each acceptance that holds, and the findings that it covers.
        expired: The acceptances of findings that occur after their last day.
        unneeded: The acceptances of findings that do not occur any more.
        severities: The rules of findings whose severity was replaced, and the new severities.
    """

    file: str
    accepted: tuple[tuple[Acceptance, tuple[Finding, ...]], ...] = ()
    expired: tuple[Acceptance, ...] = ()
    unneeded: tuple[Acceptance, ...] = ()
    severities: Mapping[str, Severity] = field(default_factory=dict)

    def findings(self) -> list[Finding]:
        """Return the accepted findings."""
        return [finding for _, found in self.accepted for finding in found]

    def as_json(self) -> dict[str, Any]:
        """Return it as an object for the JSON report."""
        return {
            "file": self.file,
            "accepted": [
                {**one.as_json(), "findings": [finding.as_json() for finding in found]}
                for one, found in self.accepted
            ],
            "expired": [one.as_json() for one in self.expired],
            "unneeded": [one.as_json() for one in self.unneeded],
            "severities": dict(self.severities),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What a comparison found.

    Attributes:
        operations: The operations that were compared; none if there was nothing to compare with.
        findings: What changed, the worst first, without what is accepted.
        not_compared: What the comparison did not look into.
        applied: What the file of accepted findings did; None without one.
    """

    operations: tuple[OperationPair, ...]
    findings: tuple[Finding, ...] = ()
    not_compared: tuple[NotCompared, ...] = ()
    applied: Applied | None = None

    @property
    def verdict(self) -> Verdict | Literal["unclear"]:
        """The worst severity, or ``unclear`` if what was not read may be worse."""
        worst = verdict(self.findings)
        return "unclear" if self.doubt and worst != "breaking" else worst

    @property
    def doubt(self) -> str | None:
        """Why "no change" cannot be said, as sentences; None if it can."""
        if not self.operations:
            return "Nothing was compared."
        sentences = [_undecided(pair) for pair in self.operations if pair.is_undecided()]
        for role in dict.fromkeys(one.role for one in self.not_compared):
            sentences += _doubts(role, [one for one in self.not_compared if one.role == role])
        sentences += _unpublished(self.not_compared)
        return " ".join(sentences) or None

    @property
    def version_step(self) -> Step | None:
        """The proposed step of the version; None if it cannot be told."""
        accepted = self.applied.findings() if self.applied else ()
        return None if self.verdict == "unclear" else version_step([*self.findings, *accepted])

    def compared_as_json(self) -> list[dict[str, Any]]:
        """Return the operations that were compared as objects for the JSON report."""
        return [
            {
                "role": pair.role,
                "old": _as_json(pair.old),
                "new": _as_json(pair.new),
                "others": list(pair.others),
            }
            for pair in self.operations
        ]


def _doubts(role: str, left: Sequence[NotCompared]) -> Iterator[str]:
    """Yield why it cannot be said that an operation is unchanged."""
    unread = [one for one in left if one.state == "unread"]
    if {side for one in unread for side in one.sides} == {"old", "new"}:
        yield (
            f"{role}: {_quoted(unread)} could not be read on either side. Give sources that "
            "contain what they refer to."
        )
    if shared := [one for one in left if one.state == "shared"]:
        yield (
            f"{role}: both sides include {_quoted(shared)}, so a change there cannot be seen. "
            "Give each side a copy of its own."
        )


def _unpublished(left: Sequence[NotCompared]) -> Iterator[str]:
    """Yield which operations are not in the sources. They need not be gone."""
    if absent := [one.what for one in left if one.state == "unpublished"]:
        yield (
            f"Not published there: {listed(absent)}. If another source documents what is missing, "
            "name that source, too."
        )


def _quoted(left: Sequence[NotCompared]) -> str:
    return listed([repr(one.what) for one in left])


def listed(texts: Sequence[str], separator: str = ", ") -> str:
    """Return some texts as a list; of very many, the first ones and the number of the others."""
    more = len(texts) - _MOST_LISTED
    return separator.join([*texts[:_MOST_LISTED], *([f"and {more} more"] if more > 0 else [])])


def _undecided(pair: OperationPair) -> str:
    return (
        f"{pair.role}: no operation is ours for certain; these resemble it: "
        f'{listed(pair.others)}. Name the right one: --{pair.role} "{pair.others[0]}".'
    )


def _as_json(operation: Operation | None) -> dict[str, Any] | None:
    if operation is None:
        return None
    return {
        "method": operation.method.upper(),
        "path": operation.path,
        "document": operation.document.origin,
        "found_by": operation.found,
    }
