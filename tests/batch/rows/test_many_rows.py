"""Long lists take no more memory than short ones."""

from __future__ import annotations

import json
import tracemalloc
from collections import Counter

import pytest

from wan_ergonomic.batch.rows import read_rows, rows_of

MANY = 100_000
# Bytes. The files have 8 MB and more.
MOST = 2 * 2**20


def written(form):
    """Yield the parts of a list of many rows."""
    row = {"prompt": f"A fox in snow, {'far ' * 12}away", "seed": 7, "animal": "fox"}
    line = json.dumps(row)
    if form == "text":
        yield from (f"{row['prompt']}\n" for _ in range(MANY))
    elif form == "jsonl":
        yield from (f"{line}\n" for _ in range(MANY))
    elif form == "csv":
        yield "prompt,seed,animal\n"
        yield from (f'"{row["prompt"]}",7,fox\n' for _ in range(MANY))
    else:
        yield "["
        yield from (f"{line}, " for _ in range(MANY - 1))
        yield f"{line}]"


@pytest.mark.parametrize("form", ["text", "jsonl", "csv", "json"])
def test_a_long_list_is_never_held_in_memory(tmp_path, form):
    """Neither that of many lines, nor an array in one line."""
    path = tmp_path / "list"
    with path.open("w") as file:
        file.writelines(written(form))
    tracemalloc.start()
    try:
        kinds = Counter(type(row).__name__ for row in rows_of(read_rows(path, form)))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kinds == {"Row": MANY}
    assert peak < MOST < path.stat().st_size
