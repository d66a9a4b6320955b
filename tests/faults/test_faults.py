"""The matrix: each fault at each stage, in both colours, held to what it must come to."""

from __future__ import annotations

import pytest

from .cells import Cell
from .matrix import CELLS
from .verdict import check


def parameter(cell: Cell):
    """Return a cell as a test takes it."""
    marks = pytest.mark.xfail(strict=True, reason=cell.defect) if cell.defect else ()
    return pytest.param(cell, id=cell.name, marks=marks)


@pytest.mark.parametrize("cell", [parameter(cell) for cell in CELLS if not cell.most_memory])
def test_a_fault_comes_to_what_the_matrix_says(plays, listening, cell):
    """Its outcome, requests, money and files in every client_kind; nothing paid twice or leaked."""
    for stay, future in plays[cell.name]:
        check(cell, future.result(), stay.folder, stay.secrets)
        assert listening.heard(stay.secrets) == []
