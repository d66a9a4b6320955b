"""Everything that can be said about the code without running it.

Format, lint, types, drift and weaknesses: those that code of ours may have, and
those that are known of what it needs.
"""

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
    (
        "bandit",
        ["-m", "bandit", "--quiet", "--configfile", "pyproject.toml", "--recursive"]
        + ["wan_ergonomic", "generated_client", "scripts"],
    ),
]

# Not among the steps, which say tomorrow what they say today.
AUDIT = ("audit", [os.path.join("scripts", "audit.py")])

# How a step ends that cannot tell; audit.py says why.
UNTOLD = 75


def run(steps, environ):
    # type: (list[tuple[str, list[str]]], dict[str, str]) -> int
    """Run each step with this interpreter, then sum up; 1 if any of them failed.

    One that could not tell has not failed, and is not called good.
    """
    ended = {}  # type: dict[int, list[str]]
    for name, arguments in steps:
        print("--- {0}: python {1}".format(name, " ".join(arguments)), flush=True)
        command = [sys.executable] + arguments
        code = subprocess.call(command, cwd=_environment.ROOT, env=environ)
        ended.setdefault(code, []).append(name)
    good, untold = ended.pop(0, []), ended.pop(UNTOLD, [])
    failed = [name for name, _ in steps if name not in good + untold]
    sums = ["FAILED: " + ", ".join(failed) if failed else "all good: " + ", ".join(good)]
    sums += ["could not tell: " + ", ".join(untold)] if untold else []
    print("--- {0}".format("; ".join(sums)))
    return 1 if failed else 0


def main(arguments):
    # type: (list[str]) -> int
    """Run the checks; returns the exit code."""
    if arguments:
        sys.exit("usage: check.py (it takes no arguments)")
    _environment.enter("dev", [__file__])
    return run(STEPS + [AUDIT], dict(os.environ))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
