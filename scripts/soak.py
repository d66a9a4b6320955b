"""Ten thousand generations on the sandbox, one request in five faulted: was a promise broken?

Makes the project's own environment, then runs what is in `tests/soak` and prints
what was counted. Ends with 1 if a promise was broken, and says which.
"""

from __future__ import print_function

import argparse
import sys

import _environment


def main(arguments):
    # type: (list[str]) -> int
    """Run the soak and print its figures; returns the exit code."""
    parser = argparse.ArgumentParser(description="Many generations, with faults on the wire.")
    parser.add_argument("--generations", type=_whole, default=10000, help="default: %(default)s")
    parser.add_argument("--faults", type=_share, default=0.2, help="share, default: %(default)s")
    parser.add_argument("--seed", type=int, default=0, help="of the faults, default: %(default)s")
    parser.add_argument("--at-once", type=_whole, default=32, help="default: %(default)s")
    parser.add_argument("--json", action="store_true", help="print the figures for programs")
    options = parser.parse_args(arguments)
    _environment.enter("dev", [__file__] + arguments)
    sys.path.insert(0, _environment.ROOT)
    from tests.soak.lap import Plan
    from tests.soak.run import report

    plan = Plan(
        generations=options.generations,
        faults=options.faults,
        seed=options.seed,
        at_once=options.at_once,
    )
    return report(plan, in_json=options.json)


def _whole(text):
    # type: (str) -> int
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _share(text):
    # type: (str) -> float
    share = float(text)
    if not 0 <= share <= 1:
        raise ValueError(text)
    return share


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
