"""Standard input as lines, for a server that Ctrl-C can end."""

from __future__ import annotations

import asyncio
import os
import threading
from contextlib import suppress
from typing import Self


class InputLines:
    """An asynchronous iterator over the lines of a file descriptor.

    The SDK's own reader blocks in a thread that Python waits for, so that an interrupted
    server would not end before its input does. This thread ends with the process.
    """

    def __init__(self, descriptor: int) -> None:
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        # A descriptor and a buffer of its own: at its end, Python locks those of sys.stdin.
        copy = os.dup(descriptor)
        threading.Thread(target=self._read, args=(copy,), name="wan-input", daemon=True).start()

    def _read(self, descriptor: int) -> None:
        # The loop may have ended meanwhile.
        with suppress(RuntimeError):
            with open(descriptor, encoding="utf-8", errors="replace") as stream:
                for line in stream:
                    self._put(line)
            self._put(None)

    def _put(self, line: str | None) -> None:
        self._loop.call_soon_threadsafe(self._lines.put_nowait, line)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> str:
        line = await self._lines.get()
        if line is None:
            raise StopAsyncIteration
        return line
