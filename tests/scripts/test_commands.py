"""What each script does inside its environment."""

import os
import runpy
import shlex
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.scripts import SCRIPTS

EXTRAS = {
    "audit": "audit",
    "bench": "bench",
    "check": "dev",
    "demo": "cli,sandbox",
    "docs": "docs",
    "pictures": "browser,docs,gallery,sandbox",
    "regenerate": "dev",
    "next_pages": "dev",
    "soak": "dev",
    "test": "dev",
}


@pytest.mark.parametrize(("name", "extras"), EXTRAS.items())
def test_every_script_enters_its_environment_first(load, monkeypatch, name, extras):
    """Before that, only the standard library can be imported."""
    load("demo")
    entered: list[tuple[str, list[str]]] = []

    def enter(extras: str, script: list[str]) -> None:
        entered.append((extras, script))
        raise SystemExit(7)

    monkeypatch.setattr(sys.modules["_environment"], "enter", enter)
    monkeypatch.setattr(sys, "argv", [name])
    with pytest.raises(SystemExit, match="7"):
        runpy.run_path(str(SCRIPTS / f"{name}.py"), run_name="__main__")
    assert entered == [(extras, [str(SCRIPTS / f"{name}.py")])]


@pytest.mark.parametrize(
    ("arguments", "extras"),
    [(["--all"], "bench,browser,dev,docs,notebook,pyright,release"), (["-k", "x"], "dev")],
)
def test_only_all_tests_need_the_driver_of_a_browser(load, monkeypatch, arguments, extras):
    """It takes 165 MB."""
    entered: list[str] = []

    def enter(extras: str, _: list[str]) -> None:
        entered.append(extras)
        raise SystemExit(7)

    test = load("test")
    monkeypatch.setattr(test._environment, "enter", enter)
    with pytest.raises(SystemExit, match="7"):
        test.main(arguments)
    assert entered == [extras]


@pytest.mark.parametrize(
    ("arguments", "prompt", "output"),
    [([], None, "wan-demo.mp4"), (["A boat", "-o", "x/boat.mp4"], "A boat", "x/boat.mp4")],
)
def test_the_demo_generates_on_the_sandbox(inside, monkeypatch, arguments, prompt, output):
    """Into the current folder; a prompt may begin with a dash."""
    demo = inside("demo")
    commands: list[list[str]] = []
    monkeypatch.setattr(demo._environment, "become", commands.append)
    demo.main(arguments)
    wan = ["generate", "--sandbox", "--force", "--output", str(Path.cwd() / output), "--"]
    expected = [sys.executable, "-P", "-m", "wan_ergonomic", *wan, prompt or demo.PROMPT]
    assert commands == [expected]


def exits(*codes: int) -> dict[str, list[str]]:
    """Return one step for each exit code, named after it."""
    return {str(code): ["python", "-c", f"print('ran'); exit({code})"] for code in codes}


@pytest.mark.parametrize(
    ("codes", "code", "summary"),
    [
        ([0], 0, "passed: 0"),
        ([0, 75], 0, "passed: 0; could not tell: 75"),
        ([3, 0, 75], 1, "passed: 0; could not tell: 75; FAILED: 3"),
    ],
)
def test_every_check_runs_and_the_summary_names_each(inside, capfd, codes, code, summary):
    """Neither a failure nor a step that could not tell stops the others."""
    assert inside("check").run(exits(*codes), dict(os.environ)) == code
    lines = capfd.readouterr().out.splitlines()
    assert lines.count("ran") == len(codes)
    assert lines[-1] == f"--- {summary}"


def test_each_check_says_how_far_the_run_is(inside, capfd):
    """And how to repeat it."""
    steps = {"one": ["python", "-c", ""], "two": ["python", "-V"]}
    inside("check").run(steps, dict(os.environ))
    assert "--- 2/2 two: python -V\n" in capfd.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["types"], ["spelling", "audit"]])
def test_checks_are_all_steps_or_those_that_are_named(inside, monkeypatch, arguments):
    """The audit is among them, though the tests do without it."""
    check = inside("check")
    monkeypatch.setattr(check, "run", lambda steps, _: list(steps))
    assert check.main(arguments) == (arguments or [*CHECKS, "audit"])


def test_an_unknown_check_is_refused_with_those_that_exist(inside):
    """Before the environment is built."""
    with pytest.raises(SystemExit, match=r"there is no step --fix; the steps are format, lint"):
        inside("check").main(["--fix"])


