"""The environment that a script builds for itself."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.scripts import SCRIPTS
from tests.support.stand_in import stand_in

# A project without dependencies, so that pip needs no network.
PYPROJECT = """
[project]
name = "fake"
version = "1"
optional-dependencies = {x = []}
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""
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
START = """
import sys, _environment
_environment.enter("x", [__file__, *sys.argv[1:]])
import fake_marker
print(sys.prefix, sys.argv[1:])
"""


@pytest.fixture
def environment(load, tmp_path, monkeypatch):
    """The module that builds environments, working on a project without dependencies."""
    root = tmp_path / "a project"
    (root / "scripts").mkdir(parents=True)
    shutil.copy(SCRIPTS / "_environment.py", root / "scripts")
    (root / "scripts" / "start.py").write_text(START, "utf-8")
    (root / "constraints.txt").touch()
    (root / "pyproject.toml").write_text(PYPROJECT, "utf-8")
    (root / "backend.py").write_text(BACKEND, "utf-8")
    module = load("_environment")
    monkeypatch.setattr(module, "ROOT", root)
    return module


@pytest.fixture
def folder(environment):
    """The folder of that project's environment."""
    return environment.ROOT / ".venv" / "x-{}.{}".format(*sys.version_info)


@pytest.fixture
def enter(environment, monkeypatch):
    """A function that enters the environment; it returns the command that would restart."""

    def enter() -> list[str] | None:
        commands: list[list[str]] = []
        monkeypatch.setattr(environment, "become", commands.append)
        environment.enter("x", ["start.py", "an argument"])
        return commands[0] if commands else None

    return enter


@pytest.fixture
def commands(environment, monkeypatch):
    """The commands that build an environment, recorded instead of run."""
    commands: list[list[str]] = []

    def record(command: list[str]) -> None:
        commands.append(command)
        if "venv" in command:
            python = environment.python_in(Path(command[-1]))
            python.parent.mkdir(parents=True, exist_ok=True)
            python.touch()

    monkeypatch.setattr(environment, "_run", record)
    return commands


@pytest.mark.parametrize("script", sorted(SCRIPTS.glob("*.py")), ids=lambda path: path.stem)
def test_python_3_7_can_parse_every_script(script):
    """An older Python must reach the sentence about its version."""
    ast.parse(script.read_bytes(), feature_version=(3, 7))


def test_an_old_python_gets_one_sentence(enter, environment, monkeypatch):
    """It says what is needed, what was found, and what to type."""
    with monkeypatch.context() as patch:
        found = {"version_info": (3, 8, 18), "argv": ["scripts/demo.py"]}
        stand_in(patch, environment, "sys", **found)
        with pytest.raises(SystemExit) as caught:
            enter()
    assert caught.value.code == (
        f"This needs Python 3.11 or newer; this is Python 3.8.18 ({sys.executable}). "
        "Use a newer one, for example: python3.12 scripts/demo.py"
    )


@pytest.mark.parametrize("module", ["venv", "ensurepip", "sqlite3"])
def test_a_python_without_a_module_gets_one_sentence(enter, environment, monkeypatch, module):
    """Debian splits Python into packages; the sentence names the one to install."""

    def without(name: str) -> None:
        if name == module:
            raise ModuleNotFoundError(name=name)

    monkeypatch.setattr(environment, "__import__", without, raising=False)
    with pytest.raises(SystemExit) as caught:
        enter()
    assert f"The module '{module}' is missing from Python" in str(caught.value.code)
    assert "sudo apt install python{}.{}-venv".format(*sys.version_info) in str(caught.value.code)


def test_the_first_start_builds_and_later_starts_do_not(enter, environment, commands, folder):
    """With the pins and the extras; the script restarts with the same arguments."""
    restart = [str(environment.python_in(folder)), "start.py", "an argument"]
    assert enter() == restart
    assert [command[1:3] for command in commands] == [["-m", "venv"], ["-m", "pip"]]
    assert commands[1][-4:] == ["--constraint", "constraints.txt", "--editable", ".[x]"]
    assert enter() == restart
    assert len(commands) == 2


def test_a_start_inside_the_environment_continues(
    enter, environment, commands, folder, monkeypatch
):
    """There is nothing to build and nothing to restart."""
    enter()
    stand_in(monkeypatch, environment, "sys", prefix=str(folder))
    assert enter() is None
    assert len(commands) == 2


@pytest.mark.parametrize("name", ["constraints.txt", "pyproject.toml"])
def test_a_change_of_the_pins_builds_the_environment_again(enter, commands, environment, name):
    """And of anything else in these files; it is not worth telling them apart."""
    enter()
    (environment.ROOT / name).write_text("# changed\n", "utf-8")
    enter()
    assert len(commands) == 4


def test_an_environment_without_its_python_is_built_again(enter, commands, environment, folder):
    """An upgrade of the system may have removed it."""
    enter()
    environment.python_in(folder).unlink()
    enter()
    assert len(commands) == 4


@pytest.mark.usefixtures("commands")
def test_a_start_inside_a_stale_environment_restarts(enter, environment, folder, monkeypatch):
    """It may have imported files that were replaced."""
    enter()
    stand_in(monkeypatch, environment, "sys", prefix=str(folder))
    (environment.ROOT / "constraints.txt").write_text("# changed\n", "utf-8")
    assert enter() == [str(environment.python_in(folder)), "start.py", "an argument"]


def test_a_copy_of_the_project_builds_its_own(enter, commands, environment, monkeypatch, tmp_path):
    """The copied environment would import the original's code."""
    enter()
    copy = shutil.copytree(environment.ROOT, tmp_path / "copy")
    monkeypatch.setattr(environment, "ROOT", copy)
    enter()
    assert len(commands) == 4


