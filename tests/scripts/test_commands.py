"""What each script does once it is inside its environment."""

import os
import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.scripts import SCRIPTS

COMMANDS = {
    "audit": "audit",
    "check": "dev",
    "demo": "cli,sandbox",
    "regenerate": "dev",
    "soak": "dev",
    "test": "dev",
}


@pytest.mark.parametrize(("name", "extras"), COMMANDS.items())
def test_every_script_enters_its_environment_first(load, monkeypatch, name, extras):
    """Nothing outside the standard library is imported before."""
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
    ("arguments", "prompt", "output"),
    [([], None, "wan-demo.mp4"), (["A boat", "-o", "x/boat.mp4"], "A boat", "x/boat.mp4")],
)
def test_the_demo_generates_on_the_sandbox(inside, monkeypatch, arguments, prompt, output):
    """Into the current folder, whatever that is; a prompt may even begin with a dash."""
    demo = inside("demo")
    commands: list[list[str]] = []
    monkeypatch.setattr(demo._environment, "become", commands.append)
    demo.main(arguments)
    wan = ["generate", "--sandbox", "--force", "--output", str(Path.cwd() / output), "--"]
    expected = [sys.executable, "-P", "-m", "wan_ergonomic", *wan, prompt or demo.PROMPT]
    assert commands == [expected]


def test_every_check_runs_and_the_failed_ones_are_named(inside, capfd):
    """One run shows everything that is wrong."""
    check = inside("check")
    steps = [("good", ["-c", "print('fine')"]), ("bad", ["-c", "raise SystemExit(3)"])]
    assert check.run([*steps, steps[0]], dict(os.environ)) == 1
    out = capfd.readouterr().out
    assert out.count("fine\n") == 2
    assert out.endswith("--- FAILED: bad\n")


def test_checks_that_pass_say_what_was_checked(inside, capfd):
    """And the exit code says it too."""
    check = inside("check")
    assert check.run([("one", ["-c", ""]), ("two", ["-c", ""])], dict(os.environ)) == 0
    assert capfd.readouterr().out.endswith("--- all good: one, two\n")


def test_a_check_that_could_not_tell_has_not_failed_and_is_not_called_good(inside, capfd):
    """Whatever else is wrong is still said."""
    check = inside("check")
    good, bad, untold = ((str(code), ["-c", f"raise SystemExit({code})"]) for code in (0, 3, 75))
    assert check.run([good, untold], dict(os.environ)) == 0
    assert capfd.readouterr().out.endswith("--- all good: 0; could not tell: 75\n")
    assert check.run([bad, untold, good], dict(os.environ)) == 1
    assert capfd.readouterr().out.endswith("--- FAILED: 3; could not tell: 75\n")


def test_a_check_is_all_that_can_be_said_without_running_the_code(inside, monkeypatch):
    """And takes no arguments."""
    check = inside("check")
    monkeypatch.setattr(check, "run", lambda steps, _: [name for name, _ in steps])
    assert check.main([]) == ["format", "lint", "types", "drift", "bandit", "audit"]
    with pytest.raises(SystemExit, match="takes no arguments"):
        check.main(["--fix"])


def test_bandit_finds_what_there_is(inside, tmp_path):
    """So that its silence about ours means something: what it skips is not all."""
    check = inside("check")
    bandit = dict(check.STEPS)["bandit"]
    weak = tmp_path / "weak.py"
    weak.write_text("import os\nos.system(input())\n", "utf-8")
    options = bandit[: bandit.index("--recursive")]
    assert check.run([("weak", [*options, str(weak)])], dict(os.environ)) == 1


def test_testing_checks_first_and_measures_coverage(inside, monkeypatch):
    """Measurements are kept out of the project and gone afterwards.

    Nothing is asked of the network, whose answer may be another one tomorrow.
    """
    test = inside("test")
    seen: list[str] = []

    def run(steps: list[tuple[str, list[str]]], environ: dict[str, str]) -> int:
        seen.extend([environ["COVERAGE_FILE"], *(name for name, _ in steps)])
        return 4

    monkeypatch.setattr(test.check, "run", run)
    assert test.main([]) == 4
    checks = ["format", "lint", "types", "drift", "bandit"]
    assert seen[1:] == [*checks, "tests", "gather", "coverage"]
    assert not Path(seen[0]).parent.exists()


def test_testing_with_arguments_is_pytest_with_them(inside, monkeypatch):
    """For the work on one test."""
    test = inside("test")
    monkeypatch.setattr(test.check, "run", lambda steps, _: steps)
    assert test.main(["-k", "x"]) == [("tests", ["-m", "pytest", "-k", "x"])]


@pytest.fixture
def rebuilding(inside, monkeypatch):
    """The script, and the calls that it would make."""
    calls: list[tuple[object, ...]] = []

    def regenerate(*call: Any, dry_run: bool) -> list[str]:
        calls.append((*call[1:3], dry_run))
        call[3]("progress")
        return ["different: a"] if call[1] and not dry_run else []

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
    assert capsys.readouterr().out == "progress\ndifferent: a\n"


def test_a_dry_run_reports_changes_only(rebuilding, capsys):
    """It lists no changed files, as there are none."""
    script, calls = rebuilding
    assert script.main(["--from", "page.md", "--dry-run"]) == 0
    assert calls[0][2] is True
    assert capsys.readouterr().out == "progress\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--published-at", "https://docs.example/a"],
        ["--check", "--from", "page.md"],
        ["--dry-run"],
        ["--out", "folder"],
        ["--from", "page.md", "--out", "folder", "--dry-run"],
        ["--from", "page.md", "--out", "folder", "--published-at", "https://docs.example/a"],
        ["--from", "page.md", "--name", "package"],
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
    assert calls == [("page.md", Path("folder"), "package")]
    assert capsys.readouterr().out == "# package\n\nA summary.\n"


def test_regenerating_from_a_bad_source_is_one_message(inside, capsys, tmp_path):
    """On standard error, with exit code 1."""
    script = inside("regenerate")
    assert script.main(["--from", str(tmp_path / "none")]) == 1
    message = f"regenerate: There is no file or folder at {tmp_path / 'none'}.\n"
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
