"""What a loopback server does with one request: actions, all of them data.

An action sends bytes, waits, or ends the connection. Several in a row describe a
network that fails in the middle of a response::

    Send(head(200, {"Content-Length": "9"})), Hang(0.1), Reset()
"""

from __future__ import annotations

import json
import re
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Literal, Protocol

from wan_ergonomic.sandbox.account._paths import PATHS

from .operations import polled_id

Stage = Literal["submit", "poll", "download", "account"]
ACCOUNT = frozenset(PATHS.values())


@dataclass(frozen=True)
class Request:
    """One request, as it arrived.

    Attributes:
        target: Path and query, byte for byte.
        headers: By lower-case name.
    """

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def stage(self) -> Stage:
        """The stage of a job that it belongs to, or the account."""
        if self.method == "POST":
            return "submit"
        if self.target.partition("?")[0] in ACCOUNT:
            return "account"
        return "download" if polled_id(self.target) is None else "poll"

    @property
    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)


class Action(Protocol):
    """One thing done to a connection."""

    def run(self, connection: Connection, /) -> None:
        """Do it; raise ``Ended`` to end the connection."""


class Ended(Exception):  # noqa: N818 - not an error: the action ends the connection
    """The connection is over."""


class Connection:
    """One connection to the server, and the request that it is responding to.

    Attributes:
        socket: The connection's socket.
        released: Set when everything that hangs has to end.
    """

    def __init__(self, accepted: socket.socket, released: threading.Event) -> None:
        self.socket = accepted
        self.released = released
        self.request: Request
        self._received = b""

    def read_request(self) -> Request | None:
        """Return the next whole request; None once the client has closed the connection."""
        head = self._read(lambda got: got.find(b"\r\n\r\n") + 4 if b"\r\n\r\n" in got else 0)
        if head is None:
            return None
        first, *lines = head.decode("latin-1").strip().split("\r\n")
        method, target, _ = first.split(" ")
        headers = {
            name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)
        }
        length = int(headers.get("content-length", 0))
        body = self._read(lambda got: length if len(got) >= length else 0) if length else b""
        return None if body is None else Request(method, target, headers, body)

    def _read(self, size_of: Callable[[bytes], int]) -> bytes | None:
        """Receive until ``size_of(received)`` is not 0; return that many bytes."""
        while not (size := size_of(self._received)):
            chunk = self.socket.recv(65536)
            if not chunk:
                return None
            self._received += chunk
        taken, self._received = self._received[:size], self._received[size:]
        return taken


@dataclass(frozen=True)
class Send:
    """Send bytes: all at once, or ``size`` at a time with a pause before each piece.

    Attributes:
        every: Seconds of each pause.
    """

    data: bytes
    size: int = 0
    every: float = 0.0

    def run(self, connection: Connection) -> None:
        """Send them."""
        step = self.size or len(self.data) or 1
        for start in range(0, len(self.data), step):
            if self.every and connection.released.wait(self.every):
                raise Ended
            connection.socket.sendall(self.data[start : start + step])


@dataclass(frozen=True)
class Do:
    """An action that calls a function."""

    function: Callable[[], object]

    def run(self, _: Connection) -> None:
        """Call it."""
        self.function()


@dataclass(frozen=True)
class Close:
    """Close the connection, without an error."""

    def run(self, _: Connection) -> None:
        """Close it."""
        raise Ended


@dataclass(frozen=True)
class Reset:
    """Abort the connection: the client sees a TCP reset."""

    def run(self, connection: Connection) -> None:
        """Abort it."""
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise Ended


@dataclass(frozen=True)
class Hang:
    """Send nothing for ``seconds`` seconds; by default, until the server is released or stopped."""

    seconds: float | None = None

    def run(self, connection: Connection) -> None:
        """Wait."""
        if connection.released.wait(self.seconds) or self.seconds is None:
            raise Ended


@dataclass(frozen=True)
class Serve:
    """Respond as an object storage does: with the whole file, or with the range requested.

    Attributes:
        content: The file.
        etag: Its version, in quotes; without one, no If-Range matches.
        cut: How many bytes of the body to send before ``then``; None for all.
        ranges: Whether ranges are served at all.
    """

    content: bytes
    etag: str = '"v1"'
    cut: int | None = None
    then: tuple[Action, ...] = (Close(),)
    ranges: bool = True

    def run(self, connection: Connection) -> None:
        """Respond."""
        requested = connection.request.headers
        resumed = re.fullmatch(r"bytes=(\d+)-", requested.get("range", ""))
        headers = {"Content-Type": "video/mp4", **({"ETag": self.etag} if self.etag else {})}
        status, start, size = 200, 0, len(self.content)
        if resumed and requested.get("if-range") == self.etag and self.ranges:
            status, start = 206, int(resumed[1])
            headers["Content-Range"] = f"bytes {start}-{size - 1}/{size}"
        body = self.content[start:]
        whole = response(status, body, headers).data
        if self.cut is None:
            Send(whole).run(connection)
            return
        for action in (Send(whole[: len(whole) - len(body) + self.cut]), *self.then):
            action.run(connection)


def response(
    status: int, body: bytes | str | Any = b"", headers: Mapping[str, str] | None = None
) -> Send:
    """Return a whole response; a body that is neither bytes nor text is sent as JSON."""
    content = body if isinstance(body, bytes | str) else json.dumps(body)
    data = content.encode() if isinstance(content, str) else content
    return Send(head(status, {"Content-Length": str(len(data)), **(headers or {})}) + data)


def head(status: int, headers: Mapping[str, str]) -> bytes:
    """Return the status line and the headers of a response."""
    known = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "Whatever"
    lines = [f"HTTP/1.1 {status} {known}", *(f"{name}: {text}" for name, text in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")
