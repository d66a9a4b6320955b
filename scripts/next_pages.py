"""Regenerates copies of the project onto pages that the vendor may publish next, and tests them.

No line of a copy's own code or tests is changed. A run that was stopped continues after the
pages that have passed. The exit code is 1 if a page failed; its copy is kept.
The code is in tests/next_pages.
"""

from __future__ import annotations

import argparse
import os
import sys

import _environment


def main(arguments: list[str]) -> int:
    """Run the pages; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="of the pages, default: %(default)s")
    parser.add_argument("--count", type=int, default=40, help="of pages, default: %(default)s")
    parser.add_argument(
        "--whole",
        type=int,
        default=5,
        help="on how many of them to run the whole suite, default: %(default)s",
    )
    parser.add_argument(
        "--first", type=int, default=1, help="number of the page to begin with, default: 1"
    )
    workers = 2 * (os.cpu_count() or 1)
    parser.add_argument("--workers", type=int, default=workers, help="default: %(default)s")
    options = parser.parse_args(arguments)
    if options.first < 1:
        parser.error("--first must be 1 or more")
    _environment.enter("dev", [__file__, *arguments])
    sys.path.insert(0, str(_environment.ROOT))
    from tests.next_pages.run import Plan, run

    plan = Plan(options.seed, options.count, options.whole, options.workers, options.first)
    return run(plan)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
