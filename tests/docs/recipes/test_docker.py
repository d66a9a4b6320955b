"""The image of the recipe, read and then played without Docker.

Its files are taken, its environment and nothing else is set, and its command is run, in a
folder that stands for the volume. What only Docker does is not tested: the base image, the
installation with pip, the user.
"""

from __future__ import annotations

import json
import re
import shlex
import signal
import subprocess
import sys
import tomllib
from collections.abc import Callable

import pytest

from tests.docs.examples import file_of
from tests.support.waiting import SECONDS, until
from wan_ergonomic import WanClient
from wan_ergonomic.ledger import Ledger
from wan_ergonomic.sandbox import Sandbox

from .conftest import ROOT

pytest.importorskip("dbos", reason="the extra `batch` is not installed")
PAGE = "recipes/docker.md"
SHELL = "/bin/sh"
SECRET = "/run/secrets/aimlapi_api_key"
LINES = re.sub(r"\\\n\s*", "", file_of(PAGE, "Dockerfile")).splitlines()
INSTRUCTIONS = [tuple(line.split(maxsplit=1)) for line in LINES if line]


def values(instruction: str) -> list[str]:
    """Return the arguments of each instruction of a name, in order."""
    return [rest for name, rest in INSTRUCTIONS if name == instruction]


def environment() -> dict[str, str]:
    """Return the variables that the image sets."""
    return dict(word.split("=", 1) for line in values("ENV") for word in line.split())


