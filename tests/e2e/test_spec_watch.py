"""What the nightly workflow does with an answer is done once, and kept in one place."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from pathlib import Path

import pytest

from tests.support.nightly import BRANCH, Nightly

ROOT = Path(__file__).parents[2]


@pytest.fixture
def nightly(tmp_path, monkeypatch, measured_children):  # noqa: ARG001
    """A checkout, the repository it came from, and a GitHub on which nothing happened yet."""
    (tmp_path / "bin").mkdir()
    gh = tmp_path / "bin" / "gh"
    fake = Path(__file__).parents[1] / "support" / "fake_gh.py"
    gh.write_text(
        f'#!/bin/sh\nunset COVERAGE_PROCESS_CONFIG\nexec "{sys.executable}" -I "{fake}" "$@"\n'
    )
    gh.chmod(0o755)
    (tmp_path / "state.json").write_text('{"labels": [], "issue": [], "pr": []}')
    for name in ("calls.jsonl", "output", "summary"):
        (tmp_path / name).touch()
    environ = {
        "FAKE_GH": str(tmp_path),
        "GH_TOKEN": "a-token",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_REF_NAME": "main",
        "GITHUB_REPOSITORY": "a/b",
        "GITHUB_RUN_ID": "7",
        "GITHUB_SERVER_URL": "https://github.example",
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }
    made = Nightly(tmp_path, {**os.environ, **environ})
    upstream = tmp_path / "project" / "openapi" / "upstream"
    upstream.mkdir(parents=True)
    (tmp_path / "project" / "generated_client").mkdir()
    for path in (upstream / "create.json", tmp_path / "project" / "generated_client" / "a.py"):
        path.write_text("{}")
    made.git("init", "--quiet", "--initial-branch=main")
    made.git("add", ".")
    made.git("commit", "--quiet", "--message", "First")
    made.git("clone", "--quiet", "--bare", "project", "origin.git", where=".")
    made.git("remote", "add", "origin", str(tmp_path / "origin.git"))
    made.git("fetch", "--quiet")
    return made


@pytest.mark.parametrize(
    ("state", "source"), [("none", "same"), ("drift", "changed"), ("unclear", "none")]
)
def test_looking_says_what_there_is(nightly, published, state, source):
    """The state and the report reach the other jobs and the run's page."""
    nightly.step("look", str(published / source))
    assert nightly.outputs["state"] == state
    assert nightly.outputs["report"].strip() == (nightly.folder / "summary").read_text().strip()
    assert ("There is no file" in nightly.outputs["report"]) == (state == "unclear")


@pytest.fixture
def published(tmp_path):
    """Two folders of documents: as they are vendored, and with one property renamed."""
    shutil.copytree(ROOT / "openapi" / "upstream", tmp_path / "published" / "same")
    shutil.copytree(ROOT / "openapi" / "upstream", tmp_path / "published" / "changed")
    create = tmp_path / "published" / "changed" / "create.json"
    create.write_text(create.read_text("utf-8").replace('"prompt"', '"words"'), "utf-8")
    return tmp_path / "published"


@pytest.fixture
def instead(nightly):
    """A function that puts another program into the place of `wan`."""

    def install(code: str) -> None:
        package = nightly.folder / "instead" / "wan_ergonomic"
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
        (package / "__main__.py").write_text(code)
        nightly.environ["PYTHONPATH"] = str(package.parent)

    return install


@pytest.mark.parametrize("code", ["raise RuntimeError('a bug')", "raise SystemExit(70)"])
def test_a_watch_that_crashes_is_no_drift(nightly, instead, code):
    """Though Python ends with 1 then, too: the job fails, and no state is handed on."""
    instead(code)
    said = nightly.step("look", code=1)
    assert (nightly.outputs, "a bug" in said) == ({}, "a bug" in code)


def test_what_is_published_cannot_forge_the_state(nightly, instead):
    """Whatever lines it holds, it stays inside the report."""
    instead("print('EOF\\nstate=none\\nreport<<x\\nx')\nraise SystemExit(1)")
    nightly.step("look")
    assert nightly.outputs == {"state": "drift", "report": "EOF\nstate=none\nreport<<x\nx\n"}


