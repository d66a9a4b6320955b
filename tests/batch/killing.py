"""Runs a batch against the sandbox, kills it at random moments, and compares the books."""

from __future__ import annotations

import asyncio
import json
import os
import random
import struct
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

import av

from tests.support.options import small
from wan_ergonomic.batch import Batch, BatchRow
from wan_ergonomic.sandbox import Sandbox

ROOT = Path(__file__).parents[2]
# Seconds after its start at which a command is killed: most have begun to send by then.
_LIVES = (2.0, 8.0)
_RESET = struct.pack("ii", 1, 0)
_PAGE = b"<html>bad gateway</html>"
_BAD_GATEWAY = (
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/html\r\nconnection: close\r\n"
    b"content-length: %d\r\n\r\n%s" % (len(_PAGE), _PAGE)
)


@dataclass
class Faults:
    """A proxy in front of the sandbox that breaks a share of the connections.

    Attributes:
        url: Where it listens.
        counts: How many connections met what.
    """

    target: str
    share: float
    seed: int
    url: str = ""
    counts: Counter[str] = field(default_factory=Counter)
    _tasks: set[object] = field(default_factory=set)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # The event loop alone does not keep a task alive.
        self._tasks.add(asyncio.current_task())
        chance = self._chance.random()
        kind = self._chance.choice(("reset", "page", "cut")) if chance < self.share else "none"
        self.counts[kind] += 1
        # A callback of asyncio does not expect a task that was cancelled.
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await self._play(kind, reader, writer)
        with suppress(OSError):
            writer.close()

    async def _play(
        self, kind: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if kind == "reset":
            await reader.read(1)
            writer.get_extra_info("socket").setsockopt(1, 13, _RESET)
            return
        if kind == "page":
            await reader.read(2**16)
            writer.write(_BAD_GATEWAY)
            await writer.drain()
            return
        host, port = self.target.removeprefix("http://").split(":")
        back_reader, back_writer = await asyncio.open_connection(host, int(port))
        # A connection that is cut brings its request to the sandbox, and a part of the response.
        limit = self._chance.randrange(400) if kind == "cut" else None
        forth = asyncio.create_task(_pass_on(reader, back_writer, None))
        try:
            await _pass_on(back_reader, writer, limit)
        finally:
            forth.cancel()
            back_writer.close()

    @contextmanager
    def running(self) -> Iterator[Faults]:
        """Listen in a thread of its own."""
        self._chance = random.Random(self.seed)
        loop = asyncio.new_event_loop()

        async def start() -> None:
            self._server = await asyncio.start_server(self._accept, "127.0.0.1")
            self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

        loop.run_until_complete(start())
        thread = Thread(target=loop.run_forever)
        thread.start()
        try:
            yield self
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.run_until_complete(self._end())
            loop.close()

    async def _end(self) -> None:
        self._server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _pass_on(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, limit: int | None
) -> None:
    while data := await reader.read(2**16):
        writer.write(data[:limit])
        await writer.drain()
        if limit is not None:
            return


def write_list(path: Path, rows: int) -> None:
    """Write a list of prompts."""
    lines = ({"prompt": f"Boat {number}", **small()} for number in range(rows))
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


def command(url: str, *words: str) -> list[str]:
    """Return a command line that runs a batch."""
    return [sys.executable, "-m", "wan_ergonomic", "batch", *words, "--base-url", url, "-y"]


def environment(sandbox: Sandbox, folder: Path) -> dict[str, str]:
    """Return the environment of a command."""
    return {
        **os.environ,
        "AIMLAPI_API_KEY": sandbox.key,
        "WAN_LEDGER": str(folder / "ledger.sqlite3"),
        "PYTHONPATH": str(ROOT),
    }


def kill_and_go_on(words: Sequence[str], env: dict[str, str], *, kills: int, seed: int) -> int:
    """Run a command again and again, and kill it at a random moment each time.

    Returns:
        How often it was killed before it had ended.
    """
    chance = random.Random(seed)
    for killed in range(kills):
        with subprocess.Popen(words, env=env, stdout=subprocess.PIPE) as process:
            end = time.monotonic() + chance.uniform(*_LIVES)
            while time.monotonic() < end and process.poll() is None:
                time.sleep(0.01)
            ended = process.poll() is not None
            process.kill()
            process.communicate()
        if ended:
            return killed
    return kills


def run_to_its_end(words: Sequence[str], env: dict[str, str]) -> int:
    """Run a command; return its exit code."""
    return subprocess.run(words, env=env, check=False, stdout=subprocess.PIPE).returncode


def check_books(sandbox: Sandbox, batch: Batch) -> Counter[str]:
    """Compare a batch with the sandbox's own books, and decode each video.

    Of the submissions, those that never reached the sandbox are in doubt as well.

    Returns:
        How many rows are in each state.

    Raises:
        AssertionError: A row was paid for twice, or its video is not whole.
    """
    # The sandbox accepts each of them: what is refused, is refused before it.
    posted = [each for each in sandbox.received if each.method == "POST"]
    accepted = Counter(each.body["prompt"] for each in posted)
    assert accepted.total() == sandbox.billed
    assert not {prompt: n for prompt, n in accepted.items() if n > 1}
    states: Counter[str] = Counter()
    for row in batch.rows():
        states[row.state] += 1
        if row.state == "done":
            _check_video(batch, row)
        else:
            assert row.reason, row
    assert states["done"] + states["in doubt"] >= accepted.total()
    return states


def _check_video(batch: Batch, row: BatchRow) -> None:
    assert row.file
    path = Path(batch.settings.output) / row.file
    with av.open(str(path)) as container:
        assert sum(1 for _ in container.decode(video=0)) > 0
    said = json.loads(path.with_suffix(".json").read_text())
    assert said["request"] == dict(row.body)
    assert said["bytes"] == path.stat().st_size
