"""``openapi/CHANGELOG.md``: what the vendor changed, one entry for each regeneration.

Pure functions from findings to text; the caller reads and writes the file.
"""

from __future__ import annotations

from collections.abc import Sequence

from wan_ergonomic.contract.diff._findings import SEVERITIES, Finding, Severity

from ._markdown import breaks, change, code, headline, plain

HEADER = """\
# What the vendor changed

The published contract of the API, change by change, the newest first. Each
regeneration writes an entry: what changed, whom it breaks, and which names of
`wan_ergonomic` it touches.
"""

_HEADINGS: dict[Severity, str] = {
    "breaking": "Breaking",
    "warning": "May break",
    "info": "Harmless",
}


def record(changelog: str, findings: Sequence[Finding], *, date: str, url: str | None) -> str:
    """Return a changelog with an entry for what was found.

    Args:
        changelog: The text so far; empty for a new file.
        findings: What was found, worst first.
        date: When the new documents were read, as an ISO date.
        url: Where they are published, if that is known.
    """
    return insert(changelog, entry(findings, date=date, url=url))


def entry(findings: Sequence[Finding], *, date: str, url: str | None) -> str:
    """Return the entry for what was found, without the documents' texts."""
    meant = [finding for finding in findings if finding.severity != "docs"]
    said = headline(meant) if meant else "No change of meaning."
    parts = [f"## {date}\n", f"{said}{f' Published at <{url}>.' if url else ''}\n"]
    for severity in SEVERITIES:
        items = [_item(finding) for finding in meant if finding.severity == severity]
        if items:
            parts += [f"### {_HEADINGS[severity]}\n", *items, ""]
    described = len(findings) - len(meant)
    if described:
        parts += [f"Descriptions changed: {described}.\n"]
    return "\n".join(parts)


def insert(changelog: str, new: str) -> str:
    """Return a changelog with an entry on top, unless the newest one is the same already."""
    head, mark, older = changelog.partition("\n## ")
    entries = f"{mark}{older}".strip()
    if f"{entries}\n\n## ".startswith(f"{new.strip()}\n\n## "):
        return changelog
    parts = (head.strip() or HEADER.strip(), new.strip(), entries)
    return "\n\n".join(filter(None, parts)) + "\n"


def _item(finding: Finding) -> str:
    broken = f", breaks the {breaks(finding)}" if finding.sides else ""
    touches = f", touches {', '.join(map(code, finding.impact))}" if finding.impact else ""
    said = ": ".join(filter(None, (plain(finding.message), code(change(finding)))))
    return f"- {said} ({code(finding.rule)}{broken}{touches})"
