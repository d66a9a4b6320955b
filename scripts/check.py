"""Runs every check that needs no test run; with arguments, runs the steps they name.

actionlint is not among them, as its package downloads a program when it is installed;
pre-commit and CI run it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import _environment

STEPS = {
    "format": ["ruff", "format", "--check", "."],
    "lint": ["ruff", "check", "."],
    "types": ["mypy"],
    "spelling": ["codespell"],
    "dependencies": ["deptry", "."],
    "workflows": ["zizmor", "--offline", "--quiet", "--strict-collection", ".github"],
    "drift": ["python", "scripts/regenerate.py", "--check"],
    "bandit": [
        *("bandit", "--quiet", "--configfile", "pyproject.toml", "--recursive"),
        *("wan_ergonomic", "generated_client", "scripts"),
    ],
}

# Apart from STEPS, because its result can change from day to day.
AUDIT = {"audit": ["python", "scripts/audit.py"]}

UNKNOWN = 75  # the exit code of a step that could not tell, see audit.py


def run(steps: dict[str, list[str]], environ: dict[str, str]) -> int:
    """Run each step, then print a summary; return 1 if any step failed, 0 otherwise.

    A step that could not tell does not fail, and is reported apart from those that passed.
    """
    results: dict[str, list[str]] = {"passed": [], "could not tell": [], "FAILED": []}
    for number, (name, command) in enumerate(steps.items(), 1):
        print(f"--- {number}/{len(steps)} {name}: {' '.join(command)}", flush=True)
        # The program of this environment, whatever PATH says; on Windows it ends in .exe.
        program = shutil.which(command[0], path=str(Path(sys.executable).parent)) or command[0]
        code = subprocess.call([program, *command[1:]], cwd=_environment.ROOT, env=environ)
        result = {0: "passed", UNKNOWN: "could not tell"}.get(code, "FAILED")
        results[result].append(name)
    summary = [f"{result}: {', '.join(names)}" for result, names in results.items() if names]
    print(f"--- {'; '.join(summary)}", flush=True)
    return 1 if results["FAILED"] else 0


def main(arguments: list[str]) -> int:
    """Run the checks; return the exit code."""
    steps = {**STEPS, **AUDIT}
    unknown = [name for name in arguments if name not in steps]
    if unknown:
        sys.exit(f"check.py: there is no step {unknown[0]}; the steps are {', '.join(steps)}")
    _environment.enter("dev", [__file__, *arguments])
    return run({name: steps[name] for name in arguments or steps}, dict(os.environ))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
