"""Runs thousands of generations on the sandbox with faults on the wire, and counts what happened.

The exit code is 1 if a promise was broken; the output names it. The code is in tests/soak.
"""

from __future__ import annotations

import argparse
import sys

import _environment


def main(arguments: list[str]) -> int:
    """Run the soak and print its figures; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--generations", type=_count, default=10000, help="default: %(default)s")
    parser.add_argument("--faults", type=_share, default=0.2, help="share, default: %(default)s")
    parser.add_argument("--seed", type=int, default=0, help="of the faults, default: %(default)s")
    parser.add_argument("--at-once", type=_count, default=32, help="default: %(default)s")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args(arguments)
    _environment.enter("dev", [__file__, *arguments])
    sys.path.insert(0, str(_environment.ROOT))
    from tests.soak.lap import Plan
    from tests.soak.run import report

    plan = Plan(
        generations=options.generations,
        faults=options.faults,
        seed=options.seed,
        at_once=options.at_once,
    )
    return report(plan, in_json=options.json)


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _share(text: str) -> float:
    share = float(text)
    if not 0 <= share <= 1:
        raise ValueError(text)
    return share


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
