"""The cells of the matrix that measure memory, which only one may use at a time."""

from __future__ import annotations

import pytest

from .matrix import CELLS, backends
from .verdict import check

BOUNDED = [cell for cell in CELLS if cell.most_memory]


@pytest.mark.parametrize("cell", BOUNDED, ids=[cell.name for cell in BOUNDED])
def test_an_answer_beyond_all_bounds_is_not_held(stays, listening, cell):
    """Whatever is sent, a few megabytes are the most that is kept of it at the same time."""
    for backend in backends(cell):
        stay = stays(cell, backend)
        check(cell, stay.play(), stay.folder, stay.secrets)
        assert listening.heard(stay.secrets) == []
