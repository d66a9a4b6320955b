"""Standard input as lines, read in a thread that nobody waits for."""

from __future__ import annotations

import asyncio
import os

import pytest

from tests.support.waiting import until

pytest.importorskip("mcp", reason="the extra `mcp` is not installed")

from wan_ergonomic.mcp_server._input import InputLines


def test_lines_come_until_the_input_ends():
    """In UTF-8; an invalid byte becomes a question mark."""
    reading, writing = os.pipe()
    os.write(writing, 'one\n"ü"\n\xff'.encode("utf-8", "surrogateescape") + b"\xff\n")
    os.close(writing)

    async def lines() -> list[str]:
        return [line async for line in InputLines(reading)]

    assert asyncio.run(lines()) == ["one\n", '"ü"\n', "ÿ\ufffd\n"]
    os.close(reading)


def test_a_line_after_the_end_is_nobodys():
    """The loop has ended, and so does the thread."""
    import threading

    reading, writing = os.pipe()

    async def begin() -> None:
        InputLines(reading)

    asyncio.run(begin())
    os.write(writing, b"late\n")
    until(lambda: not [t for t in threading.enumerate() if t.name == "wan-input"])
    os.close(writing)
    os.close(reading)
