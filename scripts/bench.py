"""Measures this package beside raw httpx, the standard library and other SDKs, in one run.

Every contender has an environment of its own in .venv, and its turn against the same server on
this machine. Prints tables with ratios and the goals that hold; measure on a quiet machine.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import _environment


def main(arguments: list[str]) -> int:
    """Measure; return 1 if a goal does not hold, 0 otherwise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="about two minutes")
    parser.add_argument("--only", action="append", metavar="NAME", help="one table, or polling")
    parser.add_argument("--rounds", type=int, help="of every table, default: 3, quick: 1")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure here")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="draw polls and delays here")
    options = parser.parse_args(arguments)
    _environment.enter("bench", [__file__, *arguments])
    from benchmarks import pictures, polling, tables, whole
    from benchmarks.plan import TASKS

    names = options.only or [*TASKS, "polling"]
    unknown = [name for name in names if name not in (*TASKS, "polling")]
    if unknown:
        parser.error(f"there is no {unknown[0]}; there are {', '.join([*TASKS, 'polling'])}")
    rounds = options.rounds or (1 if options.quick else 3)
    chosen = {name: task for name, task in TASKS.items() if name in names}
    figures = whole.collect(chosen, rounds, quick=options.quick)
    lines = list(tables.tables(figures))
    points: polling.Points = {}
    if "polling" in names:
        points = polling.simulate(400 if options.quick else 4000)
        lines += polling.lines(points)
        if options.picture:
            pictures.draw(points, options.picture)
    print("\n".join(lines))
    if options.json:
        options.json.write_text(json.dumps({"figures": figures, "polling": points}, indent=1))
    return int(any("**" in line for line in lines))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
