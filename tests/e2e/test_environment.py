"""The environment a script makes for itself."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.scripts import SCRIPTS

BACKEND = """
import zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "fake-1.dist-info/"
    with zipfile.ZipFile(folder + "/fake-1-py3-none-any.whl", "w") as wheel:
        wheel.writestr("fake_marker.py", "")
        wheel.writestr(name + "METADATA", "Metadata-Version: 2.1\\nName: fake\\nVersion: 1\\n")
        wheel.writestr(name + "WHEEL", "Wheel-Version: 1.0\\nTag: py3-none-any\\n")
        wheel.writestr(name + "RECORD", "")
    return "fake-1-py3-none-any.whl"
"""
PROJECT = '[project]\nname = "fake"\nversion = "1"\n[project.optional-dependencies]\nx = []\n'
SYSTEM = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
START = (
    "import sys, _environment\n"
    "_environment.enter('x', [__file__] + sys.argv[1:])\n"
    "import fake_marker\n"
    "print(sys.prefix, sys.argv[1:])\n"
)


@pytest.fixture
def environment(load, tmp_path, monkeypatch):
    """The module that makes environments, at work in a project without dependencies."""
    root = tmp_path / "a project"
    (root / "scripts").mkdir(parents=True)
    shutil.copy(SCRIPTS / "_environment.py", root / "scripts")
    (root / "scripts" / "start.py").write_text(START, "utf-8")
    (root / "constraints.txt").touch()
    (root / "pyproject.toml").write_text(PROJECT + SYSTEM, "utf-8")
    (root / "backend.py").write_text(BACKEND, "utf-8")
    module = load("_environment")
    monkeypatch.setattr(module, "ROOT", str(root))
    return module


@pytest.fixture
def folder(environment):
    """Where that project's environment belongs."""
    return Path(environment.ROOT, ".venv", "x-{}.{}".format(*sys.version_info))


@pytest.fixture
def entered(environment, monkeypatch):
    """A function that enters the environment; returns the command it would go on as."""

    def enter() -> list[str] | None:
        commands: list[list[str]] = []
        monkeypatch.setattr(environment, "become", commands.append)
        environment.enter("x", ["start.py", "an argument"])
        return commands[0] if commands else None

    return enter


@pytest.fixture
def quick(environment, monkeypatch):
    """The commands that make an environment, recorded instead of run."""
    commands: list[list[str]] = []

    def record(command: list[str]) -> None:
        commands.append(command)
        python = Path(environment.python_in(command[-1]))
        if "venv" in command:
            python.parent.mkdir(parents=True, exist_ok=True)
            python.touch()

    monkeypatch.setattr(environment, "_run", record)
    return commands


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 8, 18), (3, 10, 0)])
def test_a_python_that_is_too_old_gets_one_sentence(entered, monkeypatch, version):
    """What was found, what is needed, and what to type."""
    with monkeypatch.context() as patch:
        patch.setattr(sys, "version_info", version)
        patch.setattr(sys, "argv", ["scripts/demo.py"])
        with pytest.raises(SystemExit) as caught:
            entered()
    assert caught.value.code == (
        f"This needs Python 3.11 or newer; this is Python {'.'.join(map(str, version))} "
        f"({sys.executable}). Run it with a newer one, for example: python3.12 scripts/demo.py"
    )


@pytest.mark.parametrize("module", ["venv", "ensurepip", "sqlite3"])
def test_a_python_without_venv_gets_one_sentence(entered, monkeypatch, module):
    """Debian sells Python in parts; the sentence names the one to install."""
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(SystemExit) as caught:
        entered()
    assert f"lacks its own module '{module}'" in str(caught.value.code)
    assert "sudo apt install python{}.{}-venv".format(*sys.version_info) in str(caught.value.code)


def test_a_first_start_makes_the_environment_and_starts_over(entered, environment, quick, folder):
    """With the pins, the extras, and the same arguments."""
    assert entered() == [environment.python_in(str(folder)), "start.py", "an argument"]
    assert [command[1:3] for command in quick] == [["-m", "venv"], ["-m", "pip"]]
    assert quick[1][-4:] == ["--constraint", "constraints.txt", "--editable", ".[x]"]


def test_a_second_start_makes_nothing(entered, quick):
    """What is complete is used as it is."""
    entered()
    quick.clear()
    assert entered()
    assert quick == []


def test_a_start_inside_the_environment_goes_on(entered, quick, folder, monkeypatch):
    """There is nothing to make and nowhere to go."""
    entered()
    monkeypatch.setattr(sys, "prefix", str(folder))
    assert entered() is None
    assert len(quick) == 2


@pytest.mark.parametrize("name", ["constraints.txt", "pyproject.toml"])
def test_a_change_of_the_pins_makes_the_environment_anew(entered, quick, name, environment):
    """The extras and versions it was made from are no longer those of the project."""
    entered()
    Path(environment.ROOT, name).write_text("# changed\n", "utf-8")
    entered()
    assert len(quick) == 4


def test_a_start_inside_a_stale_environment_starts_over(
    entered, quick, folder, monkeypatch, environment
):
    """What it has imported by then may be what was replaced."""
    entered()
    monkeypatch.setattr(sys, "prefix", str(folder))
    Path(environment.ROOT, "constraints.txt").write_text("# changed\n", "utf-8")
    assert entered() == [environment.python_in(str(folder)), "start.py", "an argument"]
    assert len(quick) == 4


def test_a_copy_of_the_project_makes_its_own(entered, quick, environment, monkeypatch, tmp_path):
    """An environment points at its place; in a copy it would run the original's code."""
    entered()
    copy = shutil.copytree(environment.ROOT, tmp_path / "copy")
    monkeypatch.setattr(environment, "ROOT", str(copy))
    entered()
    assert len(quick) == 4


