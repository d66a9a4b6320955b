"""Long lists take no more memory than short ones, also while they are added and written out.

A process of its own does it, whose memory nothing else uses.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MANY = 20_000
# Bytes. The rows have 38 MB as JSON.
MOST = 8 * 2**20

# Prints by how many bytes the most memory ever used was raised by each step.
CODE = """
import resource, sys
from tests.batch.opened import new
from pathlib import Path
from wan_ergonomic.batch import plan_of, rows_of
from wan_ergonomic.batch.output import open_folder, write_results

def most():
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit

def rows(number):
    for n in range(number):
        yield {"prompt": f"A fox in snow, {'far ' * 180}away", "animal": f"fox {n}"}

def grown(work):
    before = most()
    work()
    return most() - before

def each_step(folder, number):
    with new(folder) as batch:
        print(grown(lambda: plan_of(rows_of(rows(number)))))
        print(grown(lambda: batch.add(rows(number))))
        print(grown(lambda: batch.add(rows(number))))
        print(grown(lambda: batch.add(rows(number + 1), extend=True)))
        print(grown(lambda: write_results("b", batch._database, open_folder(folder))))
        print(batch.status().total)

folder, number = Path(sys.argv[1]), int(sys.argv[2])
each_step(folder / "few", 2000)
each_step(folder / "many", number)
"""


def test_a_long_list_is_never_held_in_memory(tmp_path):
    """Neither as it is planned, added, found again or extended, nor as results are written."""
    pytest.importorskip("resource")
    command = [sys.executable, "-c", CODE, str(tmp_path), str(MANY)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    *grown, total = map(int, ran.stdout.split()[6:])
    assert total == MANY + 1
    assert sum(grown) < MOST, grown
