"""All cells, and the table of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from . import bodies, connections, downloads, forks, late, links, pauses, shapes, statuses
from .cells import Cell
from .defects import DEFECTS

KINDS = (connections, statuses, pauses, bodies, shapes, links, downloads, late, forks)
CELLS: tuple[Cell, ...] = tuple(
    replace(cell, defect=DEFECTS.get(cell.name, "")) for kind in KINDS for cell in kind.cells()
)
# Trio shares all code but the event loop's with asyncio, so a tenth of the cells is enough.
_UNDER_TRIO = frozenset(cell.name for cell in CELLS[::10])


def fault_of(cell: Cell) -> tuple[str, str]:
    """Return kind and name of a cell's fault; a link and a redirect to it are the same fault."""
    return cell.kind, cell.fault.removeprefix("a redirect to ")


def _sample() -> Iterator[Cell]:
    """Yield a cell of each fault, with stage and case in turn, and one of each kind at each stage.

    Cells that measure memory are left out: they are slow, and tests/http/test_response_limits.py
    holds the same bound.
    """
    cells = [cell for cell in CELLS if not cell.most_memory]
    by_fault: dict[tuple[str, str], list[Cell]] = {}
    for cell in cells:
        by_fault.setdefault(fault_of(cell), []).append(cell)
    for number, alike in enumerate(by_fault.values()):
        yield alike[number % len(alike)]
    yield from {(cell.kind, cell.stage): cell for cell in reversed(cells)}.values()


# The names of the cells that the default run plays.
SAMPLE = frozenset(cell.name for cell in _sample())


def backends(cell: Cell) -> tuple[str, ...]:
    """Return the clients that a cell is played with: "sync", or an event loop of the async one."""
    return ("sync", "asyncio", "trio") if cell.name in _UNDER_TRIO else ("sync", "asyncio")
