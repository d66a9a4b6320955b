"""What the nightly workflow does with the result of a comparison.

Its scripts run for real, with a fake ``gh``. The actions of others run on GitHub alone; for
them, the tests show when they run and what they are given.
"""

from __future__ import annotations

import json
import os
import shutil
import sys

import pytest

from tests.support.nightly import BRANCH, ROOT, Nightly, evaluate, job, planned
from wan_ergonomic.contract.build._regenerate import _WRITTEN

KEEP = job("keep-issue", "keep")
PROPOSE = job("spec-watch", "propose")


@pytest.fixture
def nightly(tmp_path, measured_children):  # noqa: ARG001
    """A checkout, its remote, and a GitHub without issues or pull requests."""
    if not shutil.which("jq"):
        pytest.skip("jq is not installed; gh has it built in")
    (tmp_path / "bin").mkdir()
    gh = tmp_path / "bin" / "gh"
    fake = ROOT / "tests" / "support" / "fake_gh.py"
    gh.write_text(
        f'#!/bin/sh\nunset COVERAGE_PROCESS_CONFIG\nexec "{sys.executable}" -I "{fake}" "$@"\n'
    )
    gh.chmod(0o755)
    (tmp_path / "state.json").write_text('{"issue": [], "pr": []}')
    for name in ("calls.jsonl", "output", "summary"):
        (tmp_path / name).touch()
    environ = {
        "FAKE_GH": str(tmp_path),
        "GH_TOKEN": "a-token",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }
    made = Nightly(tmp_path, {**os.environ, **environ})
    upstream = tmp_path / "project" / "openapi" / "upstream"
    upstream.mkdir(parents=True)
    (upstream / "create.json").write_text("{}")
    made.git("init", "--quiet", "--initial-branch=main")
    made.git("add", ".")
    made.git("commit", "--quiet", "--message", "First")
    made.git("clone", "--quiet", "--bare", "project", "origin.git", where=".")
    made.git("remote", "add", "origin", str(tmp_path / "origin.git"))
    return made


@pytest.fixture
def published(tmp_path):
    """Two folders of documents: as they are vendored, and with one property renamed."""
    shutil.copytree(ROOT / "openapi" / "upstream", tmp_path / "published" / "same")
    shutil.copytree(ROOT / "openapi" / "upstream", tmp_path / "published" / "changed")
    # A page may have one document for both operations.
    for document in (tmp_path / "published" / "changed").glob("*.json"):
        document.write_text(document.read_text("utf-8").replace('"prompt"', '"words"'), "utf-8")
    return tmp_path / "published"


@pytest.fixture
def instead(nightly):
    """A function that puts another program in the place of `wan`."""

    def install(code: str) -> None:
        package = nightly.folder / "instead" / "wan_ergonomic"
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
        (package / "__main__.py").write_text(code)
        nightly.environ["PYTHONPATH"] = str(package.parent)

    return install


@pytest.mark.parametrize(
    ("state", "source"), [("none", "same"), ("drift", "changed"), ("unclear", "none")]
)
def test_comparing_passes_on_a_state_and_a_report(nightly, published, state, source):
    """The other jobs and the page of the run get the same report."""
    nightly.script("compare", str(published / source))
    assert nightly.outputs["state"] == state
    assert nightly.outputs["report"].strip() == (nightly.folder / "summary").read_text().strip()
    assert ("There is no file" in nightly.outputs["report"]) == (state == "unclear")


def test_a_report_of_the_allowed_length_is_kept(load):
    """To the byte."""
    script = load("spec_watch")
    report = "x" * script.MAX_BYTES
    assert script._shorten(report) == report


@pytest.mark.parametrize("code", ["raise RuntimeError('a bug')", "raise SystemExit(70)"])
def test_a_comparison_that_crashes_is_not_drift(nightly, instead, code):
    """Python exits with 1 then, as for drift; the job fails and passes no state on."""
    instead(code)
    printed = nightly.script("compare", code=1)
    assert (nightly.outputs, "a bug" in printed) == ({}, "a bug" in code)


def test_a_published_document_cannot_forge_the_state(nightly, instead):
    """All its lines stay inside the report."""
    instead("print('EOF\\nstate=none\\nreport<<x\\nx')\nraise SystemExit(1)")
    nightly.script("compare")
    assert nightly.outputs == {"state": "drift", "report": "EOF\nstate=none\nreport<<x\nx\n"}


def test_a_long_report_is_shortened_to_what_github_accepts(nightly, instead):
    """At the end of a line, with a note."""
    instead("print('- änderung\\n' * 20_000)\nraise SystemExit(1)")
    nightly.script("compare")
    report = nightly.outputs["report"]
    assert len(report.encode()) < 65_000
    *kept, blank, last = report.splitlines()
    assert ({*kept}, blank) == ({"- änderung"}, "")
    assert last.startswith("(Shortened;")