# For each step, a file that it must reject. The misspelt word is in two pieces for the step's sake.
DEFECTS = {
    "format": ("defect.py", "x  = 1\n"),
    "lint": ("defect.py", "import os\n"),
    "types": ("wan_ergonomic/defect.py", "x: int = ''\n"),
    "spelling": ("defect.md", "t" + "eh\n"),
    "workflows": (
        ".github/workflows/defect.yml",
        "{on: push, jobs: {a: {runs-on: b, steps: [{uses: c/d@v1}]}}}",
    ),
    "bandit": ("wan_ergonomic/defect.py", "import os\nos.system(input())\n"),
}


@pytest.mark.parametrize("step", DEFECTS)
def test_each_check_finds_a_defect(inside, monkeypatch, tmp_path, capfd, step):
    """With the project's own settings: they do not exclude everything."""
    check = inside("check")
    name, text = DEFECTS[step]
    for folder in ("wan_ergonomic", "generated_client", "scripts", "tests", ".github/workflows"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "__init__.py").touch()
    (tmp_path / name).write_text(text, "utf-8")
    shutil.copy(SCRIPTS.parent / "pyproject.toml", tmp_path)
    monkeypatch.setattr(check._environment, "ROOT", tmp_path)
    assert check.run({step: check.STEPS[step]}, dict(os.environ)) == 1
    assert name in "".join(capfd.readouterr())


@pytest.fixture
def planned(inside, monkeypatch, capsys):
    """A function that returns what scripts/test.py prints and the steps it would run."""
    test = inside("test")
    plans: list[tuple[dict[str, list[str]], dict[str, str]]] = []

    def run(steps: dict[str, list[str]], environ: dict[str, str]) -> int:
        plans.append((steps, environ))
        return 4

    monkeypatch.setattr(test.check, "run", run)

    def planned(*arguments: str) -> Any:
        assert test.main(list(arguments)) == 4
        return capsys.readouterr().out, *plans.pop()

    return planned


CHECKS = [
    "format",
    "lint",
    "types",
    "spelling",
    "dependencies",
    "workflows",
    "drift",
    "bandit",
]
SLOW = {"tests/peers", "tests/e2e"}
REAL_TIME = {"tests/faults", "tests/soak"}


def ignored(command):
    """Return the folders that pytest is to leave out."""
    return {word.removeprefix("--ignore=") for word in command if word.startswith("--ignore=")}


def test_testing_runs_the_checks_and_the_default_tests(planned):
    """The audit is left out, as its result can change from day to day."""
    said, steps, _ = planned()
    assert "about 8 minutes. --all runs all tests, measures coverage and takes about" in said
    assert list(steps) == [*CHECKS, "tests"]
    assert ignored(steps["tests"]) == SLOW | {"tests/soak"}
    assert "--sample" in steps["tests"]


def test_testing_all_runs_every_test_and_measures_coverage(planned):
    """The measurements are written outside the project and deleted afterwards."""
    said, steps, environ = planned("--all")
    assert "minutes" in said
    assert list(steps) == [*CHECKS, "tests", "real-time tests", "combine", "coverage"]
    assert ignored(steps["tests"]) == REAL_TIME
    assert set(steps["real-time tests"][-2:]) == REAL_TIME
    assert "coverage" in steps["tests"]
    assert "coverage" in steps["real-time tests"]
    assert not Path(environ["COVERAGE_FILE"]).parent.exists()


def test_testing_with_other_arguments_is_pytest_with_them(planned):
    """For the work on one test."""
    said, steps, _ = planned("-k", "x")
    assert (said, shlex.join(steps["tests"])) == ("", "python -m pytest -k x")


@pytest.fixture
def rebuilding(inside, monkeypatch):
    """The script, and the calls that it would make."""
    calls: list[tuple[object, ...]] = []

    def regenerate(*call: Any, names: Any, dry_run: bool) -> list[str]:
        calls.append((*call[1:3], dry_run, *names.items()))
        call[3]("progress")
        return ["changed: a"] if call[1] and call[1] != "same.md" else []

    monkeypatch.setattr("wan_ergonomic.contract.regenerate", regenerate)
    return inside("regenerate"), calls


def test_regenerating_without_arguments_rebuilds_what_is_vendored(rebuilding, capsys):
    """Without a source there is no provenance to record."""
    script, calls = rebuilding
    assert script.main([]) == 0
    assert calls == [(None, None, False)]
    assert capsys.readouterr().out == "progress\nNothing changed.\n"


