"""The tools as a server over standard input and output, on the official SDK."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from mcp import types
from mcp.server import Server
from mcp.server.stdio import stdio_server

from wan_ergonomic._errors import WanError
from wan_ergonomic._redaction import without_secrets
from wan_ergonomic._version import __version__

from ._input import InputLines
from ._results import Spent, ToolError, of_error
from ._tools import INSTRUCTIONS, Tool

# Agents give a call about a minute. Each one keeps to half of that; this is for what blocks all
# the same, such as a disk that does not respond.
CALL_SECONDS = 45.0
_LIST = "Call list_videos in a minute: it has what was submitted and saved by then."

_log = logging.getLogger("wan_ergonomic")


def make_server(
    tools: Sequence[Tool], *, no_spend: bool = False, seconds: float = CALL_SECONDS
) -> Server[Any]:
    """Return a server of tools.

    Args:
        tools: The tools.
        no_spend: Whether those that may spend are not offered; they refuse as well.
        seconds: How long a call may take.
    """
    known = {tool.name: tool for tool in tools}
    offered = [_described(tool) for tool in tools if not (no_spend and tool.spends)]

    async def list_tools(*_: Any) -> types.ListToolsResult:
        return types.ListToolsResult(tools=offered)

    async def call_tool(_: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        data = await _called(known, params.name, params.arguments or {}, seconds)
        text = json.dumps(data, ensure_ascii=False)
        return types.CallToolResult(
            content=[types.TextContent(type="text", text=text)],
            structured_content=data,
            is_error="message" in data,
        )

    return Server(
        "wan-ergonomic",
        version=__version__,
        title="Wan 2.2 Plus videos",
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def serve(tools: Sequence[Tool], *, no_spend: bool = False) -> None:
    """Serve tools on standard input and output until the input ends.

    Raises:
        BrokenPipeError: The client has closed the output.
    """
    is_gone = False
    try:
        asyncio.run(_serve(make_server(tools, no_spend=no_spend)))
    except* BrokenPipeError:
        # The SDK's tasks raise it in groups.
        is_gone = True
    if is_gone:
        raise BrokenPipeError


async def _serve(server: Server[Any]) -> None:
    lines: Any = InputLines(sys.stdin.fileno())
    async with stdio_server(stdin=lines) as (read, write):
        await server.run(read, write, server.create_initialization_options())


async def _called(
    known: Mapping[str, Tool], name: str, arguments: Mapping[str, Any], seconds: float
) -> dict[str, Any]:
    # A call that is cancelled, or takes too long, goes on in its thread: it may have paid.
    work = asyncio.to_thread(partial(_run, known, name, arguments))
    try:
        return await asyncio.wait_for(work, seconds)
    except TimeoutError:
        return {
            "error": "TimeoutError",
            "message": f"{name} has no result after {seconds:g} s, and goes on.",
            "spent": _perhaps(known[name]),
            "next": _LIST,
        }


def _run(known: Mapping[str, Tool], name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    if name not in known:
        return of_error(ToolError(f"There is no tool {name!r:.60}. Nothing was sent or spent."))
    job = arguments.get("job")
    try:
        return known[name].run(arguments)
    except WanError as error:
        data = of_error(error, job if isinstance(job, str) else None)
        return {**data, "message": without_secrets(data["message"])}
    except Exception as error:  # noqa: BLE001 - the agent has to know whether it may have paid
        _log.exception("%s has a defect.", name)
        return {
            "error": type(error).__name__,
            "message": f"{name} has a defect; the log of the server says more.",
            "spent": _perhaps(known[name]),
            "next": _LIST,
        }


def _perhaps(tool: Tool) -> Spent:
    """Return what a call may have spent whose result is not known."""
    return "in doubt" if tool.spends else "nothing"


def _described(tool: Tool) -> types.Tool:
    return types.Tool(
        name=tool.name,
        description=tool.description,
        input_schema=tool.schema,
        annotations=types.ToolAnnotations(
            read_only_hint=not tool.writes,
            destructive_hint=False,
            idempotent_hint=not tool.spends,
            open_world_hint=True,
        ),
    )
