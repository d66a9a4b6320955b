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
# Under trio as well: every tenth of them.
_SAMPLE = frozenset(cell.name for cell in CELLS[::10])


def backends(cell: Cell) -> tuple[str, ...]:
    """Return the event loops, or none at all, that a cell is played under."""
    return ("sync", "asyncio", "trio") if cell.name in _SAMPLE else ("sync", "asyncio")
