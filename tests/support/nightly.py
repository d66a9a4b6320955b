"""Runs the steps of the nightly workflow here, with a fake GitHub and a real git repository."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = ROOT / ".github" / "workflows"
SCRIPT = ROOT / "scripts" / "spec_watch.py"
BRANCH = "spec-watch/regenerated"
SECONDS = 90.0


def job(workflow: str, name: str) -> dict[str, Any]:
    """Return one job of a workflow."""
    text = (WORKFLOWS / f"{workflow}.yml").read_text("utf-8")
    found: dict[str, Any] = yaml.safe_load(text)["jobs"][name]
    return found


def evaluate(condition: str, **values: Any) -> Any:
    """Evaluate an expression of GitHub Actions, with its contexts given by their last name.

    It knows only what the workflows use: ``!``, ``&&``, ``||``, ``==``, ``!=``, ``contains``,
    ``fromJSON`` and ``cancelled``. A context that is not given is empty.
    """
    text = re.sub(r"^\$\{\{|\}\}$", "", condition.strip())
    strings = re.findall(r"'[^']*'", text)
    text = re.sub(r"'[^']*'", "{}", text)
    last = r"(?:\w+\.)+(?:\*\.)?([\w-]+)"
    text = re.sub(last, lambda match: repr(values.get(match[1], "")), text)
    text = text.replace("&&", " and ").replace("||", " or ").replace("!=", "<>")
    text = text.replace("!", " not ").replace("<>", "!=").format(*strings)
    functions = {
        "contains": lambda where, what: what in where,
        "fromJSON": json.loads,
        "cancelled": lambda: False,
        "true": True,
    }
    return eval(text, functions)  # noqa: S307 - the text is our own


def planned(job: dict[str, Any], **values: Any) -> list[str]:
    """Return the names of a job's named steps that run with these values."""
    named = [step for step in job["steps"] if "name" in step]
    return [step["name"] for step in named if evaluate(step.get("if", "true"), **values)]


@dataclass
class Nightly:
    """One night on a fake GitHub.

    Attributes:
        folder: Holds the checkout ``project``, its remote ``origin.git`` and GitHub's state.
        environ: The environment variables of each step.
    """

    folder: Path
    environ: dict[str, str] = field(repr=False)

    def script(self, *arguments: str, code: int = 0) -> str:
        """Run scripts/spec_watch.py; return what it prints."""
        return self._run([sys.executable, str(SCRIPT), *arguments], {}, code)

    def step(self, job: dict[str, Any], name: str, code: int = 0, **values: str) -> str:
        """Run one step of a job as the runner does; return what it prints.

        Args:
            job: The job.
            name: The step's name.
            code: The exit code that is expected.
            values: Variables of the step that the workflow takes from elsewhere.
        """
        (step,) = [step for step in job["steps"] if step.get("name") == name]
        fixed = {key: text for key, text in step["env"].items() if "${{" not in text}
        assert fixed.keys() | values.keys() | {"GH_TOKEN", "GH_REPO"} >= step["env"].keys()
        return self._run(["bash", "-e", "-c", step["run"]], {**fixed, **values}, code)

    def _run(self, command: list[str], variables: dict[str, str], code: int) -> str:
        done = subprocess.run(
            command,
            cwd=self.folder / "project",
            env={**self.environ, **variables},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def git(self, *words: str, where: str = "project") -> str:
        """Run git in the checkout or in its remote."""
        command = ["git", "-c", "user.name=A Person", "-c", "user.email=person@example.com"]
        done = subprocess.run(
            [*command, *words],
            cwd=self.folder / where,
            env=self.environ,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    @property
    def github(self) -> dict[str, Any]:
        """The state of GitHub: its issues and pull requests."""
        state: dict[str, Any] = json.loads((self.folder / "state.json").read_text())
        return state

    @github.setter
    def github(self, state: dict[str, Any]) -> None:
        (self.folder / "state.json").write_text(json.dumps(state))

    @property
    def calls(self) -> list[list[str]]:
        """The calls of gh."""
        return [json.loads(call) for call in (self.folder / "calls.jsonl").read_text().splitlines()]

    @property
    def outputs(self) -> dict[str, str]:
        """The outputs of all steps, parsed as the runner parses them."""
        lines = iter((self.folder / "output").read_text("utf-8").splitlines())
        found = {}
        for line in lines:
            name, mark, end = line.partition("<<")
            if mark:
                found[name] = "\n".join(takewhile(end.__ne__, lines))
            else:
                name, _, found[name] = line.partition("=")
        return found