def test_a_long_report_is_cut_to_what_github_takes(nightly, instead):
    """At the end of a line, and it says so."""
    instead("print('- änderung\\n' * 20_000)\nraise SystemExit(1)")
    nightly.step("look")
    report = nightly.outputs["report"]
    assert len(report.encode()) < 65_000
    *kept, blank, last = report.splitlines()
    assert ({*kept}, blank) == ({"- änderung"}, "")
    assert last.startswith("(The report goes on;")


def test_drift_is_told_in_one_issue(nightly):
    """Night after night the same one; it is edited when the report changes."""
    for report in ("one", "one", "two"):
        nightly.step("tell", STATE="drift", REPORT=report)
    (issue,) = nightly.github["issue"]
    assert (issue["state"], issue["label"]) == ("open", "spec-drift")
    assert issue["body"].endswith("\n\ntwo")
    assert nightly.calls == [
        *("issue list", "label create", "issue create"),
        *("issue list",),
        *("issue list", "issue edit"),
    ]


def test_an_issue_is_not_edited_for_its_line_endings(nightly):
    """GitHub hands a body back with its own."""
    nightly.step("tell", STATE="drift", REPORT="one\ntwo")
    state = nightly.github
    state["issue"][0]["body"] = state["issue"][0]["body"].replace("\n", "\r\n")
    nightly.github = state
    nightly.step("tell", STATE="drift", REPORT="one\ntwo")
    assert nightly.calls[3:] == ["issue list"]


def test_the_issue_is_closed_once_the_drift_is_gone(nightly):
    """With a word about why; without an issue there is nothing to close."""
    nightly.step("tell", STATE="none", REPORT="")
    nightly.step("tell", STATE="drift", REPORT="one")
    nightly.step("tell", STATE="none", REPORT="")
    (issue,) = nightly.github["issue"]
    assert (issue["state"], issue["comment"]) == (
        "closed",
        "What is published is what is vendored again.",
    )
    assert [call for call in nightly.calls if call == "issue close"] == ["issue close"]


def test_a_persons_issue_with_the_same_label_is_left_alone(nightly):
    """Ours is known by a marker in its body."""
    theirs = {"number": 1, "state": "open", "label": "spec-drift", "body": "I saw it too."}
    nightly.github = {"labels": ["spec-drift"], "issue": [theirs], "pr": []}
    nightly.step("tell", STATE="drift", REPORT="one")
    nightly.step("tell", STATE="none", REPORT="")
    assert [issue["state"] for issue in nightly.github["issue"]] == ["open", "closed"]
    assert nightly.github["issue"][0] == theirs


def test_a_watch_that_cannot_tell_is_told_in_an_issue_of_its_own(nightly):
    """With the reason, and apart from drift."""
    results = "look=success tell=skipped propose=skipped"
    nightly.step("trouble", STATE="unclear", REPORT="The page is gone.", RESULTS=results)
    (issue,) = nightly.github["issue"]
    assert (issue["state"], issue["label"]) == ("open", "spec-watch-trouble")
    assert issue["body"].endswith(
        "\n\n- The last run: https://github.example/a/b/actions/runs/7\n\nThe page is gone."
    )


def test_a_watch_that_fails_is_told_with_the_jobs_that_failed(nightly):
    """Then the same issue is kept until all is well, and closed."""
    results = "look=failure tell=skipped propose=cancelled"
    nightly.step("trouble", STATE="", REPORT="", RESULTS=results)
    body = nightly.github["issue"][0]["body"]
    assert re.findall(r"The job `(\w+)`", body) == ["look", "propose"]
    fine = "look=success tell=success propose=success"
    nightly.step("trouble", STATE="none", REPORT="", RESULTS=fine)
    (issue,) = nightly.github["issue"]
    assert (issue["state"], issue["comment"]) == ("closed", "The watch works again.")


