"""What a look at the published contract found, in JSON, Markdown and annotations.

Pure functions that add to the reports of a comparison what only a watch knows:
overlay actions that have had their day, and sources that could not be read.
Where one could not, nothing here says that there is no change.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from wan_ergonomic.contract.overlay._overlay import Unneeded
from wan_ergonomic.contract.report._github import as_annotations, failure
from wan_ergonomic.contract.report._markdown import as_json, as_markdown, code, plain, unreadable

from ._watch import Look, Watched

UNTOLD = "Could not tell what changed"
OBSTACLE = "What is published cannot be used even when corrected"
RETIRED = "Corrections that have had their day"
UNREAD = "Not read"

# The rest of what a description on GitHub has room for is for the sections after the findings.
_MARKDOWN_LIMIT = 45_000
_IN_CHECKOUT = "openapi/upstream"


def json_of(watched: Watched) -> dict[str, Any]:
    """Return the object of a comparison, with ``overlays``, ``obstacle`` and ``sources``."""
    report = as_json(watched.findings)
    if watched.unread and not watched.findings:
        report = unreadable(kind_of(watched.unread), reason_of(watched.unread))
    overlays = [
        {"overlay": one.overlay, "target": one.target, "reason": one.reason, "why": one.why}
        for one in watched.overlays
    ]
    sources = [look.as_json() for look in watched.sources]
    return {**report, "overlays": overlays, "obstacle": watched.obstacle, "sources": sources}


def kind_of(unread: tuple[Look, ...]) -> Literal["gone", "unclear"]:
    """Return ``gone`` if that is all that is wrong with the sources, else ``unclear``."""
    return "gone" if all(look.status == "gone" for look in unread) else "unclear"


def reason_of(unread: tuple[Look, ...]) -> str:
    """Return in one text why sources could not be read."""
    return " ".join(str(look.reason) for look in unread)


def markdown_of(watched: Watched) -> str:
    """Return what an issue or a pull request says."""
    parts = []
    if watched.unread:
        parts += [f"**{UNTOLD}**", f"### {UNREAD}", "\n".join(_unread_items(watched))]
    if watched.findings or not watched.unread:
        parts.append(as_markdown(watched.findings, _MARKDOWN_LIMIT).rstrip("\n"))
    if watched.obstacle:
        parts += [f"### {OBSTACLE}", plain(watched.obstacle)]
    if watched.overlays:
        parts += [f"### {RETIRED}", "\n".join(map(_overlay_item, watched.overlays))]
    return "\n\n".join(parts) + "\n"


def _unread_items(watched: Watched) -> Iterator[str]:
    for look in watched.unread:
        yield f"- {look.status}: {code(look.source)}. {plain(str(look.reason))}"


def _overlay_item(one: Unneeded) -> str:
    return f"- {code(one.overlay)} {one.why}: {code(one.target)}. It was there because: " + plain(
        one.reason
    )


def annotations_of(watched: Watched) -> str:
    """Return workflow commands that GitHub shows beside the vendored files."""
    lines = [failure(str(look.reason)) for look in watched.unread]
    if watched.findings or not watched.unread:
        files = {one.origin: f"{_IN_CHECKOUT}/{one.origin}" for one in watched.vendored}
        lines.append(as_annotations(watched.findings, watched.vendored, files))
    if watched.obstacle:
        lines.append(failure(f"{OBSTACLE}: {watched.obstacle}"))
    lines += map(_notice, watched.overlays)
    return "\n".join(lines)


def _notice(one: Unneeded) -> str:
    said = " ".join(f"{one.target} {one.why}. It was there because: {one.reason}".split())
    file = f"openapi/overlays/{one.overlay}"
    return f"::notice file={file},title={RETIRED}::{said.replace('%', '%25')}"
