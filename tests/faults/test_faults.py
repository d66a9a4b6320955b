"""The matrix: each fault at each stage, with both clients, has the expected result."""

from __future__ import annotations

import pytest

from .cells import Cell
from .matrix import CELLS
from .verdict import check


def parameter(cell: Cell):
    """Return a cell as a parameter of the test."""
    marks = pytest.mark.xfail(strict=True, reason=cell.defect) if cell.defect else ()
    return pytest.param(cell, id=cell.name, marks=marks)


@pytest.mark.parametrize("cell", [parameter(cell) for cell in CELLS if not cell.most_memory])
def test_a_fault_has_the_result_in_the_matrix(plays, log_watch, cell):
    """Outcome, requests, money and files; nothing is paid for twice, no secret is leaked."""
    for place, future in plays[cell.name]:
        check(cell, future.result(), place.folder, place.secrets)
        assert log_watch.leaks(place.secrets) == []