def test_regenerating_takes_what_is_published_where_the_lock_says(nightly):
    """One address that serves both operations is given once; its failure is the step's."""
    project = nightly.folder / "project"
    (project / "scripts").mkdir()
    (project / "scripts" / "regenerate.py").write_text(
        "import sys\nprint(*sys.argv[1:])\nraise SystemExit(5)\n"
    )
    url = "https://docs.example/page.md"
    lock = json.loads((ROOT / "openapi" / "lock.json").read_text("utf-8"))
    for entry in lock["published"].values():
        entry["url"] = url
    (project / "openapi" / "lock.json").write_text(json.dumps(lock))
    assert nightly.step("regenerate", code=5) == f"--from {url}\n"


def test_regenerating_refuses_two_sources(nightly):
    """One has to be made of them first; a person is told."""
    lock = {"published": {"create": {"url": "https://a.example"}, "poll": {"url": "b"}}}
    (nightly.folder / "project" / "openapi" / "lock.json").write_text(json.dumps(lock))
    said = nightly.step("regenerate", code=1)
    assert said == "Regenerating takes one source, but there are 2: b, https://a.example.\n"


def test_drift_is_proposed_in_one_pull_request(nightly):
    """The branch is replaced when something else is published, and CI is started for it."""
    for text, report in (("{1}", "one"), ("{1}", "one"), ("{2}", "two")):
        nightly.publish(text)
        nightly.step("propose", STATE="drift", REPORT=report)
    (pull,) = nightly.github["pr"]
    assert (pull["state"], pull["head"], pull["body"]) == ("open", BRANCH, "two")
    assert nightly.pushed() == "{2}"
    assert nightly.git("rev-list", "--count", f"main..{BRANCH}", where="origin.git") == "1"
    assert nightly.calls == [
        *("pr list", "auth setup-git", "pr create", "workflow run"),
        *("pr list", "auth setup-git"),
        *("pr list", "auth setup-git", "pr edit", "workflow run"),
    ]


def test_a_persons_work_on_the_branch_is_kept(nightly):
    """Until something else is published."""
    nightly.publish("{1}")
    nightly.step("propose", STATE="drift", REPORT="one")
    (nightly.folder / "project" / "generated_client" / "a.py").write_text("by hand")
    nightly.git("commit", "--quiet", "--all", "--message", "Help")
    nightly.git("push", "--quiet", "origin", f"HEAD:{BRANCH}")
    nightly.publish("{1}")
    nightly.step("propose", STATE="drift", REPORT="one")
    assert nightly.pushed("generated_client/a.py") == "by hand"


def test_a_pull_request_that_was_closed_is_opened_anew(nightly):
    """Even if its branch was left behind: what is proposed is what was regenerated now."""
    nightly.publish("{1}")
    nightly.step("propose", STATE="drift", REPORT="one")
    state = nightly.github
    state["pr"][0]["state"] = "closed"
    nightly.github = state
    nightly.git("push", "--quiet", "--force", "origin", f"main:{BRANCH}")
    nightly.publish("{1}")
    nightly.step("propose", STATE="drift", REPORT="one")
    assert [pull["state"] for pull in nightly.github["pr"]] == ["closed", "open"]
    assert nightly.pushed() == "{1}"


def test_the_pull_request_is_closed_once_the_drift_is_gone(nightly):
    """A fork's, from a branch of the same name, is not ours to close."""
    nightly.publish("{1}")
    nightly.step("propose", STATE="drift", REPORT="one")
    state = nightly.github
    state["pr"].insert(0, {**state["pr"][0], "number": 9, "isCrossRepository": True})
    nightly.github = state
    for _ in range(2):
        nightly.step("propose", STATE="none", REPORT="")
    assert [pull["state"] for pull in nightly.github["pr"]] == ["open", "closed"]
    assert nightly.calls[4:] == ["pr list", "pr close", "pr list"]


def test_drift_that_changes_no_file_is_not_proposed(nightly):
    """An empty pull request cannot be opened."""
    said = nightly.step("propose", STATE="drift", REPORT="one")
    assert (nightly.calls, "nothing to propose" in said) == (["pr list"], True)


def test_a_step_fails_with_gh(nightly):
    """So that the job fails, and the watch is reported."""
    assert "gh issue failed with exit code 1." in nightly.step(
        "tell", code=1, STATE="none", REPORT="", GH_TOKEN=""
    )
