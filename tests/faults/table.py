"""Writes the matrix as Markdown: one row for the faults of a kind with the same result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from .cells import Act, Cell, Result
from .matrix import CELLS

FILE = Path(__file__).with_name("MATRIX.md")
COMMAND = "WAN_WRITE_MATRIX=1 python scripts/test.py tests/faults/test_matrix.py"
_STAGES: dict[Act, str] = {
    "submit": "submit",
    "status": "poll once (`status`)",
    "wait": "poll until the job ends (`wait`)",
    "download": "download",
}
_HEAD = f"""# The result of every fault

Each row is a stage of a generation and the faults that have the same result there. A server on a
real socket plays each fault, to both clients, and the tests in this folder check the result. A
cell is one fault at one stage. This file is generated:
`{COMMAND}`.

- **connection**: `kept` is one that has served a request of this stage before; `inherited` is such
  a one of the parent process, while a child that it has forked makes the call.
- **outcome**: the class of the error, or the state of the generation that was returned.
- **requests**: those that arrive during the call: `POST` submits, `GET` polls, `video` goes to the
  storage; `unread` is a connection that was closed before anything was read. The policy here allows
  4 attempts, and the deadline 8 polls.
- **money**: whether the call's generation may have been paid for, as its outcome or its message
  says. At the later stages it was paid for once, by the submission before the call.
- **files**: the files in the folder after the call.

No row has an untyped exception, a second POST after one that may have been accepted, a file under
the final name that is not the whole video, or the key anywhere but in requests to the API.
"""


def draw() -> str:
    """Return the whole text."""
    parts = [_HEAD, f"{len(CELLS)} cells: {_counted(CELLS)}.\n"]
    for act, stage in _STAGES.items():
        parts.append(f"## {stage[0].upper()}{stage[1:]}\n")
        parts.append("\n".join(_rows([cell for cell in CELLS if cell.act == act])) + "\n")
    if pending := [cell for cell in CELLS if cell.defect]:
        parts.append("## Known defects\n")
        parts.append("\n".join(f"- {cell.name}: {cell.defect}" for cell in pending) + "\n")
    return "\n".join(parts)


def _counted(cells: Iterable[Cell]) -> str:
    counts = Counter(cell.act for cell in cells)
    return ", ".join(f"{count} `{act}`" for act, count in counts.items())


def _rows(cells: list[Cell]) -> list[str]:
    rows = [
        "| fault | connection | outcome | requests | money | files |",
        "|---|---|---|---|---|---|",
    ]
    known: dict[tuple[str, str, Result], list[Cell]] = {}
    for cell in cells:
        known.setdefault((cell.kind, cell.connection, cell.result), []).append(cell)
    for (kind, connection, result), alike in known.items():
        columns = (
            f"**{kind}** {_named(alike)}",
            connection,
            f"`{result.outcome}`" if result.outcome.endswith("Error") else result.outcome,
            result.requests,
            result.money,
            result.files,
        )
        rows.append(f"| {' | '.join(columns)} |")
    return rows


def _named(cells: list[Cell]) -> str:
    """Name faults, those with the same variants together."""
    cases_of: dict[str, list[str]] = {}
    for cell in cells:
        cases_of.setdefault(cell.fault, []).append(cell.case)
    alike: dict[tuple[str, ...], list[str]] = {}
    for fault, variants in cases_of.items():
        alike.setdefault(tuple(variants), []).append(fault)
    named = []
    for cases_of_each, faults in alike.items():
        cases = ", ".join(filter(None, cases_of_each))
        named.append(f"{_spans(faults)} ({cases})" if cases else _spans(faults))
    return "; ".join(named).replace("|", "\\|")


def _spans(faults: list[str]) -> str:
    """Join names, and numbers that follow each other."""
    if not all(fault.isdigit() for fault in faults):
        return ", ".join(faults)
    numbers = sorted(map(int, faults))
    runs = []
    for _, members in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]):
        run = [number for _, number in members]
        runs.append(f"{run[0]}-{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)))
    return ", ".join(runs)
