"""All cells, and the table of them."""

from __future__ import annotations

from dataclasses import replace

from . import bodies, connections, downloads, links, pauses, shapes, statuses
from .cells import Cell
from .defects import DEFECTS

KINDS = (connections, statuses, pauses, bodies, shapes, links, downloads)
CELLS: tuple[Cell, ...] = tuple(
    replace(cell, defect=DEFECTS.get(cell.name, "")) for kind in KINDS for cell in kind.cells()
)
# Every tenth, and one of each kind at each stage: they are played under trio as well, and are the
# only ones of the default run.
SAMPLE = frozenset(cell.name for cell in CELLS[::10]) | frozenset(
    {(cell.kind, cell.stage): cell.name for cell in reversed(CELLS)}.values()
)


def backends(cell: Cell) -> tuple[str, ...]:
    """Return the event loops, or none at all, that a cell is played under."""
    return ("sync", "asyncio", "trio") if cell.name in SAMPLE else ("sync", "asyncio")
