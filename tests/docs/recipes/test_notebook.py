"""The recipe for notebooks, whose cells are executed in a kernel; skipped without the extra."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from tests.docs.examples import PAGES, examples
from tests.notebook.executed import execute, html_of

CELLS = [each for each in examples(PAGES / "recipes" / "notebook.md") if each.title]


def run(folder: Any, sandbox: Any, *sources: str) -> list[list[Any]]:
    """Execute cells against a sandbox; return their outputs."""
    if gone := sorted({name for cell in CELLS for name in cell.lost}):
        pytest.skip(f"To be edited: the contract no longer has all of {', '.join(gone)}.")
    environ = {"WAN_BASE_URL": sandbox.url, "WAN_API_KEY": sandbox.key}
    environ |= {"XDG_STATE_HOME": str(folder / "state"), "WAN_LEDGER": ""}
    return execute(sources, folder, **environ)


def errors(outputs: Sequence[Sequence[Any]]) -> list[Any]:
    """Return the errors in outputs."""
    found = [one for outputs_of_cell in outputs for one in outputs_of_cell]
    return [one for one in found if one["output_type"] == "error"]


def test_the_cells_end_in_a_grid(tmp_path, sandbox):
    """Four seeds, then one at full size; the cells that are free do not pay when they run again."""
    one, two, three, four, five, after_restart = (cell.code for cell in CELLS)
    # Without the variables, as in a new kernel.
    forget = "del jobs, saved"
    outputs = run(
        tmp_path,
        sandbox,
        *(one, two, three, four, three, four, five),
        "pending = await wan.submit('A late boat', seed=9)",
        *(forget, after_restart, "sorted(jobs)", four),
    )
    assert errors(outputs) == []
    assert "4 videos at" in outputs[1][-1]["data"]["text/plain"]
    assert html_of(outputs[3]).count('<div class="wan-card">') == 4
    assert html_of(outputs[3]).count("<video ") == 4
    names = {path.name for path in (tmp_path / "boats").glob("*.mp4")}
    assert names == {*(f"seed-{seed}.mp4" for seed in (1, 2, 3, 4, 9)), "best.mp4"}
    assert outputs[-2][-1]["data"]["text/plain"] == "[9]"
    assert sandbox.billed == 6
