"""A wire between the client and the sandbox, on which requests meet faults.

A proxy of raw bytes: what it sends, cuts and resets is real. It counts what it
does, and knows no promise.
"""

from __future__ import annotations

import asyncio
import re
import socket
import struct
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Self

from tests.support.actions import Request, Stage
from wan_ergonomic.sandbox import Sandbox

from .faults import REFUSED, Fault, body_at, fault_of

PREFIX = "soak-"
# Seconds that a connection may take to be seen closed.
PATIENCE = 10.0

_MOST = 2**20
_RESET = struct.pack("ii", 1, 0)
_VIDEO = re.compile(rb"/videos/([\w-]+)\.mp4")
_ETAG = re.compile(rb'\r\netag: "(\w+)"')
_CONNECTION = re.compile(rb"(?i)\r\nconnection: [\w-]+")
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: (\d+)")


class Wire:
    """The proxy; an asynchronous context manager that leaves no task and no socket.

    Attributes:
        sandbox: What it leads to; to be set before the first request.
        url: Where it listens.
        count: How many requests came.
        requests: How many of them for each stage.
        faults: How many of them met which fault, by (stage, name).
        received: How many submissions of each generation reached the sandbox.
        faulted: The generations of which a request met one.
        etags: For each video, by the name in its link, the entity tags it was sent with.
    """

    sandbox: Sandbox

    def __init__(self, *, seed: int, share: float) -> None:
        self.count = 0
        self.requests: Counter[Stage] = Counter()
        self.faults: Counter[tuple[Stage, str]] = Counter()
        self.etags: defaultdict[str, set[str]] = defaultdict(set)
        self.received: Counter[int] = Counter()
        self.faulted: set[int] = set()
        self.url = ""
        self._seed, self._share = seed, share
        self._counts: Counter[tuple[int, Stage]] = Counter()
        self._generations: dict[str, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", limit=_MOST)
        self.url = _url(self._server)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        while self._tasks:
            await asyncio.wait(self._tasks)
        await self._server.wait_closed()

    async def left_open(self) -> int:
        """Return how many connections the client has not closed, once it had time to."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=PATIENCE)
        return len(self._tasks)

    def is_refused(self, generation: int) -> bool:
        """Whether a generation's first connection is to find nobody."""
        fault = fault_of(self._seed, self._share, generation, "submit", 1)
        return fault is REFUSED

    @asynccontextmanager
    async def door(self, generation: int) -> AsyncIterator[asyncio.Server]:
        """Open another way in, for one generation; it is shut until it starts serving."""
        self._count(generation, "submit")
        server = await asyncio.start_server(
            self._accept, "127.0.0.1", limit=_MOST, start_serving=False
        )
        try:
            yield server
        finally:
            # From Python 3.12 on, wait_closed also waits for the connections, which may outlive
            # this generation.
            server.close()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        # A client may be gone at any time; a cancellation is the wire's own end.
        with suppress(asyncio.IncompleteReadError, OSError, asyncio.CancelledError):
            while await self._exchange(reader, writer):
                pass
        await _close(writer)

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Respond to one request; return whether the connection stays open."""
        raw, request = await _read(reader)
        generation = self._generation(request)
        fault = self._count(generation, request.stage)
        whole = b""
        if fault is None or fault.reached:
            self.received[generation] += request.stage == "submit"
            whole = await self._ask(raw, request, generation)
        if fault is None:
            writer.write(whole)
            await writer.drain()
            # A scenario of the sandbox may have cut it.
            return len(whole) - body_at(whole) == _length(whole)
        return await _play(fault, whole, writer)

    def _generation(self, request: Request) -> int:
        if request.stage == "download":
            return self._generations[video_name(request.target)]
        return int(request.headers["x-client-request-id"].removeprefix(PREFIX))

    def _count(self, generation: int, stage: Stage) -> Fault | None:
        self.count += 1
        self.requests[stage] += 1
        self._counts[generation, stage] += 1
        nth = self._counts[generation, stage]
        fault = fault_of(self._seed, self._share, generation, stage, nth)
        if fault:
            self.faults[stage, fault.name] += 1
            self.faulted.add(generation)
        return fault

    async def _ask(self, raw: bytes, request: Request, generation: int) -> bytes:
        """Return the sandbox's response, with links that lead back to this wire."""
        host, _, port = self.sandbox.url.rpartition("/")[2].rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port), limit=_MOST)
        try:
            writer.write(_CONNECTION.sub(b"\r\nConnection: close", raw, count=1))
            whole = await reader.read(-1)
        finally:
            await _close(writer)
        whole = _CONNECTION.sub(b"", whole, count=1)
        if request.stage == "poll" and (found := _VIDEO.search(whole)):
            self._generations[found[1].decode()] = generation
            return _relinked(whole, self.sandbox.url, f"http://{request.headers['host']}")
        if request.stage == "download" and (tag := _ETAG.search(whole)):
            self.etags[video_name(request.target)].add(tag[1].decode())
        return whole


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError, asyncio.CancelledError):
        await writer.wait_closed()


def video_name(link: str) -> str:
    """Return what the sandbox calls the video that a link leads to."""
    return link.partition("?")[0].removesuffix(".mp4").rpartition("/")[2]


def _url(server: asyncio.Server) -> str:
    return "http://{}:{}".format(*server.sockets[0].getsockname())


async def _read(reader: asyncio.StreamReader) -> tuple[bytes, Request]:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").strip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value for name, _, value in (x.partition(": ") for x in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return head + body, Request(method, target, headers, body)


def _length(whole: bytes) -> int:
    announced = _LENGTH.search(whole)
    assert announced
    return int(announced[1])


def _relinked(whole: bytes, old: str, new: str) -> bytes:
    start = body_at(whole)
    body = whole[start:].replace(old.encode(), new.encode())
    return _LENGTH.sub(b"\r\ncontent-length: %d" % len(body), whole[:start]) + body


async def _play(fault: Fault, whole: bytes, writer: asyncio.StreamWriter) -> bool:
    said = fault.say(whole)
    size = -(-len(said) // fault.pieces) or 1
    await asyncio.sleep(fault.pause)
    for start in range(0, len(said), size):
        writer.write(said[start : start + size])
        await writer.drain()
        await asyncio.sleep(fault.pause)
    if fault.end == "reset":
        connection: socket.socket = writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        writer.transport.abort()
    return fault.end == "kept"