@pytest.mark.parametrize("step", [0, 1])
def test_a_build_that_was_interrupted_is_made_anew(entered, quick, environment, monkeypatch, step):
    """Ctrl-C at any step leaves nothing that looks complete, not even with the old pins."""
    entered()
    pins = Path(environment.ROOT, "constraints.txt")
    pins.write_text("# changed\n", "utf-8")
    run, steps = environment._run, iter((0, 1))

    def interrupt(command: list[str]) -> None:
        if next(steps) == step:
            raise KeyboardInterrupt
        run(command)

    with monkeypatch.context() as patch:
        patch.setattr(environment, "_run", interrupt)
        with pytest.raises(SystemExit, match="makes it anew"):
            entered()
    pins.write_text("", "utf-8")
    quick.clear()
    assert entered()
    assert len(quick) == 2


def test_an_environment_whose_python_is_gone_is_made_anew(entered, environment, quick, folder):
    """A system's Python may be replaced under it."""
    entered()
    Path(environment.python_in(str(folder))).unlink()
    entered()
    assert len(quick) == 4


def test_a_start_that_waited_finds_the_work_done(environment, quick, folder):
    """Whoever had the lock has made what the other was waiting to make."""
    environment.make(str(folder), "x")
    environment.make(str(folder), "x")
    assert len(quick) == 2


def test_a_folder_that_cannot_be_written_gets_one_sentence(entered, environment):
    """With the system's own reason."""
    Path(environment.ROOT, ".venv").touch()
    with pytest.raises(SystemExit, match=r"^The environment could not be made: .*exists"):
        entered()


def test_a_lock_that_is_not_one_gets_one_sentence(entered, environment):
    """Any file could be lying there."""
    Path(environment.ROOT, ".venv").mkdir()
    Path(environment.ROOT, ".venv", "lock").write_bytes(b"not a lock, but long enough" * 100)
    with pytest.raises(SystemExit, match=r"^The environment could not be made: "):
        entered()


def test_a_command_that_fails_shows_its_last_lines(environment, capfd):
    """Not all of them, then one plain sentence, and nothing on the way there."""
    noisy = "for i in range(40): print('line', i)\nraise SystemExit(2)"
    with pytest.raises(SystemExit) as caught:
        environment._run([sys.executable, "-c", noisy])
    lines = str(caught.value.code).splitlines()
    assert lines[:12] == [f"line {i}" for i in range(28, 40)]
    assert "needs the network, or a pip that is configured for a mirror" in lines[-1]
    assert capfd.readouterr() == ("", "")


def test_a_command_that_succeeds_is_not_heard(environment, capfd):
    """What it says is of interest only if it fails."""
    environment._run([sys.executable, "-c", "print('noise')"])
    assert capfd.readouterr() == ("", "")


def test_other_environments_have_no_say(environment, monkeypatch):
    """Nor have variables that lead Python or pip elsewhere; everything else stays."""
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.setenv("VIRTUAL_ENV", "/elsewhere")
    monkeypatch.setenv("PIP_TARGET", "/elsewhere")
    monkeypatch.setenv("PIP_RETRIES", "1")
    kept = environment.quiet_environ()
    assert {"PYTHONPATH", "VIRTUAL_ENV", "PIP_TARGET"} & kept.keys() == set()
    assert kept["PIP_RETRIES"] == "1"


def test_the_script_goes_on_in_the_same_process(environment, monkeypatch):
    """So that Ctrl-C and exit codes are the script's own."""
    calls: list[tuple[object, ...]] = []
    monkeypatch.setattr(os, "execve", lambda *call: calls.append(call))
    environment.become(["python", "x.py"])
    assert calls == [("python", ["python", "x.py"], environment.quiet_environ())]


def test_windows_waits_for_the_script(environment, monkeypatch):
    """There, a process that goes on as another one is over for the shell."""
    with monkeypatch.context() as patch:
        patch.setattr(subprocess, "call", lambda command, **_: len(command))
        patch.setattr(os, "name", "nt")
        assert environment.python_in("e") == os.path.join("e", "Scripts", "python.exe")
        with pytest.raises(SystemExit, match="2"):
            environment.become(["python", "x.py"])


def test_two_first_starts_at_once_make_one_environment(environment, folder, tmp_path):
    """For real: from another folder, in a path with a space, with noise around."""
    noise = {"PYTHONPATH": str(tmp_path / "none"), "VIRTUAL_ENV": "/elsewhere"}
    command = [sys.executable, f"{environment.ROOT}/scripts/start.py", "--an", "argument"]
    starts = [
        subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
            env={**os.environ, **noise},
        )
        for _ in range(2)
    ]
    outcomes = [(*start.communicate(timeout=120), start.returncode) for start in starts]
    assert [out for out, _, _ in outcomes] == [f"{folder} ['--an', 'argument']\n"] * 2
    assert sorted(errors.count("Making an environment in") for _, errors, _ in outcomes) == [0, 1]


def test_an_environment_that_cannot_be_filled_is_not_complete(
    environment, folder, capsys, monkeypatch
):
    """With a real pip, but not its own: pip's words, one sentence, exit code 1."""
    Path(environment.ROOT, "backend.py").write_text("raise SystemExit('no backend')", "utf-8")
    run = environment._run
    monkeypatch.setattr(environment, "_run", lambda command: "venv" in command or run(command))
    monkeypatch.setattr(environment, "python_in", lambda _: sys.executable)
    folder.mkdir(parents=True)
    with pytest.raises(SystemExit, match=r"of `python -m pip install`\. A first start"):
        environment.make(str(folder), "x")
    assert not environment.is_complete(str(folder), "x")
    assert capsys.readouterr().err.startswith(f"Making an environment in {folder}")
