"""Long lists take no more memory than short ones.

They are read by a process of their own, whose memory nothing else uses.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

MANY = 100_000
# Bytes. The files have 8 MB and more.
MOST = 2 * 2**20


def written(form, number):
    """Yield the parts of a list of many rows."""
    row = {"prompt": f"A fox in snow, {'far ' * 12}away", "seed": 7, "animal": "fox"}
    line = json.dumps(row)
    if form == "text":
        yield from (f"{row['prompt']}\n" for _ in range(number))
    elif form == "jsonl":
        yield from (f"{line}\n" for _ in range(number))
    elif form == "csv":
        yield "prompt,seed,animal\n"
        yield from (f'"{row["prompt"]}",7,fox\n' for _ in range(number))
    else:
        yield "["
        yield from (f"{line}, " for _ in range(number - 1))
        yield f"{line}]"


# Prints how many rows there are, and by how many bytes they raise the most memory ever used.
CODE = """
import resource, sys
from wan_ergonomic.batch.rows import Row, read_rows

def most():
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit

*_, few, many, form = sys.argv
for row in read_rows(few, form):
    pass
before = most()
print(sum(isinstance(row, Row) for row in read_rows(many, form)), most() - before)
"""


@pytest.mark.parametrize("form", ["text", "jsonl", "csv", "json"])
def test_a_long_list_is_never_held_in_memory(tmp_path, form):
    """Neither that of many lines, nor an array in one line."""
    pytest.importorskip("resource")
    few, many = tmp_path / "few", tmp_path / "many"
    for path, number in ((few, 2000), (many, MANY)):
        with path.open("w") as file:
            file.writelines(written(form, number))
    command = [sys.executable, "-c", CODE, str(few), str(many), form]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    rows, grown = map(int, ran.stdout.split())
    assert rows == MANY
    assert grown < MOST < many.stat().st_size
