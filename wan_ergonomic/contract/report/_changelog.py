"""``openapi/CHANGELOG.md``: one entry for each regeneration that changes the contract.

Pure functions; the caller reads and writes the file.
"""

from __future__ import annotations

from collections.abc import Sequence

from wan_ergonomic.contract.diff._finding import SEVERITIES, Finding, Severity

from ._markdown import code, plain
from ._words import headline, phrase

HEADER = """\
# What the vendor changed

Each regeneration that changes the contract adds an entry, the newest first: what
changed, whom it breaks, and which names of `wan_ergonomic` it touches.
"""

_HEADINGS: dict[Severity, str] = {
    "breaking": "Breaking",
    "warning": "May break",
    "info": "Harmless",
}


def record(changelog: str, findings: Sequence[Finding], *, date: str, url: str | None) -> str:
    """Return a changelog with an entry for these findings on top, unless that is there already.

    Args:
        changelog: The text so far; empty for a new file.
        findings: The findings, worst first.
        date: When the new documents were read, as an ISO date.
        url: Where they are published, if known.
    """
    new = _entry(findings, date=date, url=url).strip()
    head, mark, older = changelog.partition("\n## ")
    entries = f"{mark}{older}".strip()
    if f"{entries}\n\n## ".startswith(f"{new}\n\n## "):
        return changelog
    parts = (head.strip() or HEADER.strip(), new, entries)
    return "\n\n".join(filter(None, parts)) + "\n"


def _entry(findings: Sequence[Finding], *, date: str, url: str | None) -> str:
    """Return the entry for these findings. Changed descriptions are only counted."""
    changes = [finding for finding in findings if finding.severity != "docs"]
    summary = headline(changes) if changes else "No change of meaning."
    parts = [f"## {date}\n", f"{summary}{f' Published at <{url}>.' if url else ''}\n"]
    for severity in SEVERITIES:
        items = [
            f"- {phrase(finding, plain=plain, code=code)}"
            for finding in changes
            if finding.severity == severity
        ]
        if items:
            parts += [f"### {_HEADINGS[severity]}\n", *items, ""]
    described = len(findings) - len(changes)
    if described:
        parts += [f"Descriptions changed: {described}.\n"]
    return "\n".join(parts)
