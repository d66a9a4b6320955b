"""The table of the matrix, and whether the matrix is complete."""

from __future__ import annotations

import os
from collections import Counter

from . import connections, statuses
from .defects import DEFECTS
from .matrix import CELLS, SAMPLE, backends, fault_of
from .table import COMMAND, FILE, draw

LEAST = 300


def test_the_table_is_what_the_cells_say():
    """MATRIX.md is drawn from the cells; the command in it draws it anew."""
    text = draw()
    if os.environ.get("WAN_WRITE_MATRIX"):
        FILE.write_text(text, "utf-8")
    assert FILE.read_text("utf-8") == text, f"Run: {COMMAND}"


def test_no_two_cells_have_one_name():
    """Each cell is a row of its own."""
    assert [name for name, count in Counter(c.name for c in CELLS).items() if count > 1] == []


def test_what_is_not_held_yet_is_there():
    """A defect that is known is a cell's."""
    assert DEFECTS.keys() <= {cell.name for cell in CELLS}


def test_there_are_enough_cells_at_every_stage():
    """Each stage, each kind of connection, and each client_kind."""
    counts = Counter((cell.stage, cell.connection) for cell in CELLS)
    assert len(CELLS) >= LEAST
    assert set(counts) == {
        (stage, connection)
        for stage in ("submit", "poll", "download")
        for connection in ("fresh", "kept")
    }
    assert min(counts.values()) >= 20
    assert {"sync", "asyncio", "trio"} == {one for cell in CELLS for one in backends(cell)}


def test_the_sample_has_every_fault_and_every_kind_of_fault_at_every_stage():
    """The default run plays the sample alone."""
    sample = [cell for cell in CELLS if cell.name in SAMPLE]
    assert {*map(fault_of, sample)} == {fault_of(c) for c in CELLS if not c.most_memory}
    assert {(cell.kind, cell.stage) for cell in sample} == {(c.kind, c.stage) for c in CELLS}
    assert {"sync", "asyncio", "trio"} == {one for cell in sample for one in backends(cell)}


def test_every_status_meets_every_stage_with_every_body():
    """A status that the gateway or its CDN is known to send is sent wherever it can be."""
    met = {(cell.stage, cell.fault, cell.case) for cell in CELLS if cell.kind == "status"}
    for status in map(str, statuses.KNOWN):
        assert {("submit", status, body) for body in statuses.BODIES} <= met
        assert {("poll", status, body) for body in statuses.BODIES} <= met
        assert ("download", status, "for good") in met


def test_every_way_to_lose_an_answer_meets_every_stage():
    """On a fresh connection and on one that was kept."""
    met = {(cell.stage, cell.fault, cell.connection) for cell in CELLS if cell.kind == "connection"}
    for loss in connections.LOSSES:
        for stage in ("submit", "poll", "download"):
            assert {(stage, loss.name, "fresh"), (stage, loss.name, "kept")} <= met