@pytest.mark.parametrize("step", ["venv", "pip"])
def test_an_interrupted_build_is_built_again(enter, commands, environment, monkeypatch, step):
    """Whichever step was interrupted, and even if the old pins come back."""
    enter()
    run = environment._run

    def interrupt(command: list[str]) -> None:
        if step in command:
            raise KeyboardInterrupt
        run(command)

    pins = environment.ROOT / "constraints.txt"
    pins.write_text("# changed\n", "utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(environment, "_run", interrupt)
        with pytest.raises(SystemExit, match="next start builds it again"):
            enter()
    pins.write_text("", "utf-8")
    commands.clear()
    assert enter()
    assert len(commands) == 2


def test_a_start_that_waited_finds_the_environment_complete(environment, commands, folder):
    """The process that had the lock has built it."""
    environment.build(folder, "x")
    environment.build(folder, "x")
    assert len(commands) == 2


@pytest.mark.parametrize("obstacle", [".venv", ".venv/lock"])
def test_a_file_in_the_way_gets_one_sentence(enter, environment, obstacle):
    """With the reason that the system or SQLite gives."""
    path = environment.ROOT / obstacle
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"neither a folder nor a database" * 100)
    with pytest.raises(SystemExit, match=r"^The environment could not be built: .*\w"):
        enter()


def test_variables_that_mislead_python_or_pip_are_removed(environment, monkeypatch):
    """All others stay."""
    for name in ("PYTHONPATH", "VIRTUAL_ENV", "PIP_TARGET", "PIP_RETRIES"):
        monkeypatch.setenv(name, "/elsewhere")
    kept = environment.quiet_environ()
    assert {"PYTHONPATH", "VIRTUAL_ENV", "PIP_TARGET", "PIP_RETRIES"} & kept.keys() == {
        "PIP_RETRIES"
    }


def test_the_script_replaces_the_process(environment, monkeypatch):
    """Ctrl-C and the exit code are then the script's own."""
    calls: list[tuple[object, ...]] = []
    stand_in(monkeypatch, environment, "os", execve=lambda *call: calls.append(call))
    environment.become(["python", "x.py"])
    assert calls == [("python", ["python", "x.py"], environment.quiet_environ())]


def test_on_windows_the_process_waits_for_the_script(environment, monkeypatch):
    """The shell would not wait for a process that replaced itself there."""
    with monkeypatch.context() as patch:
        stand_in(patch, environment, "subprocess", call=lambda command, **_: len(command))
        stand_in(patch, environment, "os", name="nt")
        python = environment.python_in(environment.ROOT)
        with pytest.raises(SystemExit, match="2"):
            environment.become(["python", "x.py"])
    assert python == environment.ROOT / "Scripts" / "python.exe"


def test_two_first_starts_at_once_build_one_environment(environment, folder, tmp_path):
    """For real: from another folder, in a path with a space, with misleading variables."""
    misleading = {"PYTHONPATH": str(tmp_path / "none"), "VIRTUAL_ENV": "/elsewhere"}
    starts = [
        subprocess.Popen(
            [sys.executable, environment.ROOT / "scripts" / "start.py", "--an", "argument"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
            env={**os.environ, **misleading},
        )
        for _ in range(2)
    ]
    outputs = [start.communicate(timeout=120) for start in starts]
    assert [out for out, _ in outputs] == [f"{folder} ['--an', 'argument']\n"] * 2
    waited, built = sorted(errors for _, errors in outputs)
    assert waited == ""
    assert built.startswith(f"Building an environment in {folder} (once: a minute or two, and ")


def test_a_build_that_takes_long_says_that_it_goes_on(environment, monkeypatch, capfd):
    """Nobody has to wonder whether it hangs."""
    monkeypatch.setattr(environment, "TICK_SECONDS", 0.05)
    environment._run([sys.executable, "-c", "import time; time.sleep(0.3)"])
    out, errors = capfd.readouterr()
    assert (out, errors.splitlines()[0]) == ("", "  still downloading and installing, 0 s")


def test_an_interrupt_ends_what_was_being_installed(environment, monkeypatch):
    """The process would otherwise go on in the background."""
    started: list[subprocess.Popen[bytes]] = []

    def interrupt(process: subprocess.Popen[bytes]) -> int:
        started.append(process)
        raise KeyboardInterrupt

    monkeypatch.setattr(environment, "_wait", interrupt)
    with pytest.raises(KeyboardInterrupt):
        environment._run([sys.executable, "-c", "import time; time.sleep(60)"])
    assert started[0].returncode


def test_an_installation_that_fails_gets_one_sentence(environment, folder, capfd, monkeypatch):
    """For real, with this environment's pip: its errors come first, and nothing is complete."""
    (environment.ROOT / "backend.py").write_text("raise SystemExit('no backend')", "utf-8")
    run = environment._run

    def run_without_venv(command: list[str]) -> None:
        run([sys.executable, "-c", ""] if "venv" in command else command)

    monkeypatch.setattr(environment, "_run", run_without_venv)
    monkeypatch.setattr(environment, "python_in", lambda _: Path(sys.executable))
    folder.mkdir(parents=True)
    with pytest.raises(SystemExit, match=r"`python -m pip install` failed, see above\. The first"):
        environment.build(folder, "x")
    assert not environment.is_complete(folder, "x")
    out, errors = capfd.readouterr()
    assert (out, "no backend" in errors) == ("", True)
