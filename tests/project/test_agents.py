"""AGENTS.md and llms.txt are true: what they name exists, and the code runs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from typer.main import get_command

from tests.support.options import OF_COMMANDS, lost
from wan_ergonomic import PollingPolicy, _client, _settings
from wan_ergonomic.cli._app import app
from wan_ergonomic.cli._exits import MEANINGS
from wan_ergonomic.sandbox import Sandbox, _video

ROOT = Path(__file__).parents[2]
AGENTS = (ROOT / "AGENTS.md").read_text("utf-8")
LLMS = (ROOT / "llms.txt").read_text("utf-8")
LINKS = sorted({*re.findall(r"\]\(([^)]+)\)", AGENTS + LLMS)})
WAN: Any = get_command(app)


@pytest.mark.parametrize("link", LINKS)
def test_a_link_leads_to_a_file(link):
    """Relative to the root, where both files are."""
    assert (ROOT / link).is_file()


def test_files_that_are_named_exist():
    """And folders."""
    named = re.findall(
        r"`((?:scripts|tests|openapi|generated_client|wan_ergonomic)/[\w/.]*)`", AGENTS
    )
    assert len(named) >= 3
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_commands_that_are_named_exist():
    """With each of their options."""
    commands = re.findall(r"`wan ((?:[^`]|\n)+)`", AGENTS)
    assert len(commands) > 10
    for words in (command.split() for command in commands):
        command = WAN.commands[words[0]]
        if words[0] == "jobs":
            # Without a command, it lists.
            command = command.commands["list"]
        options = {option for each in command.params for option in each.opts}
        assert {word for word in words if word.startswith("-")} <= options, words


def test_every_exit_code_that_an_agent_meets_is_explained():
    """Those of a signal are the shell's."""
    explained = {int(code) for code in re.findall(r"^\| (\d+) \|", AGENTS, re.MULTILINE)}
    assert explained == {int(code) for code in MEANINGS if code < 128}


def test_the_tools_and_what_bounds_them_are_named():
    """As the server has them."""
    pytest.importorskip("mcp", reason="the extra `mcp` is not installed")
    from wan_ergonomic.mcp_server import _server, tools_of

    names = [tool.name for tool in tools_of(Mock())]
    assert sorted(re.findall(r"`(\w+_videos?)`", AGENTS)[: len(names)]) == sorted(names)
    assert f"longer than {_server.CALL_SECONDS:g} seconds" in AGENTS


def test_llms_txt_has_the_parts_of_its_format():
    """A title, a summary in a quotation, then lists of links with what is behind each."""
    first, *rest = LLMS.splitlines()
    assert re.fullmatch(r"# \S+", first)
    assert rest[1].startswith("> ")
    assert re.findall(r"^## (.+)", LLMS, re.MULTILINE) == ["Docs", "Reference", "Optional"]
    listed = [line for line in rest if line.startswith("-")]
    assert all(re.fullmatch(r"- \[[^]]+\]\([^)]+\): \S.+", line) for line in listed)


def test_the_python_block_runs(monkeypatch, tmp_path):
    """Against a sandbox, whose video it saves."""
    (code,) = re.findall(r"^```python\n(.*?)^```", AGENTS, re.DOTALL | re.MULTILINE)
    named = {*re.findall(r"(\w+)=", code)} & {*OF_COMMANDS}
    if gone := lost(*sorted(named)):
        pytest.skip(f"To be edited: the contract no longer has all of {', '.join(gone)}.")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(_video, "FRAMES", 15)
    monkeypatch.delenv("WAN_LEDGER")
    with Sandbox(speed=2000) as sandbox:
        monkeypatch.setenv("AIMLAPI_API_KEY", sandbox.key)
        monkeypatch.setattr(_settings, "server_url", lambda: sandbox.url)
        often = PollingPolicy(min_interval=0.01, max_interval=0.05)
        monkeypatch.setattr(_client, "PollingPolicy", lambda: often)
        exec(compile(code, "AGENTS.md", "exec"), {})  # noqa: S102  # the file is our own
    assert Path("agent-boat.mp4").read_bytes()[4:8] == b"ftyp"