@pytest.mark.parametrize(
    ("arguments", "url"),
    [
        (["--from", "page.md"], None),
        (
            ["--from", "page.md", "--published-at", "https://docs.example/a"],
            "https://docs.example/a",
        ),
        (["--from", "https://docs.example/b"], "https://docs.example/b"),
    ],
)
def test_regenerating_from_a_source_records_where_it_was_published(
    rebuilding, capsys, arguments, url
):
    """A URL is recorded itself; for a local copy, a person gives it."""
    script, calls = rebuilding
    assert script.main(arguments) == 0
    ((source, seen, dry_run),) = calls
    assert (source, seen.url, len(seen.retrieved)) == (arguments[1], url, len("2031-02-03"))
    assert not dry_run
    said = capsys.readouterr().out
    assert said.startswith("progress\nchanged: a\n")
    assert ("With --published-at URL" in said) == (url is None)


def test_regenerating_may_name_the_operations(rebuilding):
    """As a method and a path."""
    script, calls = rebuilding
    assert script.main(["--from", "page.md", "--poll", "GET /jobs/{id}"]) == 0
    assert calls[0][3:] == (("poll", ("GET", "/jobs/{id}")),)
    assert script.main(["--from", "page.md", "--create", "/jobs"]) == 1
    assert len(calls) == 1


@pytest.mark.parametrize(
    ("source", "output"),
    [
        ("page.md", "No file was changed. Without --dry-run, these would be:\nchanged: a\n"),
        ("same.md", "Nothing changed.\n"),
    ],
)
def test_a_dry_run_says_which_files_would_change(rebuilding, capsys, source, output):
    """And that none of them did."""
    script, calls = rebuilding
    assert script.main(["--from", source, "--dry-run"]) == 0
    assert calls[0][2] is True
    said = capsys.readouterr().out.partition("Where this was published")
    assert said[0] == f"progress\n{output}"
    assert bool(said[1]) == (source == "page.md")


def test_the_host_of_a_server_without_one_is_passed_on(rebuilding):
    """For the contract, and for the lock."""
    script, calls = rebuilding
    assert script.main(["--from", "page.md", "--server", "https://h.example"]) == 0
    assert calls[0][1].host == "https://h.example"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--published-at", "https://docs.example/a"],
        ["--check", "--from", "page.md"],
        ["--dry-run"],
        ["--out", "folder"],
        ["--server", "https://h.example"],
        ["--from", "page.md", "--server", "h.example"],
        ["--from", "page.md", "--out", "folder", "--dry-run"],
        ["--from", "page.md", "--out", "folder", "--published-at", "https://docs.example/a"],
        ["--from", "page.md", "--name", "package"],
        ["--create", "POST /jobs"],
        ["--from", "page.md", "--out", "folder", "--poll", "GET /jobs"],
    ],
)
def test_regenerating_refuses_arguments_that_do_not_go_together(rebuilding, capsys, arguments):
    """Before it does anything."""
    script, calls = rebuilding
    with pytest.raises(SystemExit, match="2"):
        script.main(arguments)
    assert (calls, capsys.readouterr().err.startswith("usage:")) == ([], True)


def test_a_client_of_another_model_is_made_in_a_folder(inside, monkeypatch, capsys):
    """It prints a summary of the client."""
    calls: list[tuple[object, ...]] = []

    def make(*call: object) -> list[str]:
        calls.append(call[1:])
        return ["# package", "", "A summary."]

    monkeypatch.setattr("wan_ergonomic.contract.other_models._make.make_other_model", make)
    arguments = ["--from", "page.md", "--out", "folder", "--name", "package"]
    assert inside("regenerate").main(arguments) == 0
    assert calls == [("page.md", Path("folder"), "package", None)]
    assert capsys.readouterr().out == "# package\n\nA summary.\n"


def test_regenerating_from_a_bad_source_is_one_message(inside, capsys, tmp_path):
    """On standard error, with exit code 1."""
    script = inside("regenerate")
    assert script.main(["--from", str(tmp_path / "none")]) == 1
    gone = f"There is no file or folder at {tmp_path / 'none'}."
    message = f"regenerate: {gone} Check its name.\n"
    assert capsys.readouterr() == ("", message)


def test_the_check_names_what_differs(inside, monkeypatch, capsys):
    """And the next step."""
    monkeypatch.setattr("wan_ergonomic.contract.check", lambda _: ["extra: a", "missing: b"])
    assert inside("regenerate").main(["--check"]) == 1
    advice = "Run scripts/regenerate.py and review the changed files."
    assert capsys.readouterr() == ("", f"extra: a\nmissing: b\n{advice}\n")


def test_the_check_reports_that_nothing_differs(inside, monkeypatch, capsys):
    """No output could also mean that nothing was compared."""
    monkeypatch.setattr("wan_ergonomic.contract.check", lambda _: [])
    assert inside("regenerate").main(["--check"]) == 0
    assert capsys.readouterr() == ("Documents and generated client match a rebuild.\n", "")
