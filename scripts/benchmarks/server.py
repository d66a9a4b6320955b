"""Answers every contender on loopback, in its own API's words, as fast as Python can.

Run as a program of its own; it prints its port, and ends when its input does.
Only the standard library is imported.
"""

from __future__ import annotations

import asyncio
import json
import struct
import sys
from collections.abc import Callable, Mapping
from typing import Any

CHUNK = b"\0" * 2**20
# Headers as the vendor's gateway sends them.
_HEAD = (
    "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ndate: Mon, 30 Nov 2026 10:00:00 GMT\r\n"
    "server: gateway\r\nvary: Accept-Encoding\r\nx-request-id: 6f1c3a\r\n{more}"
    "content-length: {length}\r\n\r\n"
)


def _replicate(job: str) -> Any:
    return {
        "id": job,
        "model": "a/b",
        "version": "v",
        "status": "processing",
        "input": {"prompt": "A boat"},
        "output": None,
        "logs": "",
        "error": None,
        "metrics": {},
        "created_at": "2026-11-30T10:00:00Z",
        "started_at": "2026-11-30T10:00:00Z",
        "completed_at": None,
        "urls": {"get": "", "cancel": ""},
    }


def _openai(job: str) -> Any:
    return {
        "id": job,
        "object": "video",
        "created_at": 1,
        "completed_at": None,
        "expires_at": None,
        "error": None,
        "model": "sora-2",
        "progress": 10,
        "prompt": "A boat",
        "remixed_from_video_id": None,
        "seconds": "4",
        "size": "720x1280",
        "status": "in_progress",
    }


def _ours(job: str) -> Any:
    usage = {"credits_used": 120000, "usd_spent": 0.06}
    return {"id": job, "status": "generating", "meta": {"usage": usage}}


# By the beginning of the path. The job's id is the last part of the path or of the query.
BODIES: Mapping[str, Callable[[str], Any]] = {
    "/v1/predictions/": _replicate,
    "/v1/videos/": _openai,
    "/v1beta/": lambda job: {"name": f"models/m/operations/{job}", "done": False, "metadata": {}},
    "/v1/tasks/": lambda job: {
        "id": job,
        "createdAt": "2026-11-30T10:00:00Z",
        "status": "RUNNING",
        "progress": 0.5,
    },
    "/owner/": lambda _: {"status": "IN_PROGRESS", "logs": []},
    "/": _ours,
}


def response(target: str) -> bytes:
    """Return the response to a poll."""
    path, _, query = target.partition("?")
    make = next(make for begin, make in BODIES.items() if path.startswith(begin))
    job = query.rpartition("=")[2] if query and make is _ours else path.rpartition("/")[2]
    body = json.dumps(make(job), separators=(",", ":")).encode()
    more = f"x-inference-id: {job}\r\n"
    head = _HEAD.format(status="200 OK", kind="application/json", more=more, length=len(body))
    return head.encode() + body


class Connection(asyncio.Protocol):
    """One connection; requests have no bodies."""

    def __init__(self) -> None:
        self._received = b""
        self._left = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each request that is complete."""
        self._received += data
        while b"\r\n\r\n" in self._received:
            request, _, self._received = self._received.partition(b"\r\n\r\n")
            target = request.split(b" ", 2)[1].decode()
            if target.startswith("/file/"):
                self._send_file(int(target.rpartition("/")[2].partition(".")[0]))
            else:
                self._transport.write(response(target))

    def _send_file(self, mebibytes: int) -> None:
        """Send a file that looks like a video: three boxes, the last one with its frames."""
        length = mebibytes * len(CHUNK)
        head = _HEAD.format(status="200 OK", kind="video/mp4", more="", length=length).encode()
        boxes = struct.pack(">I4s4sII4s", 16, b"ftyp", b"mp42", 0, 8, b"moov")
        boxes += struct.pack(">I4sQ", 1, b"mdat", length - len(boxes))
        self._left = mebibytes - 1
        self._transport.write(head + boxes + CHUNK[len(boxes) :])
        self.resume_writing()

    def pause_writing(self) -> None:
        """Wait until the client has read."""
        self._paused = True

    def resume_writing(self) -> None:
        """Send the file, until the client has too much to read."""
        self._paused = False
        while self._left and not self._paused:
            self._left -= 1
            self._transport.write(CHUNK)


async def serve() -> None:
    """Serve until standard input ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Connection, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve())
