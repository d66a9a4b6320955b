"""The nightly workflow's steps, in a repository of their own, with a GitHub that is a file."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "spec_watch.py"
BRANCH = runpy.run_path(str(SCRIPT))["BRANCH"]
SECONDS = 90.0


@dataclass
class Nightly:
    """The script's steps in a repository of their own, with a GitHub that is a file."""

    folder: Path
    environ: dict[str, str]

    def step(self, *words: str, code: int = 0, **variables: str) -> str:
        """Run one step as the workflow does; return what it prints."""
        command = [sys.executable, str(SCRIPT), *words]
        environ = {**self.environ, **variables}
        done = subprocess.run(
            command,
            cwd=self.folder / "project",
            env=environ,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def git(self, *words: str, where: str = "project") -> str:
        """Run git in the checkout, or in the repository it came from."""
        who = ["-c", "user.name=A Person", "-c", "user.email=person@example.com"]
        command = ["git", *who, *words]
        return subprocess.run(
            command,
            cwd=self.folder / where,
            env=self.environ,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()

    @property
    def github(self) -> dict[str, Any]:
        """What is on GitHub."""
        state: dict[str, Any] = json.loads((self.folder / "state.json").read_text())
        return state

    @github.setter
    def github(self, state: dict[str, Any]) -> None:
        (self.folder / "state.json").write_text(json.dumps(state))

    @property
    def calls(self) -> list[str]:
        """The noun and verb of each call of gh, in order."""
        lines = (self.folder / "calls.jsonl").read_text().splitlines()
        return [" ".join(json.loads(line)[:2]) for line in lines]

    @property
    def outputs(self) -> dict[str, str]:
        """What the other jobs get to see, read as the runner reads it."""
        lines = iter((self.folder / "output").read_text("utf-8").splitlines())
        found = {}
        for line in lines:
            name, mark, end = line.partition("<<")
            if mark:
                found[name] = "\n".join(takewhile(end.__ne__, lines))
            else:
                name, _, found[name] = line.partition("=")
        return found

    def publish(self, text: str) -> None:
        """Change what is published, as regenerating would."""
        self.git("switch", "--quiet", "main")
        self.git("reset", "--quiet", "--hard", "origin/main")
        (self.folder / "project" / "openapi" / "upstream" / "create.json").write_text(text)

    def pushed(self, path: str = "openapi/upstream/create.json") -> str:
        """Return a file as the pull request's branch has it."""
        return self.git("show", f"{BRANCH}:{path}", where="origin.git")
