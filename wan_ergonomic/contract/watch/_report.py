"""The reports of a watch: JSON, Markdown, GitHub annotations, and text. Pure functions.

They add to the report of a comparison: overlay actions that are no longer needed, the
obstacle, and sources that could not be read. If a source could not be read, no report
says that nothing changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wan_ergonomic.contract.overlay._overlay import Unneeded
from wan_ergonomic.contract.report._github import (
    annotation,
    comparison_as_annotations,
    failure_as_annotation,
)
from wan_ergonomic.contract.report._json import comparison_as_json, failure_as_json
from wan_ergonomic.contract.report._markdown import code, comparison_as_markdown, plain
from wan_ergonomic.contract.report._words import printable

from ._watch import WatchResult

INCOMPLETE = "The comparison is incomplete"
UNREAD = "Not read"
RETRIED = "Failed for the moment, and fetched again"
OBSTACLE = "The published documents cannot be used, even after correction"
LIVE = "The live document"
UNNEEDED = "Overlay actions that are no longer needed"

# Leaves room in a GitHub description for the sections after the findings.
_MARKDOWN_LIMIT = 45_000


def watch_as_json(result: WatchResult) -> dict[str, Any]:
    """Return the object of a comparison, with ``overlays``, ``obstacle`` and ``sources``."""
    report = comparison_as_json(result.comparison)
    if result.error and not result.findings:
        report = failure_as_json(result.error)
    overlays = [
        {"overlay": one.overlay, "target": one.target, "reason": one.reason, "why": one.why}
        for one in result.overlays
    ]
    sources = [source.as_json() for source in result.sources]
    live = result.live.as_json() if result.live else None
    more = {"overlays": overlays, "obstacle": result.obstacle, "sources": sources, "live": live}
    return {**report, **more}


def watch_as_markdown(result: WatchResult) -> str:
    """Return the description of an issue or a pull request."""
    parts = []
    if result.unread:
        unread = (f"- {s.status}: {code(s.source)}. {plain(str(s.error))}" for s in result.unread)
        parts += [f"**{INCOMPLETE}**", f"### {UNREAD}", "\n".join(unread)]
    if result.retries:
        parts += [f"### {RETRIED}", "\n".join(f"- {plain(one)}" for one in result.retries)]
    if result.findings or not result.unread:
        parts.append(comparison_as_markdown(result.comparison, _MARKDOWN_LIMIT).rstrip("\n"))
    if result.live and (said := [f"- {plain(one)}" for one in result.live.sentences()]):
        parts += [f"### {LIVE}", "\n".join(said)]
    if result.obstacle:
        parts += [f"### {OBSTACLE}", plain(result.obstacle)]
    if result.overlays:
        items = (
            f"- {code(one.overlay)}: {code(one.target)} {one.why}. {plain(_reason(one))}"
            for one in result.overlays
        )
        parts += [f"### {UNNEEDED}", "\n".join(items)]
    return "\n\n".join(parts) + "\n"


def watch_as_annotations(result: WatchResult) -> str:
    """Return workflow commands, which GitHub shows at the vendored files."""
    lines = [failure_as_annotation(str(source.error)) for source in result.unread]
    lines += [annotation("notice", one, title=RETRIED) for one in result.retries]
    if result.findings or not result.unread:
        files = {one.origin: f"{result.folder}/{one.origin}" for one in result.vendored}
        lines.append(comparison_as_annotations(result.comparison, result.vendored, files))
    if result.live:
        lines += [annotation("notice", one, title=LIVE) for one in result.live.sentences()]
    if result.obstacle:
        lines.append(failure_as_annotation(f"{OBSTACLE}: {result.obstacle}"))
    for one in result.overlays:
        text = f"{one.target} {one.why}. {_reason(one)}"
        lines.append(
            annotation("notice", text, file=f"openapi/overlays/{one.overlay}", title=UNNEEDED)
        )
    return "\n".join(lines)


def watch_as_lines(result: WatchResult, findings: str, *, verbose: bool) -> Iterator[str]:
    """Yield the lines of a report for people; ``findings`` is the text of the findings.

    If verbose, each overlay action is listed with its reason.
    """
    if result.unread:
        yield f"{INCOMPLETE}. {UNREAD}:"
        for source in result.unread:
            yield printable(f"  {source.status:<8} {source.source}")
    if result.retries:
        yield f"{RETRIED}:"
        yield from (printable(f"  {one}") for one in result.retries)
    if result.findings or not result.unread:
        yield findings
    if result.live and (said := list(result.live.sentences())):
        yield f"\n{LIVE}:"
        yield from (printable(f"  {one}") for one in said)
    if result.obstacle:
        yield f"\n{OBSTACLE}:"
        yield printable(f"  {result.obstacle}")
    if result.overlays:
        yield f"\n{UNNEEDED}:"
    for one in result.overlays:
        yield printable(f"  {one.overlay}: {one.target} {one.why}")
        if verbose:
            yield printable(f"    {_reason(one)}")


def _reason(one: Unneeded) -> str:
    return " ".join(f"The action's reason: {one.reason}".split())
