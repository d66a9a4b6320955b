"""Applies what a project accepts to a comparison.

Accepted findings are set apart, not dropped. An acceptance that has ended, or that no
finding needs any more, is reported.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from wan_ergonomic.contract.diff._finding import Finding, Severity, sides_at, worst_first

from ._comparison import Applied, Comparison
from ._policy import Acceptance, Policy


def accept(
    comparison: Comparison, policy: Policy | None, today: date, *, is_complete: bool = True
) -> Comparison:
    """Return a comparison in which the accepted findings are set apart.

    Args:
        comparison: The comparison.
        policy: What the project accepts; None for nothing.
        today: The day on which an acceptance has to hold.
        is_complete: Whether every source could be read. If not, a finding may be missing
            for that reason, and no acceptance is called unneeded.
    """
    if policy is None:
        return comparison
    findings = [_with_severity(each, policy.severities) for each in comparison.findings]
    left, accepted = findings, []
    for one in policy.accepted:
        if one.until >= today and (found := _covered(one, left)):
            accepted.append((one, tuple(found)))
            left = [finding for finding in left if not one.covers(finding)]
    # Others are about operations that this comparison is not about.
    compared = {pair.role for pair in comparison.operations}
    may_go = [one for one in policy.accepted if one.role in compared]
    is_certain = is_complete and not comparison.doubt
    applied = Applied(
        file=policy.file,
        accepted=tuple(accepted),
        expired=tuple(o for o in policy.accepted if o.until < today and _covered(o, left)),
        unneeded=tuple(o for o in may_go if is_certain and not _covered(o, findings)),
        severities=_replaced(comparison.findings, policy.severities),
    )
    return replace(comparison, findings=tuple(worst_first(left)), applied=applied)


def _covered(one: Acceptance, findings: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in findings if one.covers(finding)]


def _replaced(
    findings: Sequence[Finding], severities: Mapping[str, Severity]
) -> dict[str, Severity]:
    """Return the severities that replace another one."""
    return {
        each.rule: severities[each.rule]
        for each in findings
        if severities.get(each.rule, each.severity) != each.severity
    }


def _with_severity(finding: Finding, severities: Mapping[str, Severity]) -> Finding:
    severity = severities.get(finding.rule, finding.severity)
    if severity == finding.severity:
        return finding
    breaks = severity in {"breaking", "warning"}
    sides = (finding.sides or sides_at(finding.place)) if breaks else ()
    return replace(finding, severity=severity, sides=sides)
