"""Everything that can be said about the code without running it: format, lint, types, drift."""

from __future__ import print_function

import os
import subprocess
import sys

import _environment

STEPS = [
    ("format", ["-m", "ruff", "format", "--check", "."]),
    ("lint", ["-m", "ruff", "check", "."]),
    ("types", ["-m", "mypy"]),
    ("drift", [os.path.join("scripts", "regenerate.py"), "--check"]),
]


def run(steps, environ):
    # type: (list[tuple[str, list[str]]], dict[str, str]) -> int
    """Run each step with this interpreter, then sum up; 1 if any of them failed."""
    failed = []
    for name, arguments in steps:
        print("--- {0}: python {1}".format(name, " ".join(arguments)), flush=True)
        command = [sys.executable] + arguments
        if subprocess.call(command, cwd=_environment.ROOT, env=environ):
            failed.append(name)
    names = ", ".join(name for name, _ in steps)
    print("--- {0}".format("FAILED: " + ", ".join(failed) if failed else "all good: " + names))
    return 1 if failed else 0


def main(arguments):
    # type: (list[str]) -> int
    """Run the checks; returns the exit code."""
    if arguments:
        sys.exit("usage: check.py (it takes no arguments)")
    _environment.enter("dev", [__file__])
    return run(STEPS, dict(os.environ))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