def test_regenerating_uses_the_address_in_the_lock(nightly):
    """An address of both operations is given once; a failure is the step's failure."""
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
    assert nightly.script("regenerate", code=5) == f"--from {url}\n"


def test_regenerating_refuses_two_sources(nightly):
    """A person has to make one of them."""
    lock = {"published": {"create": {"url": "https://a.example"}, "poll": {"url": "b"}}}
    (nightly.folder / "project" / "openapi" / "lock.json").write_text(json.dumps(lock))
    printed = nightly.script("regenerate", code=1)
    assert printed == "Regenerating needs one source; lock.json names 2: b, https://a.example.\n"


@pytest.mark.parametrize(
    ("inputs", "steps"),
    [
        ({"open": True}, ["Find the open issue", "Write its text", "Open or update it"]),
        ({"open": False, "number": "7"}, ["Find the open issue", "Close it"]),
        ({"open": False}, ["Find the open issue"]),
    ],
)
def test_an_issue_is_opened_updated_or_closed(inputs, steps):
    """It is updated under the number that was found, and opened without one."""
    assert planned(KEEP, **inputs) == steps
    (action,) = [step for step in KEEP["steps"] if "uses" in step]
    assert action["with"]["issue-number"] == "${{ steps.issue.outputs.number }}"


def test_the_open_issue_with_the_marker_is_found(nightly):
    """A closed one is not, nor a person's issue with the same label."""
    marker = "<!-- spec_watch: spec-drift -->\nText"
    issues = [("open", "I saw it too."), ("closed", marker), ("open", marker), ("open", marker)]
    nightly.github = {
        "issue": [
            {"number": number, "state": state, "label": "spec-drift", "body": body}
            for number, (state, body) in enumerate(issues, 1)
        ]
    }
    nightly.step(KEEP, "Find the open issue", LABEL="spec-drift")
    assert nightly.outputs == {"number": "3"}


def test_without_an_issue_there_is_no_number(nightly):
    """The action opens one then."""
    nightly.step(KEEP, "Find the open issue", LABEL="spec-drift")
    assert nightly.outputs == {"number": ""}


def test_the_text_of_an_issue_starts_with_its_marker(nightly):
    """The report in it is data, whatever it looks like."""
    report = "A `report`\n\n$(touch forged) \"'%s\\n"
    nightly.step(KEEP, "Write its text", LABEL="spec-drift", BODY=report)
    (action,) = [step for step in KEEP["steps"] if "uses" in step]
    text = (nightly.folder / "project" / action["with"]["content-filepath"]).read_text()
    assert text == f"<!-- spec_watch: spec-drift -->\n{report}\n"
    assert not (nightly.folder / "project" / "forged").exists()


def test_an_issue_is_closed_with_the_reason(nightly):
    """For those who follow it."""
    nightly.github = {"issue": [{"number": 7, "state": "open"}]}
    nightly.step(KEEP, "Close it", NUMBER="7", CLOSING="All is well.")
    assert nightly.github["issue"] == [{"number": 7, "state": "closed", "comment": "All is well."}]


@pytest.mark.parametrize(
    ("state", "result", "open"),
    [
        ("none", ["success", "success", "success"], False),
        ("drift", ["success", "success", "success"], False),
        ("unclear", ["success", "skipped", "skipped"], True),
        ("", ["failure", "skipped", "skipped"], True),
        ("drift", ["success", "success", "failure"], True),
        ("none", ["success", "cancelled", "success"], True),
    ],
)
def test_a_watch_that_fails_or_cannot_tell_has_an_issue_of_its_own(state, result, open):  # noqa: A002
    """It names the result of each job and the run, and holds the report."""
    trouble = job("spec-watch", "trouble")
    assert evaluate(trouble["if"])
    assert evaluate(trouble["with"]["open"], state=state, result=result) == open
    assert trouble["with"]["label"] != job("spec-watch", "drift")["with"]["label"]
    for part in ("compare.result", "drift.result", "propose.result", "run_id", "outputs.report"):
        assert part in trouble["with"]["body"]


@pytest.mark.parametrize(("state", "open"), [("drift", True), ("none", False)])
def test_drift_has_an_issue_with_the_report(state, open):  # noqa: A002
    """If the comparison cannot tell, the issue stays as it is."""
    drift = job("spec-watch", "drift")
    assert evaluate(drift["with"]["open"], state=state) == open
    assert "outputs.report" in drift["with"]["body"]
    for name in ("drift", "propose"):
        condition = job("spec-watch", name)["if"]
        assert [bool(evaluate(condition, state=s)) for s in (state, "unclear", "")] == [1, 0, 0]


FIND = "Find the open pull request"


