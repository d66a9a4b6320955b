"""The cells of the matrix that measure memory, one at a time."""

from __future__ import annotations

import pytest

from .matrix import CELLS, backends
from .verdict import check

BOUNDED = [cell for cell in CELLS if cell.most_memory]


@pytest.mark.parametrize("cell", BOUNDED, ids=[cell.name for cell in BOUNDED])
def test_a_huge_response_takes_little_memory(places, log_watch, cell):
    """A few megabytes at most, whatever is sent."""
    for backend in backends(cell):
        place = places(cell, backend)
        check(cell, place.play(), place.folder, place.secrets)
        assert log_watch.leaks(place.secrets) == []
