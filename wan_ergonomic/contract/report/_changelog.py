"""``openapi/CHANGELOG.md``: one entry for each regeneration that changes the contract.

Pure functions; the caller reads and writes the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from wan_ergonomic.contract.changes._comparison import Comparison
from wan_ergonomic.contract.diff._finding import SEVERITIES, Severity

from ._compared import compared, proposed_step
from ._markdown import code, plain
from ._words import headline, phrase

HEADER = """\
# What the vendor changed

Each regeneration that changes the contract adds an entry, the newest first: what
changed, whom it breaks, and which names of `wan_ergonomic` it touches.
"""

_HEADINGS: Mapping[Severity, str] = {
    "breaking": "Breaking",
    "warning": "May break",
    "info": "Harmless",
}


def record(changelog: str, comparison: Comparison, *, date: str, url: str | None) -> str:
    """Return a changelog with an entry for a comparison on top, unless that is there already.

    Args:
        changelog: The text so far; empty for a new file.
        comparison: What was compared, and what changed.
        date: When the new documents were read, as an ISO date.
        url: Where they are published, if known.
    """
    new = _entry(comparison, date=date, url=url).strip()
    head, mark, older = changelog.partition("\n## ")
    entries = f"{mark}{older}".strip()
    if f"{entries}\n\n## ".startswith(f"{new}\n\n## "):
        return changelog
    parts = (head.strip() or HEADER.strip(), new, entries)
    return "\n\n".join(filter(None, parts)) + "\n"


def _entry(comparison: Comparison, *, date: str, url: str | None) -> str:
    """Return the entry for a comparison. Changed descriptions are only counted."""
    changes = tuple(each for each in comparison.findings if each.severity != "docs")
    meant = replace(comparison, findings=changes)
    summary = headline(meant) if changes or meant.doubt else "No change of meaning."
    published = f" Published at <{url}>." if url else ""
    parts = [f"## {date}\n", *(f"- {line}" for line in compared(comparison, code=code))]
    parts += [f"\n{plain(summary)}{published} {proposed_step(comparison)}\n"]
    for severity in SEVERITIES:
        items = [
            f"- {phrase(finding, plain=plain, code=code)}"
            for finding in changes
            if finding.severity == severity
        ]
        if items:
            parts += [f"### {_HEADINGS[severity]}\n", *items, ""]
    described = len(comparison.findings) - len(changes)
    if described:
        parts += [f"Descriptions changed: {described}.\n"]
    return "\n".join(parts)
