"""A server on this machine that does to its clients what networks and gateways do.

It speaks HTTP/1.1 over raw sockets, so that it can stop anywhere. A script
says, for each stage of a job (submit, poll, download), what is done to one
request after the other; the last entry is repeated. An entry is one action or
several in a row, all of them data::

    with Loopback() as server:
        server.script("poll", answer(404), (Send(b"HTTP/1.1 2"), Reset()), Hang())

Each request that arrived whole is recorded before anything is done to it.
"""

from __future__ import annotations

import json
import re
import socket
import struct
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Literal, Protocol, Self

from wan_ergonomic._spec import path

Stage = Literal["submit", "poll", "download"]

# No test keeps a connection open for longer, whatever it does wrong.
MAX_SECONDS = 30.0


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
        """The part of a job that it belongs to."""
        if self.method == "POST":
            return "submit"
        return "poll" if self.target.partition("?")[0].endswith(path("poll")) else "download"

    @property
    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)


class Action(Protocol):
    """One thing done to a connection."""

    def perform(self, line: Line, /) -> None:
        """Do it; raise ``Ended`` if the connection is over."""


Entry = Action | Iterable[Action]


class Ended(Exception):  # noqa: N818 - an ending is no error
    """The connection is over."""


class Line:
    """One connection, and the request that is being answered on it."""

    def __init__(self, connection: socket.socket, released: threading.Event) -> None:
        self.connection = connection
        self.released = released
        self.request: Request
        self._held = b""

    def read_request(self) -> Request | None:
        """Return the next whole request, or None once there is no more."""
        head = self._read(lambda held: held.find(b"\r\n\r\n") + 4 if b"\r\n\r\n" in held else 0)
        if head is None:
            return None
        first, *lines = head.decode("latin-1").strip().split("\r\n")
        method, target, _ = first.split(" ")
        headers = {
            name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)
        }
        length = int(headers.get("content-length", 0))
        body = self._read(lambda held: length if len(held) >= length else 0) if length else b""
        return None if body is None else Request(method, target, headers, body)

    def _read(self, whole: Callable[[bytes], int]) -> bytes | None:
        while not (size := whole(self._held)):
            chunk = self.connection.recv(65536)
            if not chunk:
                return None
            self._held += chunk
        taken, self._held = self._held[:size], self._held[size:]
        return taken


@dataclass(frozen=True)
class Send:
    """Send bytes as they are; all at once, or ``size`` at a time with a pause before each.

    Attributes:
        every: Seconds of each pause.
    """

    data: bytes
    size: int = 0
    every: float = 0.0

    def perform(self, line: Line) -> None:
        """Send them."""
        step = self.size or len(self.data) or 1
        for start in range(0, len(self.data), step):
            if self.every and line.released.wait(self.every):
                raise Ended
            line.connection.sendall(self.data[start : start + step])


@dataclass(frozen=True)
class Close:
    """Close the connection in good order."""

    def perform(self, _: Line) -> None:
        """Close it."""
        raise Ended


@dataclass(frozen=True)
class Reset:
    """Break the connection off, so that the client sees a reset."""

    def perform(self, line: Line) -> None:
        """Break it off."""
        line.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise Ended


@dataclass(frozen=True)
class Hang:
    """Say nothing: for so many seconds, or until the server is released or stopped."""

    seconds: float | None = None

    def perform(self, line: Line) -> None:
        """Say nothing."""
        if line.released.wait(self.seconds) or self.seconds is None:
            raise Ended


@dataclass(frozen=True)
class Store:
    """Answer as an object store does: with all of a file, or with the range asked for.

    Attributes:
        content: The file.
        etag: Its version, in quotes; without one there is no If-Range to match.
        cut: Stop after so many bytes of the body, and do what is in ``then``.
        ranges: Whether ranges are served at all.
    """

    content: bytes
    etag: str = '"v1"'
    cut: int | None = None
    then: tuple[Action, ...] = (Close(),)
    ranges: bool = True

    def perform(self, line: Line) -> None:
        """Answer."""
        asked = re.fullmatch(r"bytes=(\d+)-", line.request.headers.get("range", ""))
        same = line.request.headers.get("if-range") == self.etag
        headers = {"Content-Type": "video/mp4", **({"ETag": self.etag} if self.etag else {})}
        status, start, size = 200, 0, len(self.content)
        if asked and same and self.ranges:
            status, start = 206, int(asked[1])
            headers["Content-Range"] = f"bytes {start}-{size - 1}/{size}"
        body = self.content[start:]
        sent = answer(status, body, headers).data
        if self.cut is None:
            Send(sent).perform(line)
            return
        for action in (Send(sent[: len(sent) - len(body) + self.cut]), *self.then):
            action.perform(line)


