"""What a comparison found, for a person: a table on a terminal, plain lines in a pipe.

A verdict first, then one row a finding. Rich draws, and is imported only when
somebody is looking.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from wan_ergonomic.cli._streams import is_terminal, printable
from wan_ergonomic.contract.diff._findings import Finding, verdict
from wan_ergonomic.contract.report._markdown import breaks, headline, statement, untold

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_STYLES: Mapping[str, str] = {
    "breaking": "bold red",
    "warning": "yellow",
    "info": "cyan",
    "docs": "dim",
    "none": "green",
}
_SAFE = "green"
# Below it, what is touched has no column of its own.
_WIDE = 100


def as_table(findings: Sequence[Finding], *, verbose: bool) -> str:
    """Return what standard output is to show, without a line break at its end."""
    shown = [finding for finding in findings if verbose or finding.severity != "docs"]
    if is_terminal(sys.stdout):
        return _drawn(findings, shown, verbose=verbose)
    lines = [headline(findings)]
    for finding in shown:
        lines += _plain(finding, verbose=verbose)
    return "\n".join(lines)


def _plain(finding: Finding, *, verbose: bool) -> list[str]:
    parts = (
        f"{finding.severity:<8}",
        f"{finding.role:<6}",
        ": ".join(filter(None, (statement(finding), untold(finding)))),
        f"breaks the {breaks(finding)}" if finding.sides else "",
        f"touches {', '.join(finding.impact)}" if finding.impact else "",
    )
    lines = [printable("  ".join(filter(None, parts)))]
    return lines + [f"          {line}" for line in _written(finding)] if verbose else lines


def _written(finding: Finding) -> list[str]:
    """Return the rule, and where it is written before and after."""
    sides = (
        ("old", finding.old_document, finding.old_pointer),
        ("new", finding.new_document, finding.new_pointer),
    )
    places = [
        f"{word} {document or ''}#{pointer}"
        for word, document, pointer in sides
        if pointer is not None
    ]
    return [printable(line) for line in (finding.rule, *places)]


def _drawn(findings: Sequence[Finding], shown: Sequence[Finding], *, verbose: bool) -> str:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    worst = verdict(findings)
    with console.capture() as capture:
        style = _STYLES[worst] if worst in {"breaking", "warning"} else _SAFE
        console.print(Text(headline(findings), f"bold {style}"))
        if shown:
            console.print()
            console.print(_table(shown, console, verbose=verbose))
        if len(shown) < len(findings) and shown:
            console.print(Text("--verbose shows reworded descriptions as well.", "dim"))
    return capture.get().rstrip("\n")


def _table(findings: Sequence[Finding], console: Console, *, verbose: bool) -> Table:
    from rich.table import Table
    from rich.text import Text

    wide = console.width >= _WIDE
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("severity", no_wrap=True)
    table.add_column("call", no_wrap=True)
    table.add_column("what changed", overflow="fold", ratio=1)
    table.add_column("breaks", no_wrap=True)
    if wide:
        table.add_column("touches", overflow="fold", max_width=36)
    for finding in findings:
        touched = _touched(finding, verbose=verbose)
        below = [untold(finding)]
        below += [f"touches {touched}"] if touched and not wide else []
        below += _written(finding) if verbose else []
        what = [(f"\n{printable(line)}", "dim") for line in filter(None, below)]
        cells = [
            Text(finding.severity, _STYLES[finding.severity]),
            Text(finding.role),
            Text.assemble(printable(statement(finding)), *what),
            Text("\n".join(finding.sides) or "nobody"),
        ]
        table.add_row(*cells, *([Text(touched or "none")] if wide else []))
    return table


def _touched(finding: Finding, *, verbose: bool) -> str:
    names = finding.impact if verbose else finding.impact[:1]
    more = len(finding.impact) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")
