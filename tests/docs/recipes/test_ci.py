"""The workflows of the recipe: what GitHub reads, and each command that can be run offline."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docs.examples import file_of
from tests.plugin.conftest import _INSTALLED
from tests.support.waiting import SECONDS

from .conftest import ROOT

PAGE = "recipes/ci.md"
UPSTREAM = ROOT / "openapi" / "upstream"
FLOWS = {
    name: yaml.safe_load(file_of(PAGE, f".github/workflows/{name}.yml"))
    for name in ("tests", "contract")
}
# Stands for the command; a watch compares with a source on this machine.
WAN = """\
#!/bin/sh
[ "$2" = watch ] && set -- "$@" "$SOURCE"
exec "$PYTHON" -m wan_ergonomic "$@"
"""

Step = Callable[..., subprocess.CompletedProcess[str]]


def steps(name: str) -> list[dict[str, Any]]:
    """Return the steps of a workflow's only job."""
    (job,) = FLOWS[name]["jobs"].values()
    return list(job["steps"])


def step_with(name: str, words: str) -> dict[str, Any]:
    """Return the step whose script has these words."""
    (step,) = [each for each in steps(name) if words in each.get("run", "")]
    return step


@pytest.fixture
def run(tmp_path, environ) -> Step:
    """A function that runs a step as GitHub does, with ``wan`` in a folder of its own."""
    command = tmp_path / "bin" / "wan"
    command.parent.mkdir()
    command.write_text(WAN, "utf-8")
    command.chmod(0o755)

    def run(step: dict[str, Any], **more: str) -> subprocess.CompletedProcess[str]:
        settings = environ(
            PATH=f"{command.parent}{os.pathsep}{Path(sys.executable).parent}:{os.environ['PATH']}",
            PYTHON=sys.executable,
            GITHUB_STEP_SUMMARY=str(tmp_path / "summary.md"),
            **more,
        )
        # What runs a step that names no shell.
        shell = ["bash", "-e", "-c", step["run"]]
        return subprocess.run(
            shell,
            cwd=tmp_path,
            env=settings,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )

    return run


@pytest.fixture
def moved(tmp_path) -> Path:
    """The published documents, with each operation at another path."""
    folder: Path = tmp_path / "moved"
    shutil.copytree(UPSTREAM, folder)
    # Each may have one operation, or both.
    for file in folder.glob("*.json"):
        document = json.loads(file.read_text("utf-8"))
        document["paths"] = {f"/moved{path}": item for path, item in document["paths"].items()}
        file.write_text(json.dumps(document), "utf-8")
    return folder


@pytest.mark.parametrize("name", FLOWS)
def test_each_workflow_is_modest(name):
    """It may read the repository only, ends by itself, and uses the actions of this project."""
    (job,) = FLOWS[name]["jobs"].values()
    ours = (ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8")
    assert FLOWS[name]["permissions"] == {"contents": "read"}
    assert job["timeout-minutes"] <= 15
    for step in steps(name):
        if "uses" in step:
            assert step["uses"] in ours
    assert "secrets." not in file_of(PAGE, f".github/workflows/{name}.yml")


def test_the_comparison_runs_at_night():
    """YAML 1.1 reads the key ``on`` as true."""
    assert re.fullmatch(r"\d+ \d+ \* \* \*", FLOWS["contract"][True]["schedule"][0]["cron"])


def test_the_requirements_name_extras_that_exist():
    """Those of the command, the contract and the sandbox."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    (line,) = re.findall(r"^wan-ergonomic\[(.*)\] @ git\+", file_of(PAGE, "requirements.txt"), re.M)
    extras = line.split(",")
    assert extras == ["cli", "contract", "sandbox"]
    assert {*extras} <= {*project["optional-dependencies"]}
    for name in FLOWS:
        assert step_with(name, "pip install")["run"] == "pip install -r requirements.txt"


def test_the_tests_are_run(run, tmp_path):
    """As GitHub runs them, with the fixtures of this package."""
    plugin = "pytest_plugins = ['wan_ergonomic.pytest_plugin']\n"
    (tmp_path / "conftest.py").write_text("" if _INSTALLED else plugin, "utf-8")
    (tmp_path / "test_it.py").write_text("def test_it(wan_sandbox):\n    assert wan_sandbox.url\n")
    ran = run(step_with("tests", "pytest"))
    assert (ran.returncode, "1 passed" in ran.stdout) == (0, True), ran.stdout
    (tmp_path / "test_it.py").write_text("def test_it(wan_sandbox):\n    assert not wan_sandbox\n")
    assert run(step_with("tests", "pytest")).returncode == 1


def test_an_unchanged_contract_passes(run, tmp_path):
    """With a report in the summary."""
    ran = run(step_with("contract", "watch"), SOURCE=str(UPSTREAM))
    assert (ran.returncode, "::warning::" in ran.stdout) == (0, False), ran.stderr
    assert (tmp_path / "summary.md").stat().st_size > 50


def test_a_change_that_breaks_fails(run, moved, tmp_path):
    """And the summary names it."""
    ran = run(step_with("contract", "watch"), SOURCE=str(moved))
    assert ran.returncode == 1
    assert "breaking" in (tmp_path / "summary.md").read_text("utf-8").lower()


def test_a_source_that_is_away_is_a_warning(run, tmp_path):
    """It is known tomorrow."""
    ran = run(step_with("contract", "watch"), SOURCE=str(tmp_path / "away"))
    assert (ran.returncode, "::warning::" in ran.stdout) == (0, True)


def test_a_page_that_was_agreed_to_is_compared(run, moved, tmp_path):
    """With the one at the address of the variable, as annotations."""
    step = step_with("contract", "diff")
    assert step["env"] == {"PAGE": "${{ vars.WAN_PAGE }}"}
    assert "hashFiles('contract/agreed.md')" in step["if"]
    # A folder of documents stands for the page.
    shutil.copytree(UPSTREAM, tmp_path / "contract" / "agreed.md")
    assert run(step, PAGE=str(UPSTREAM)).returncode == 0
    changed = run(step, PAGE=str(moved))
    assert (changed.returncode, "::error" in changed.stdout) == (1, True), changed.stdout
    assert run(step, PAGE=str(tmp_path / "away")).returncode == 2
