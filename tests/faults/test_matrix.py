"""The matrix is complete, and MATRIX.md shows it."""

from __future__ import annotations

import os
from collections import Counter

from . import connections, statuses
from .defects import DEFECTS
from .matrix import CELLS, SAMPLE, backends, fault_of
from .table import COMMAND, FILE, draw

LEAST = 300


def test_the_table_shows_the_cells():
    """MATRIX.md is generated from the cells, by the command in it."""
    text = draw()
    if os.environ.get("WAN_WRITE_MATRIX"):
        FILE.write_text(text, "utf-8")
    assert FILE.read_text("utf-8") == text, f"Run: {COMMAND}"


def test_each_cell_has_a_name_of_its_own():
    """It is the name of its test."""
    assert [name for name, count in Counter(c.name for c in CELLS).items() if count > 1] == []


def test_each_known_defect_is_of_a_cell():
    """By the name of the cell."""
    assert DEFECTS.keys() <= {cell.name for cell in CELLS}


def test_there_are_enough_cells_at_every_stage():
    """For each stage and kind of connection, with each client."""
    counts = Counter((cell.stage, cell.connection) for cell in CELLS)
    assert len(CELLS) >= LEAST
    assert set(counts) == {
        (stage, connection)
        for stage in ("submit", "poll", "download")
        for connection in ("fresh", "kept", "inherited")
    }
    assert min(count for (_, kind), count in counts.items() if kind != "inherited") >= 20
    assert {"sync", "asyncio", "trio"} == {one for cell in CELLS for one in backends(cell)}


def test_the_sample_has_every_fault_and_every_kind_of_fault_at_every_stage():
    """The default run plays the sample alone."""
    sample = [cell for cell in CELLS if cell.name in SAMPLE]
    assert {*map(fault_of, sample)} == {fault_of(c) for c in CELLS if not c.most_memory}
    assert {(cell.kind, cell.stage) for cell in sample} == {(c.kind, c.stage) for c in CELLS}
    assert {"sync", "asyncio", "trio"} == {one for cell in sample for one in backends(cell)}


def test_every_known_status_is_played_at_every_stage_with_every_body():
    """All that the gateway or its CDN is known to send."""
    played = {(cell.stage, cell.fault, cell.case) for cell in CELLS if cell.kind == "status"}
    for status in map(str, statuses.KNOWN):
        assert {("submit", status, body) for body in statuses.BODIES} <= played
        assert {("poll", status, body) for body in statuses.BODIES} <= played
        assert ("download", status, "for good") in played


def test_every_lost_response_is_played_at_every_stage():
    """On a fresh connection and on a kept one."""
    played = {
        (cell.stage, cell.fault, cell.connection) for cell in CELLS if cell.kind == "connection"
    }
    for loss in connections.LOSSES:
        for stage in ("submit", "poll", "download"):
            assert {(stage, loss.name, "fresh"), (stage, loss.name, "kept")} <= played
