"""Runs the checks and the tests.

Without arguments: the checks and the default tests. With --all: also the tests that run
other programs and those that run in real time, with coverage, which has to be 100 %.
With any other arguments: only pytest, with these arguments.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import _environment
import check

# About how long each takes on two cores, in minutes, once the environment exists.
DEFAULT_MINUTES = 8
ALL_MINUTES = 25

# Slow, because they run other programs.
PROGRAMS = ("tests/peers", "tests/e2e")
# In a step of their own, because load changes what they measure. The default run plays a sample of
# the faults.
REAL_TIME = ("tests/faults", "tests/soak")

# More workers than cores, because many tests wait for a socket. One file stays on one worker,
# because its fixtures are expensive.
WORKERS = str(2 * (os.cpu_count() or 1))
PYTEST = ["python", "-m", "pytest"]
PARALLEL = ["-n", WORKERS, "--dist", "loadfile", "--no-loadscope-reorder"]
MEASURED = ["python", "-m", "coverage", "run", "-m", "pytest"]


def default_steps() -> dict[str, list[str]]:
    """Return the checks and the default tests."""
    skipped = [f"--ignore={folder}" for folder in (*PROGRAMS, "tests/soak")]
    return {**check.STEPS, "tests": [*PYTEST, *PARALLEL, "--sample", *skipped]}


def all_steps() -> dict[str, list[str]]:
    """Return the checks, all tests and the report on their coverage."""
    real_time = [folder for folder in REAL_TIME if (_environment.ROOT / folder).exists()]
    skipped = [f"--ignore={folder}" for folder in real_time]
    return {
        **check.STEPS,
        "tests": [*MEASURED, *PARALLEL, *skipped],
        "real-time tests": [*MEASURED, *real_time],
        "combine": ["coverage", "combine", "--quiet"],
        "coverage": ["coverage", "report"],
    }


def main(arguments: list[str]) -> int:
    """Run the checks and the tests; return the exit code."""
    # Only the run of everything has the tests in a browser and in a kernel, of the site, and with
    # pyright: each is large.
    extras = "bench,browser,dev,docs,notebook,pyright,release" if arguments == ["--all"] else "dev"
    _environment.enter(extras, [__file__, *arguments])
    if arguments and arguments != ["--all"]:
        return check.run({"tests": [*PYTEST, *arguments]}, dict(os.environ))
    if not arguments:
        print(
            f"The checks and the default tests take about {DEFAULT_MINUTES} minutes. "
            f"--all runs all tests, measures coverage and takes about {ALL_MINUTES}."
        )
        return check.run(default_steps(), dict(os.environ))
    print(f"The checks and all tests take about {ALL_MINUTES} minutes.")
    with tempfile.TemporaryDirectory() as folder:
        # Two runs at once must not mix their measurements.
        environ = {**os.environ, "COVERAGE_FILE": str(Path(folder, "coverage"))}
        return check.run(all_steps(), environ)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
