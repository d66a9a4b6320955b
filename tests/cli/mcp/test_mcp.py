"""`wan mcp` as a process, called by the client of the official SDK over its input and output."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.support.options import small
from wan_ergonomic.cli.mcp import _commands as module

pytest.importorskip("mcp", reason="the extra `mcp` is not installed")

from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

ROOT = Path(__file__).parents[3]
PRICE = 0.1 if "resolution" in small() else 0.5

Work = Callable[[Any], Awaitable[Any]]


@pytest.fixture
def served(tmp_path, measured_children, ledger):  # noqa: ARG001
    """Start `wan mcp`, let a client of the SDK do something, and end both."""

    def run(work: Work, *words: str, at: Any = None) -> Any:
        command = ["-m", "wan_ergonomic", "mcp", *words]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        if at:
            command += ["--base-url", at.url]
            environment["AIMLAPI_API_KEY"] = at.key
        server = StdioServerParameters(
            command=sys.executable, args=command, env=environment, cwd=tmp_path
        )

        async def talk() -> Any:
            async with Client(stdio_client(server)) as client:
                return await work(client)

        return anyio.run(talk)

    return run


async def call(client: Any, tool: str, /, **arguments: Any) -> Any:
    """Call a tool, and return its data."""
    result = await client.call_tool(tool, arguments)
    return result.structured_content


def test_an_agent_makes_a_video_in_the_sandbox(served, tmp_path):
    """It needs no key, no cap and no ledger, and bills nothing."""

    async def work(client: Any) -> Any:
        submitted = await call(client, "submit_video", prompt="A boat", **small())
        job = submitted["job"]
        ended = await call(client, "poll_video", job=job, wait_seconds=25)
        return submitted, ended, await call(client, "save_video", job=job, name="boat.mp4")

    submitted, ended, saved = served(work, "--sandbox")
    assert (submitted["state"], submitted["sandbox"]) == ("pending", True)
    assert ended["state"] == "completed"
    assert saved["file"] == str(tmp_path / "boat.mp4")
    assert (tmp_path / "boat.mp4").read_bytes()[4:8] == b"ftyp"


def test_a_server_that_is_started_again_finds_its_jobs(served, shop, ledger, tmp_path):
    """They are in the ledger of this machine, and count under its cap."""

    async def submit(client: Any) -> Any:
        return await call(client, "submit_video", prompt="A boat", **small())

    job = served(submit, "--max-usd", str(PRICE), at=shop)["job"]
    assert ledger.find(job).target == tmp_path
    refused = served(submit, "--max-usd", str(PRICE), at=shop)
    assert (refused["error"], refused["spent"]) == ("SpendLimitError", "nothing")

    async def finish(client: Any) -> Any:
        (row,) = (await call(client, "list_videos", unfinished=True))["jobs"]
        await call(client, "poll_video", job=row["job"], wait_seconds=25)
        return await call(client, "save_video", job=row["job"])

    assert served(finish, "--no-spend", at=shop)["job"] == job
    assert ledger.find(job).file.parent == tmp_path
    assert shop.billed == 1


def test_the_configuration_file_can_hold_the_cap(served, shop, tmp_path, monkeypatch):
    """It is that of `wan generate`."""
    config = tmp_path / "config.toml"
    config.write_text("[limits]\nmax_usd = 0.01\n")
    monkeypatch.setenv("WAN_CONFIG", str(config))

    async def price(client: Any) -> Any:
        return await call(client, "price_video", **small())

    found = served(price, at=shop)
    assert (found["budget"]["max_usd"], found["allowed"]) == (0.01, False)
    assert served(price, "--no-spend", at=shop)["budget"]["max_usd"] is None


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "say how much: --max-usd USD in 24 hours, --no-spend, or --sandbox"),
        (["--no-spend", "--max-usd", "5"], "--no-spend and --max-usd exclude each other."),
        (["--max-usd", "5", "--folder", "nowhere"], "Name another one with --folder."),
        (["--sandbox", "--base-url", "https://api.example"], "leave out --base-url"),
    ],
)
def test_what_cannot_be_served_exits_with_2(wan, words, message, monkeypatch):
    """Nothing was sent or spent."""
    monkeypatch.setenv("AIMLAPI_API_KEY", "some-key")
    result = wan("mcp", *words)
    assert (result.code, result.out) == (2, b"")
    assert message in result.err
    assert "Nothing was sent or spent." in result.err


def test_without_a_ledger_nothing_is_served(wan, monkeypatch):
    """A cap and a restart need it."""
    monkeypatch.setenv("AIMLAPI_API_KEY", "some-key")
    monkeypatch.setenv("WAN_LEDGER", "off")
    result = wan("mcp", "--max-usd", "5")
    assert (result.code, "WAN_LEDGER is off" in result.err) == (2, True)


def test_without_a_key_nothing_is_served(wan):
    """It says how to set one."""
    result = wan("mcp", "--max-usd", "5")
    assert (result.code, "AIMLAPI_API_KEY" in result.err) == (2, True)


def test_without_its_extra_the_command_names_it(wan, monkeypatch):
    """The SDK is not installed with the command."""
    for name in [name for name in sys.modules if name.startswith("wan_ergonomic.mcp_server")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "mcp", None)
    result = wan("mcp", "--sandbox")
    assert result.code == 2
    assert "pip install 'wan-ergonomic[mcp]'" in result.err


def test_without_standard_input_nothing_is_served(wan, monkeypatch):
    """No agent can be there."""
    monkeypatch.setattr("sys.stdin", None)
    result = wan("mcp", "--sandbox")
    assert (result.code, "Standard input is closed" in result.err) == (2, True)


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["Ctrl-C", "SIGTERM"]
)
def test_a_signal_ends_it_at_once(start, number, code):
    """Also while its input is open."""
    process = start("mcp", "--sandbox", stdin=subprocess.PIPE)
    process.popen.stdin.write(PING)
    process.popen.stdin.flush()
    assert process.popen.stdout.readline()
    result = process.end(number)
    assert result.code == code
    assert "wan jobs has what was submitted" in result.err
    process.popen.stdin.close()


PING = b'{"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": '
PING += b'"2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}}\n'


def test_a_client_that_is_gone_ends_it(start):
    """Nobody reads the response."""
    process = start("mcp", "--sandbox", stdin=subprocess.PIPE)
    process.popen.stdout.close()
    process.popen.stdin.write(PING)
    process.popen.stdin.close()
    process.popen.wait(60)
    # From Python 3.13 on, a buffer of the SDK's that is lost says that it could not be written.
    said = [line for line in process.lines if "Exception ignored" not in line]
    assert process.popen.returncode == 141
    assert said in ([], ["BrokenPipeError: [Errno 32] Broken pipe"])


def test_a_person_is_told_what_it_is(wan, monkeypatch):
    """Who starts it in a terminal sees why nothing happens."""
    served = []
    monkeypatch.setattr(module, "is_terminal", lambda _: True)
    monkeypatch.setattr(module, "_serve", lambda *all_: served.append(all_))
    assert "Ctrl-D ends it." in wan("mcp", "--sandbox").err
    assert len(served) == 1
