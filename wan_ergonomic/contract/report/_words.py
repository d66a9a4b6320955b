"""What a regeneration tells a person: what changed, and which lines to look at. Pure functions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wan_ergonomic.contract.diff._findings import Finding
from wan_ergonomic.contract.impact import lines

from ._markdown import change, headline, statement


def findings_in_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield the verdict, then a line for each finding, the worst first."""
    yield headline(findings)
    for finding in findings:
        said = ": ".join(filter(None, (statement(finding), change(finding))))
        touches = f" (touches {', '.join(finding.impact)})" if finding.impact else ""
        yield f"  {finding.severity:8} {finding.role:6} {said}{touches}"


def lines_to_look_at(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield where each name is defined that a change touches; nothing where none is."""
    names = {name for finding in findings if finding.severity != "docs" for name in finding.impact}
    found = lines(sorted(names))
    if found:
        yield "Lines to look at:"
    for line in found:
        yield f"  {line.file}:{line.line}: {line.name}"