@pytest.mark.parametrize(
    ("values", "steps"),
    [
        ({"state": "drift", "current": "false"}, ["Regenerate", FIND, "Open or replace it"]),
        ({"state": "drift", "current": "true"}, ["Regenerate", FIND, "Update its text"]),
        ({"state": "none", "number": "7"}, [FIND, "Close it"]),
        ({"state": "none"}, [FIND]),
    ],
)
def test_a_pull_request_is_opened_replaced_updated_or_closed(values, steps):
    """CI runs when its branch was pushed: no push with the workflow's token starts it."""
    start = "Start CI for it"
    assert planned(PROPOSE, **values) == steps
    for operation in ("created", "updated"):
        assert start in planned(PROPOSE, **values, **{"pull-request-operation": operation})
    assert start not in planned(PROPOSE, **values, **{"pull-request-operation": "closed"})


def test_the_pull_request_takes_what_was_regenerated_to_its_one_branch():
    """With the report; a branch that differs from main in nothing is deleted."""
    (action,) = [step["with"] for step in PROPOSE["steps"] if "create-pull" in step.get("uses", "")]
    assert action["branch"] == BRANCH
    assert action["delete-branch"] is True
    assert {*action["add-paths"].split()} == {name.partition("/")[0] for name in _WRITTEN}
    assert action["body"] == "${{ needs.compare.outputs.report }}"
    assert BRANCH in job("spec-watch", "drift")["with"]["body"]


def proposed(nightly: Nightly, files: dict[str, str]) -> None:
    """Push the branch with these files, open its pull request, and go back to main."""
    write(nightly, files)
    nightly.git("switch", "--quiet", "--create", BRANCH)
    nightly.git("add", ".")
    nightly.git("commit", "--quiet", "--message", "Regenerate")
    nightly.git("push", "--quiet", "origin", BRANCH)
    nightly.git("switch", "--quiet", "main")
    pull = {"number": 7, "state": "open", "head": BRANCH, "isCrossRepository": False}
    fork = {**pull, "number": 6, "isCrossRepository": True}
    nightly.github = {"pr": [fork, pull]}


def write(nightly: Nightly, files: dict[str, str]) -> None:
    """Change files of the checkout."""
    for name, text in files.items():
        (nightly.folder / "project" / name).write_text(text)


@pytest.mark.parametrize(
    ("regenerated", "current"),
    [
        ({"openapi/upstream/create.json": "{1}"}, "true"),
        ({"openapi/upstream/create.json": "{2}"}, "false"),
        ({"openapi/upstream/create.json": "{1}", "openapi/upstream/new.json": "{}"}, "false"),
        ({}, "false"),
    ],
)
def test_a_persons_work_on_the_branch_is_kept_until_the_documents_change(
    nightly, regenerated, current
):
    """A pull request from a fork's branch of the same name is not ours."""
    proposed(nightly, {"openapi/upstream/create.json": "{1}", "by hand.py": ""})
    write(nightly, regenerated)
    nightly.step(PROPOSE, FIND)
    assert nightly.outputs == {"number": "7", "current": current}


def test_a_branch_that_was_left_behind_is_replaced(nightly):
    """Its pull request was closed, so a new one is opened."""
    proposed(nightly, {"openapi/upstream/create.json": "{1}"})
    state = nightly.github
    state["pr"][1]["state"] = "closed"
    nightly.github = state
    write(nightly, {"openapi/upstream/create.json": "{1}"})
    nightly.step(PROPOSE, FIND)
    assert nightly.outputs == {"number": "", "current": "false"}


def test_the_pull_requests_text_is_replaced_and_ci_started(nightly):
    """The report reaches gh on standard input."""
    nightly.github = {"pr": [{"number": 7, "body": "old"}]}
    nightly.step(PROPOSE, "Update its text", NUMBER="7", REPORT="new $(touch x)\n- two")
    assert nightly.github["pr"] == [{"number": 7, "body": "new $(touch x)\n- two\n"}]
    nightly.step(PROPOSE, "Start CI for it")
    assert nightly.calls[-1] == ["workflow", "run", "ci.yml", "--ref", BRANCH]


def test_the_pull_request_is_closed_with_its_branch(nightly):
    """And with the reason."""
    nightly.github = {"pr": [{"number": 7, "state": "open"}]}
    nightly.step(PROPOSE, "Close it", NUMBER="7")
    assert "--delete-branch" in nightly.calls[-1]
    assert "match the vendored ones again" in nightly.github["pr"][0]["comment"]


@pytest.mark.parametrize(("job", "name"), [(KEEP, "Find the open issue"), (PROPOSE, FIND)])
def test_a_step_fails_with_gh(nightly, job, name):
    """So that the issue about the watch is opened."""
    del nightly.environ["GH_TOKEN"]
    assert "set the GH_TOKEN" in nightly.step(job, name, code=1, LABEL="spec-drift")
