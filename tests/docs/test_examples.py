"""Every example of README and of the documentation is true: its code runs, its commands exist."""

from __future__ import annotations

import ast
import json
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from tests.support.options import lost
from wan_ergonomic import PollingPolicy, _client, _settings
from wan_ergonomic.cli._app import app
from wan_ergonomic.sandbox import Sandbox, _video

from .examples import Example, examples, pages

EVERY = [each for page in pages() for each in examples(page)]
# A block with a title is a file of a recipe, whose own test runs it.
PYTHON = [each for each in EVERY if each.language == "python" and not each.title]
LANGUAGES = {
    *("python", "console", "text", "toml", "yaml", "json", "ini", "csv"),
    *("dockerfile", "javascript", "mermaid"),
}
WAN: Any = get_command(app)
# No dependencies of this package: pages show how they are used beside it.
OTHERS = ("httpx2",)
# What these change, every other test of the process would see.
WHOLE_PROCESS = [
    each
    for each in PYTHON
    if any(call in each.code for call in ("set_tracer_provider(", "logging.basicConfig("))
]


@pytest.fixture
def sandbox_as_api(monkeypatch, tmp_path):
    """Make a client without settings use a sandbox, and poll often."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(_video, "FRAMES", 15)
    with Sandbox(speed=2000) as sandbox:
        monkeypatch.setenv("AIMLAPI_API_KEY", sandbox.key)
        monkeypatch.setattr(_settings, "server_url", lambda: sandbox.url)
        often = PollingPolicy(min_interval=0.01, max_interval=0.05)
        monkeypatch.setattr(_client, "PollingPolicy", lambda: often)
        yield sandbox


def skip_if_lost(example: Example) -> None:
    """Skip a test of a block that has to be edited, or that needs what is not installed."""
    for name in OTHERS:
        if f"import {name}\n" in example.code:
            pytest.importorskip(name)
    if example.lost:
        gone = ", ".join(example.lost)
        pytest.skip(f"To be edited: the contract no longer has all of {gone}.")


@pytest.mark.parametrize("example", WHOLE_PROCESS, ids=str)
def test_what_changes_a_whole_process_runs_in_one_of_its_own(example, sandbox_as_api, monkeypatch):
    """Other tests would see it."""
    skip_if_lost(example)
    if "opentelemetry" in example.code:
        pytest.importorskip("opentelemetry.sdk")
    monkeypatch.setenv("WAN_BASE_URL", sandbox_as_api.url)
    monkeypatch.setenv("WAN_API_KEY", sandbox_as_api.key)
    done = subprocess.run(
        [sys.executable, "-c", example.code], capture_output=True, text=True, check=False
    )
    # One of them is about what is logged there.
    said = "" if "logging." not in example.code else done.stderr
    assert (done.returncode, done.stderr) == (0, said)
    assert ("DEBUG:wan_ergonomic:" in done.stderr) == ("logging." in example.code)
    assert done.stdout


@pytest.mark.parametrize("example", [each for each in PYTHON if each not in WHOLE_PROCESS], ids=str)
@pytest.mark.usefixtures("sandbox_as_api")
def test_every_python_block_runs(example):
    """Readers copy blocks; each file that one saves is a video."""
    skip_if_lost(example)
    exec(compile(example.code, str(example), "exec"), {})  # noqa: S102  # the pages are our own
    for name in re.findall(r'"([\w-]+\.mp4)"', example.code):
        assert Path(name).read_bytes()[4:8] == b"ftyp"


def test_the_preview_needs_no_key(monkeypatch, tmp_path, capsys):
    """It is printed where no key is set."""
    monkeypatch.chdir(tmp_path)
    for example in (each for each in PYTHON if ".preview(" in each.code):
        skip_if_lost(example)
        exec(compile(example.code, str(example), "exec"), {})  # noqa: S102  # our own, too
        assert "A fox crosses a frozen lake, 35 mm film" in capsys.readouterr().out


@pytest.mark.parametrize("example", EVERY, ids=str)
def test_every_block_has_a_language_and_can_be_parsed(example):
    """What is copied into a file is valid there."""
    assert example.language in LANGUAGES
    match example.language:
        case "python":
            # A cell of a notebook may await.
            cell = example.title.startswith("cell ")
            flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT if cell else 0
            compile(example.code, str(example), "exec", flags)
        case "toml":
            tomllib.loads(example.code)
        case "yaml":
            yaml.safe_load(example.code)
        case "json":
            json.loads(example.code)


def commands() -> list[tuple[str, list[str]]]:
    """Return each command line of `wan` in a console block, with its place."""
    return [
        (f"{each} wan {line}", shlex.split(line.replace("…", ""), comments=True))
        for each in EVERY
        if each.language == "console"
        for line in re.findall(r"^\$ wan (.*)$", each.code, re.MULTILINE)
    ]


@pytest.mark.parametrize(("place", "words"), commands(), ids=[place for place, _ in commands()])
def test_every_command_exists_with_its_options(place, words):
    """Those of the contract, unless it has lost them."""
    command = WAN
    while words and hasattr(command, "commands") and words[0] in command.commands:
        command = command.commands[words.pop(0)]
    if hasattr(command, "commands"):
        # A group that runs a command of its own when none is named.
        command = command.commands.get("list", command)
    known = {spelling for each in command.params for spelling in (*each.opts, *each.secondary_opts)}
    known |= {"--help", "-h"}
    used = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
    gone = {f"--{name.replace('_', '-')}" for name in lost(*(w.strip("-") for w in used))}
    assert used - gone <= known, place