@pytest.fixture
def start(tmp_path, sandbox) -> Callable[..., subprocess.Popen[str]]:
    """A function that starts a container, as far as that can be done without Docker."""
    (volume,) = values("VOLUME")
    data, secret, tools = tmp_path / "data", tmp_path / "secret", tmp_path / "bin"
    data.mkdir()
    tools.mkdir()
    secret.write_text(f"{sandbox.key}\n", "utf-8")
    script = file_of(PAGE, "entrypoint.sh")
    assert SECRET in script
    entrypoint = tmp_path / "entrypoint.sh"
    entrypoint.write_text(script.replace(SECRET, str(secret)), "utf-8")
    wan = tools / "wan"
    python = shlex.quote(sys.executable)
    wan.write_text(f'#!/bin/sh\nexec {python} -m wan_ergonomic "$@"\n', "utf-8")
    wan.chmod(0o755)
    settings = {
        name: value.replace(volume, str(data), 1) for name, value in environment().items()
    } | {
        "HOME": str(tmp_path / "no-home"),
        "PATH": f"{tools}:/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "WAN_BASE_URL": sandbox.url,
    }

    def start(*command: str) -> subprocess.Popen[str]:
        words = command or tuple(json.loads(values("CMD")[0]))
        return subprocess.Popen(
            [SHELL, str(entrypoint), *words],
            cwd=values("WORKDIR")[0].replace(volume, str(data), 1),
            env=settings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    return start


@pytest.fixture
def run(start) -> Callable[..., tuple[int, str]]:
    """A function that runs a container to its end; returns its exit code and what it prints."""

    def run(*command: str) -> tuple[int, str]:
        with start(*command) as container:
            said, _ = container.communicate(timeout=SECONDS)
        return container.returncode, said

    return run


def test_the_image_is_built_from_what_exists():
    """A Python that this package takes, extras that it has, and a file of the page."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    (base,) = values("FROM")
    found = re.fullmatch(r"python:3\.(\d+)-slim", base)
    assert found
    assert int(found[1]) >= int(project["requires-python"].removeprefix(">=3."))
    (install,) = [line for line in values("RUN") if "pip install" in line]
    (extras,) = re.findall(r"wan-ergonomic\[([\w,]+)\]", install)
    assert {*extras.split(",")} <= {*project["optional-dependencies"]}
    assert [line.split()[-2:] for line in values("COPY")] == [
        ["wan-ergonomic", "/src/wan-ergonomic"],
        ["entrypoint.sh", "/usr/local/bin/entrypoint.sh"],
    ]
    assert json.loads(values("ENTRYPOINT")[0]) == ["entrypoint.sh"]


def test_it_does_not_run_as_root_and_writes_to_the_volume_only():
    """The user is set after the last step that needs root, and owns the volume."""
    names = [name for name, _ in INSTRUCTIONS]
    (user,), (volume,) = values("USER"), values("VOLUME")
    assert user not in ("root", "0")
    assert names.index("USER") > max(i for i, name in enumerate(names) if name in ("RUN", "COPY"))
    assert f"install -d -o {user} -g {user} {volume}" in values("RUN")[-1]
    folders = [value for name, value in environment().items() if name.startswith("XDG_")]
    assert all(folder.startswith(f"{volume}/") for folder in folders)
    assert values("WORKDIR") == [volume]


def test_no_key_is_in_the_image():
    """Nor is there a place for one."""
    text = file_of(PAGE, "Dockerfile")
    assert not re.search("KEY|ARG|SECRET", text)


def test_the_command_makes_the_list_and_goes_on(run, sandbox, tmp_path):
    """With the key of the secret; a second container sends nothing, and nothing is elsewhere."""
    before = {*tmp_path.iterdir()}
    (tmp_path / "data" / "prompts.csv").write_text("prompt\nA boat\nA kite\n", "utf-8")
    code, said = run()
    assert (code, sandbox.billed) == (0, 2), said
    assert len([*(tmp_path / "data" / "videos").glob("*.mp4")]) == 2
    assert run()[0] == 0
    assert run("batch", "status", "videos")[0] == 0
    assert sandbox.billed == 2
    assert {*tmp_path.iterdir()} == before


def test_a_single_video_is_in_the_ledger_of_the_volume(run, sandbox, tmp_path):
    """Where the page says."""
    with WanClient(sandbox.key, base_url=sandbox.url) as wan:
        price = wan.price().usd
    code, said = run("generate", "A boat", "-o", "boat.mp4", "--max-usd", str(price))
    assert code == 0, said
    (job,) = Ledger(tmp_path / "data" / "state" / "wan" / "ledger.sqlite3").jobs()
    assert job.file == tmp_path / "data" / "boat.mp4"


def test_the_doctor_finds_nothing_wrong(run):
    """Before the batch, in the same environment."""
    code, said = run("doctor")
    assert (code, "wrong" in said) == (0, False), said


def polled(sandbox: Sandbox) -> bool:
    """Return whether a job was polled after it was submitted."""
    methods = [one.method for one in sandbox.received if one.has_right_key]
    return "POST" in methods and "GET" in methods[methods.index("POST") :]


def test_a_stopped_container_finishes_what_was_sent(start, sandbox, tmp_path):
    """The signal of ``docker stop`` reaches the command itself."""
    (tmp_path / "data" / "prompts.csv").write_text("prompt\nA boat\n", "utf-8")
    with start() as container:
        until(lambda: polled(sandbox))
        container.send_signal(signal.SIGTERM)
        said, _ = container.communicate(timeout=SECONDS)
    assert (container.returncode, sandbox.billed) == (0, 1), said
    assert "Nothing more is sent" in said


def test_a_killed_container_loses_nothing(start, run, sandbox, tmp_path):
    """The next one goes on, and pays nothing again."""
    (tmp_path / "data" / "prompts.csv").write_text("prompt\nA boat\n", "utf-8")
    with start() as container:
        until(lambda: polled(sandbox))
        container.kill()
    assert container.returncode == -signal.SIGKILL
    code, said = run()
    assert (code, sandbox.billed) == (0, 1), said


def test_the_entrypoint_needs_no_secret(tmp_path, write, environ):
    """Then the key is that of the environment."""
    write("docker.md", "entrypoint.sh")
    tool = tmp_path / "wan"
    tool.write_text('#!/bin/sh\necho "$AIMLAPI_API_KEY" "$@"\n', "utf-8")
    tool.chmod(0o755)
    ran = subprocess.run(
        [SHELL, "entrypoint.sh", "a b"],
        cwd=tmp_path,
        env=environ(AIMLAPI_API_KEY="of-the-environment", PATH=f"{tmp_path}:/usr/bin:/bin"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.stdout, ran.returncode) == ("of-the-environment a b\n", 0)
