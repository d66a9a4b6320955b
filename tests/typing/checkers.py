"""Runs type checkers, in strict mode, as a user of the package has them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
# Pyright itself downloads Node.js; this build of it is a package with all that it needs.
needs_pyright = pytest.mark.skipif(
    find_spec("basedpyright") is None,
    reason="pyright is not installed: pip install -c constraints.txt -e '.[pyright]'",
)

Errors = dict[str, set[int]]


def run_mypy(folder: Path) -> Errors:
    """Return the lines with errors of each program in a folder."""
    command = ["mypy", "--strict", "--config-file=", "--cache-dir", str(folder / "cache")]
    names = sorted(file.name for file in folder.glob("*.py"))
    output = _run([*command, "--output=json", *names], folder)
    found = [json.loads(line) for line in output.splitlines()]
    return _by_file((each["file"], each["line"]) for each in found if each["severity"] == "error")


def run_pyright(folder: Path) -> Errors:
    """Return the lines with errors of each program in a folder."""
    configure(folder)
    command = ["basedpyright", "--outputjson", "--project", str(folder)]
    found = json.loads(_run([*command, "--pythonpath", sys.executable], folder))
    return _by_file(
        (Path(each["file"]).name, each["range"]["start"]["line"] + 1)
        for each in found["generalDiagnostics"]
        if each["severity"] == "error"
    )


def configure(folder: Path) -> None:
    """Make pyright strict for a folder of programs."""
    settings = {"typeCheckingMode": "strict", "extraPaths": [str(ROOT)]}
    (folder / "pyrightconfig.json").write_text(json.dumps(settings), "utf-8")


def _run(command: list[str], folder: Path) -> str:
    """Return what a checker writes, which ends with 1 if it finds an error."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        # The package is that of this folder.
        env={**os.environ, "MYPYPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    return done.stdout


def _by_file(found: Any) -> Errors:
    errors: Errors = {}
    for name, line in found:
        errors.setdefault(name, set()).add(line)
    return errors
