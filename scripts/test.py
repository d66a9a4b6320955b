"""Checks and tests everything; with arguments, only runs pytest with them."""

import os
import shutil
import sys
import tempfile

import _environment
import check

STEPS = [
    # Each file stays with one worker: what it sets up once is made once.
    ("tests", ["-m", "coverage", "run", "-m", "pytest", "-n", "auto", "--dist", "loadfile"]),
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
