"""The server: what a client of the official SDK sees, in this process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import anyio
import pytest

from tests.support.actions import Hang
from tests.support.options import small
from tests.support.responses import ID, accepted
from tests.support.waiting import SECONDS, auntil, until

pytest.importorskip("mcp", reason="the extra `mcp` is not installed")

from mcp import Client

from wan_ergonomic import DownloadError, __version__
from wan_ergonomic.mcp_server import Tool, make_server, tools_of

from .conftest import PRICE


def ask(server: Any, name: str, **arguments: Any) -> Any:
    """Call a tool, and return its result."""

    async def call() -> Any:
        async with Client(server) as client:
            return await client.call_tool(name, arguments)

    return anyio.run(call)


def told(server: Any) -> Any:
    """Return the client's view of a server: what it says of itself, and its tools by name."""

    async def look() -> Any:
        async with Client(server) as client:
            tools = (await client.list_tools()).tools
            return client.server_info, client.instructions, {tool.name: tool for tool in tools}

    return anyio.run(look)


def tool(call: Callable[..., dict[str, Any]], **more: Any) -> Tool:
    """Return a tool without arguments."""
    return Tool(name="a_tool", description="x", properties={}, call=call, **more)


def test_the_server_says_what_it_is(make):
    """With how its tools are used, and which of them spends."""
    info, instructions, tools = told(make_server(tools_of(make(max_usd=1.0))))
    assert (info.name, info.version) == ("wan-ergonomic", __version__)
    assert "Never submit a prompt again" in instructions
    hints = {name: one.annotations for name, one in tools.items()}
    assert [name for name, one in hints.items() if one.read_only_hint] == [
        *("price_video", "poll_video", "list_videos")
    ]
    assert not hints["submit_video"].idempotent_hint


@pytest.mark.usefixtures("bodies_as_they_were")
def test_a_result_is_an_object_and_its_text(make):
    """For clients that read one of them."""
    result = ask(make_server(tools_of(make(max_usd=1.0))), "price_video", **small())
    assert (result.is_error, result.structured_content["usd"]) == (False, PRICE)
    assert f'"usd": {PRICE}' in result.content[0].text


def test_an_error_is_a_result_that_says_what_was_spent(make):
    """A cap refuses."""
    result = ask(make_server(tools_of(make(max_usd=0.0))), "submit_video", prompt="A boat")
    assert result.is_error
    assert result.structured_content["error"] == "SpendLimitError"
    assert result.structured_content["spent"] == "nothing"


def test_a_server_that_may_not_spend_offers_nothing_that_does(make):
    """And refuses a call of it all the same."""
    server = make_server(tools_of(make(no_spend=True)), no_spend=True)
    _, _, tools = told(server)
    assert "submit_video" not in tools
    result = ask(server, "submit_video", prompt="A boat")
    assert (result.is_error, result.structured_content["spent"]) == (True, "nothing")
    assert "--no-spend" in result.structured_content["message"]


def test_an_unknown_tool_is_an_error():
    """It says so."""
    result = ask(make_server([]), "render")
    assert (result.is_error, result.structured_content["error"]) == (True, "ToolError")


def test_a_job_that_is_no_text_is_named_by_no_error(make):
    """The argument is wrong."""
    result = ask(make_server(tools_of(make(max_usd=1.0))), "poll_video", job=7)
    assert "job" not in result.structured_content
    assert "job must be text" in result.structured_content["message"]


def test_no_error_tells_a_signed_link():
    """Agents keep what they are told."""

    def fail() -> dict[str, Any]:
        raise DownloadError("https://cdn.example/v.mp4?Signature=canary broke off.")

    result = ask(make_server([tool(fail)]), "a_tool")
    assert result.structured_content["message"] == "https://cdn.example/v.mp4?… broke off."


@pytest.mark.parametrize(("spends", "spent"), [(True, "in doubt"), (False, "nothing")])
def test_a_call_that_takes_too_long_ends(spends, spent):
    """The work goes on; what it paid is in the ledger."""
    ended = threading.Event()

    def work() -> dict[str, Any]:
        ended.wait(SECONDS)
        return {}

    async def call() -> Any:
        async with Client(make_server([tool(work, spends=spends)], seconds=0.1)) as client:
            result = await client.call_tool("a_tool", {})
            ended.set()
            return result

    result = anyio.run(call)
    assert (result.is_error, result.structured_content["spent"]) == (True, spent)
    assert "goes on" in result.structured_content["message"]


@pytest.mark.parametrize(("spends", "spent"), [(True, "in doubt"), (False, "nothing")])
def test_a_defect_says_whether_money_may_be_spent(spends, spent, caplog):
    """Its traceback is in the log."""

    def fail() -> dict[str, Any]:
        raise ZeroDivisionError("canary")

    result = ask(make_server([tool(fail, spends=spends)]), "a_tool")
    assert (result.is_error, result.structured_content["spent"]) == (True, spent)
    assert "canary" not in result.content[0].text
    assert "ZeroDivisionError: canary" in caplog.text


def test_calls_do_not_wait_for_each_other():
    """A poll can be answered while a submission is under way."""
    gate = threading.Barrier(2, timeout=SECONDS)

    def meet() -> dict[str, Any]:
        gate.wait()
        return {"met": True}

    async def both() -> list[Any]:
        found: list[Any] = []

        async def one(client: Client) -> None:
            found.append(await client.call_tool("a_tool", {}))

        async with Client(make_server([tool(meet)])) as client, anyio.create_task_group() as group:
            group.start_soon(one, client)
            group.start_soon(one, client)
        return found

    assert [result.structured_content for result in anyio.run(both)] == [{"met": True}] * 2


def test_a_cancelled_submission_goes_on(make, server, ledger):
    """The agent's time is over, and the job is in the ledger."""
    server.script("submit", (Hang(0.3), accepted()))
    videos = make(base_url=server.url)

    async def cancelled() -> None:
        async with (
            Client(make_server(tools_of(videos))) as client,
            anyio.create_task_group() as group,
        ):
            group.start_soon(client.call_tool, "submit_video", {"prompt": "A boat"})
            await auntil(lambda: server.requests)
            group.cancel_scope.cancel()

    anyio.run(cancelled)
    until(lambda: [job.generation_id for job in ledger.jobs()] == [ID])
    assert len(server.requests) == 1
