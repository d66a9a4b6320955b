"""Findings for people: a table on a terminal, plain lines in a pipe.

Rich draws the table. It is imported only for a terminal.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from wan_ergonomic.cli._streams import is_terminal, printable
from wan_ergonomic.contract import (
    Comparison,
    Finding,
    accepted,
    compared,
    findings_as_lines,
    headline,
    proposed_step,
    statement,
    unsaid_change,
)

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_STYLES: Mapping[str, str] = {
    "unclear": "yellow",
    "breaking": "bold red",
    "warning": "yellow",
    "info": "cyan",
    "docs": "dim",
    "none": "green",
}
_SAFE = "green"
# On narrower terminals, the names have no column of their own.
_WIDE = 100


def as_table(comparison: Comparison, *, verbose: bool) -> str:
    """Return a comparison as text for standard output, without a newline at the end."""
    shown = [each for each in comparison.findings if verbose or each.severity != "docs"]
    if is_terminal(sys.stdout):
        return _draw(comparison, shown, verbose=verbose)
    lines = [*compared(comparison), headline(comparison), proposed_step(comparison)]
    for finding, line in zip(shown, findings_as_lines(shown), strict=True):
        lines.append(line)
        lines += [f"          {detail}" for detail in _details(finding) if verbose]
    return "\n".join(printable(line) for line in (*lines, *accepted(comparison)))


def _details(finding: Finding) -> list[str]:
    """Return the rule, and the pointers into both documents."""
    sides = (
        ("old", finding.old_document, finding.old_pointer),
        ("new", finding.new_document, finding.new_pointer),
    )
    places = [
        f"{side} {document or ''}#{pointer}"
        for side, document, pointer in sides
        if pointer is not None
    ]
    return [printable(line) for line in (finding.rule, *places)]


def _draw(comparison: Comparison, shown: Sequence[Finding], *, verbose: bool) -> str:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    with console.capture() as capture:
        _print(console, compared(comparison), "dim")
        console.print(Text(printable(headline(comparison)), f"bold {_style(comparison)}"))
        _print(console, [proposed_step(comparison)])
        if shown:
            console.print()
            console.print(_table(shown, console, verbose=verbose))
        if len(shown) < len(comparison.findings) and shown:
            console.print(Text("--verbose shows reworded descriptions too.", "dim"))
        _print(console, accepted(comparison))
    return capture.get().rstrip("\n")


def _print(console: Console, lines: Iterable[str], style: str = "") -> None:
    from rich.text import Text

    for line in lines:
        console.print(Text(printable(line), style))


def _style(comparison: Comparison) -> str:
    worst = comparison.verdict
    return _STYLES[worst] if worst in {"unclear", "breaking", "warning"} else _SAFE


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
        names = _names(finding, verbose=verbose)
        below = [unsaid_change(finding)]
        below += [f"touches {names}"] if names and not wide else []
        below += _details(finding) if verbose else []
        what = [(f"\n{printable(line)}", "dim") for line in filter(None, below)]
        cells = [
            Text(finding.severity, _STYLES[finding.severity]),
            Text(finding.role),
            Text.assemble(printable(statement(finding)), *what),
            Text("\n".join(finding.sides) or "nobody"),
        ]
        table.add_row(*cells, *([Text(names or "none")] if wide else []))
    return table


def _names(finding: Finding, *, verbose: bool) -> str:
    names = finding.impact if verbose else finding.impact[:1]
    more = len(finding.impact) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")
