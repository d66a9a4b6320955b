"""Checks and tests everything but faults and soak; with arguments, only runs pytest."""

import os
import shutil
import sys
import tempfile

import _environment
import check

# Each file stays with one worker: what it sets up once is made once. There are more workers than
# processors, for many tests wait. The matrix plays thousands of faults in real time and wants a
# machine of its own, as the soak does: scripts/test.py tests/faults tests/soak
APART = ["tests/faults", "tests/soak"]
WORKERS = str(2 * (os.cpu_count() or 1))
PYTEST = ["-n", WORKERS, "--dist", "loadfile", "--no-loadscope-reorder"] + [
    "--ignore=" + folder for folder in APART
]

STEPS = [
    ("tests", ["-m", "coverage", "run", "-m", "pytest"] + PYTEST),
    ("gather", ["-m", "coverage", "combine", "--quiet"]),
    ("coverage", ["-m", "coverage", "report"]),
]


def main(arguments):
    # type: (list[str]) -> int
    """Run the checks and the tests; returns the exit code."""
    _environment.enter("dev", [__file__] + arguments)
    if arguments:
        return check.run([("tests", ["-m", "pytest"] + arguments)], dict(os.environ))
    folder = tempfile.mkdtemp()
    try:
        # Measurements of two runs at once must not meet.
        environ = dict(os.environ, COVERAGE_FILE=os.path.join(folder, "coverage"))
        return check.run(check.STEPS + STEPS, environ)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
