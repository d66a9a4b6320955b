"""A copy of the project that is regenerated onto a page, and its own tests there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from .published import ROOT

# At the top of the project.
_LEFT_OUT = {".git", ".venv", ".hypothesis", "build", "dist"}
_REGENERATE = """\
import sys
from pathlib import Path
from wan_ergonomic.contract import ContractError, Provenance, regenerate
try:
    regenerate(Path.cwd(), sys.argv[1], Provenance(None, "2031-02-03"), print)
except ContractError as error:
    sys.exit(str(error))
"""
_NAME = "page.md"


@dataclass(frozen=True)
class Outcome:
    """What a command in the copy came to.

    Attributes:
        passed: Whether it succeeded.
        output: All that it wrote.
    """

    passed: bool
    output: str

    @property
    def failures(self) -> list[str]:
        """The tests that failed."""
        return re.findall(r"^(?:FAILED|ERROR) (.*?)(?: - .*)?$", self.output, re.MULTILINE)


class ProjectCopy:
    """A copy of the project, without its environment.

    Attributes:
        root: Its folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        shutil.copytree(ROOT, root, ignore=_ignored)

    def regenerate(self, page: str) -> Outcome:
        """Regenerate the copy onto a page."""
        (self.root.parent / _NAME).write_text(page, "utf-8", newline="")
        return self._run("-c", _REGENERATE, str(self.root.parent / _NAME))

    def test(self, *arguments: str) -> Outcome:
        """Run the copy's own tests, with these arguments of pytest."""
        return self._run("-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments)

    def _run(self, *arguments: str) -> Outcome:
        # Variables of the pytest run around this one are for that run only.
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env={**kept, "PYTHONPATH": str(self.root), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        return Outcome(done.returncode == 0, done.stdout + done.stderr)


def _ignored(folder: str, names: list[str]) -> set[str]:
    top = _LEFT_OUT if Path(folder) == ROOT else set()
    return {name for name in names if name in top or name.endswith(("_cache", "__pycache__"))}
