"""Ten thousand generations on the sandbox, one request in five faulted: was a promise broken?

Makes the project's own environment, then runs what is in `tests/soak` and prints
what was counted. Ends with 1 if a promise was broken, and says which.
"""

from __future__ import print_function

import argparse
import json
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
    from tests.soak.figures import as_json, as_text
    from tests.soak.lap import Plan
    from tests.soak.run import soak

    plan = Plan(
        generations=options.generations,
        faults=options.faults,
        seed=options.seed,
        at_once=options.at_once,
    )
    figures = soak(plan, _tell)
    print(json.dumps(as_json(figures), indent=2) if options.json else as_text(figures))
    broken = figures.broken()
    for promise in broken:
        print("BROKEN: {0}".format(promise), file=sys.stderr)
    return 1 if broken else 0


def _tell(done):
    # type: (int) -> None
    print("{0:,} generations have ended".format(done), file=sys.stderr, flush=True)


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