def answer(
    status: int, body: bytes | str | Any = b"", headers: Mapping[str, str] | None = None
) -> Send:
    """Return a whole answer; a body that is neither bytes nor text is sent as JSON."""
    content = body if isinstance(body, bytes | str) else json.dumps(body)
    data = content.encode() if isinstance(content, str) else content
    return Send(head(status, {"Content-Length": str(len(data)), **(headers or {})}) + data)


def head(status: int, headers: Mapping[str, str]) -> bytes:
    """Return the head of an answer, which promises what it says it does."""
    known = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "Whatever"
    lines = [f"HTTP/1.1 {status} {known}", *(f"{name}: {text}" for name, text in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


@dataclass
class Script:
    """What is done to the requests of one stage."""

    entries: tuple[Entry, ...] = (answer(501, "There is no script for this."),)
    taken: int = 0
    active: int = 0
    most: int = 0

    def next(self) -> tuple[Action, ...]:
        """Return the actions for the next request."""
        entry = self.entries[min(self.taken, len(self.entries) - 1)]
        self.taken += 1
        return tuple(entry) if isinstance(entry, Iterable) else (entry,)


@dataclass
class Loopback:
    """A server for one test; a context manager that leaves no thread and no socket.

    Attributes:
        host: The address to listen at.
        listening: Whether connections are accepted from the start; else they are refused, or
            with ``full`` never answered, until ``listen`` is called.
        requests: Each request that arrived whole, in order.
    """

    host: str = "127.0.0.1"
    listening: bool = True
    full: bool = False
    requests: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._scripts: dict[Stage, Script] = {s: Script() for s in ("submit", "poll", "download")}
        self._lock = threading.Lock()
        self._stopping = False
        self._released = threading.Event()
        self._threads: list[threading.Thread] = []
        self._connections: set[socket.socket] = set()
        self._socket = socket.socket()
        self._waiting: list[socket.socket] = []

    def __enter__(self) -> Self:
        self._socket.bind((self.host, 0))
        if self.full:
            self._fill()
        elif self.listening:
            self.listen()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping = True
        self._released.set()
        for thread in self._threads[:1]:
            # The thread that accepts is woken by one last connection.
            socket.create_connection(self._socket.getsockname(), MAX_SECONDS).close()
            thread.join(MAX_SECONDS)
        with self._lock:
            for connection in self._connections:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(MAX_SECONDS)
        for one in (*self._waiting, self._socket):
            one.close()

    @property
    def connections(self) -> int:
        """How many connections have been accepted."""
        return len(self._threads) - 1

    @property
    def origin(self) -> str:
        """The address without a path."""
        return "http://{}:{}".format(*self._socket.getsockname())

    @property
    def url(self) -> str:
        """What to give a client as its base URL."""
        return self.origin

    def script(self, stage: Stage, *entries: Entry) -> None:
        """Say what is done to the requests of one stage, from the next one on."""
        self._scripts[stage] = Script(entries)

    def received(self, stage: Stage) -> list[Request]:
        """Return the requests of one stage."""
        with self._lock:
            return [request for request in self.requests if request.stage == stage]

    def most_at_once(self, stage: Stage) -> int:
        """Return how many requests of a stage were being answered at the same time, at most."""
        return self._scripts[stage].most

    def drain(self) -> None:
        """Wait until each connection so far has been closed from here."""
        for thread in self._threads[1:]:
            thread.join(MAX_SECONDS)

    def release(self) -> None:
        """End everything that hangs."""
        self._released.set()

    def _fill(self) -> None:
        """Let the kernel's queue of connections run full: the next ones get no answer at all."""
        self._socket.listen(0)
        for _ in range(2):
            one = socket.socket()
            one.settimeout(0)
            one.connect_ex(self._socket.getsockname())
            self._waiting.append(one)

    def listen(self) -> None:
        """Accept connections from now on."""
        if self._threads:
            return
        for one in self._waiting:
            one.close()
        self._waiting.clear()
        self._socket.listen(128)
        self._start(self._accept)

    def _start(self, run: Callable[..., None], *args: Any) -> None:
        thread = threading.Thread(target=run, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            if self._stopping:
                connection.close()
                return
            connection.settimeout(MAX_SECONDS)
            with self._lock:
                self._connections.add(connection)
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        line = Line(connection, self._released)
        with connection, suppress(OSError, Ended):
            while request := line.read_request():
                line.request = request
                with self._lock:
                    self.requests.append(request)
                    script = self._scripts[request.stage]
                    actions = script.next()
                    script.active += 1
                    script.most = max(script.most, script.active)
                try:
                    for action in actions:
                        action.perform(line)
                finally:
                    with self._lock:
                        script.active -= 1
        with self._lock:
            self._connections.discard(connection)
