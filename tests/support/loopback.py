"""A server on this machine that behaves as networks and gateways do when they fail.

It speaks HTTP/1.1 over raw sockets, so that it can stop anywhere. A script
gives, for each stage of a job (submit, poll, download), what is done to one
request after the other; the last entry is repeated. An entry is one action or
several in a row::

    with Loopback() as server:
        server.script("poll", response(404), (Send(b"HTTP/1.1 2"), Reset()), Hang())

Each request that arrived whole is recorded before anything is done to it.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Self

from tests.support.actions import Action, Connection, Ended, Request, Stage, response
from tests.support.waiting import until

# The longest that any test keeps a connection open, even one that fails.
MAX_SECONDS = 30.0

Entry = Action | Iterable[Action]


@dataclass
class Script:
    """What is done to the requests of one stage.

    Attributes:
        taken: How many entries were used.
        active: How many requests are being responded to.
        most: The highest value of ``active`` so far.
    """

    entries: tuple[Entry, ...] = (response(501, "The test has no script for this stage."),)
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
        tls: Encrypts each connection, if it is set.
        port: The port; 0 for any that is free.
        listening: Whether connections are accepted from the start. Until ``listen`` is called,
            they are refused; with ``full`` they time out instead.
        requests: Each request that arrived whole, in order.
    """

    host: str = "127.0.0.1"
    port: int = 0
    listening: bool = True
    full: bool = False
    tls: ssl.SSLContext | None = None
    requests: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._scripts: dict[Stage, Script] = {s: Script() for s in ("submit", "poll", "download")}
        self._scripts["account"] = Script((response(404, {"message": "Cannot GET"}),))
        self._lock = threading.Lock()
        self._stopping = False
        self._released = threading.Event()
        self._threads: list[threading.Thread] = []
        self._sockets: set[socket.socket] = set()
        self._listener = socket.socket()
        self._queued: list[socket.socket] = []

    def __enter__(self) -> Self:
        self._listener.bind((self.host, self.port))
        self.port = self._listener.getsockname()[1]
        if self.full:
            self._fill_queue()
        elif self.listening:
            self.listen()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping = True
        self._released.set()
        for thread in self._threads[:1]:
            # One last connection wakes the thread that accepts.
            socket.create_connection(self._listener.getsockname(), MAX_SECONDS).close()
            thread.join(MAX_SECONDS)
        with self._lock:
            for each in self._sockets:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(MAX_SECONDS)
        for each in (*self._queued, self._listener):
            each.close()

    @property
    def connections(self) -> int:
        """How many connections have been accepted."""
        return len(self._threads) - 1

    @property
    def threads(self) -> set[threading.Thread]:
        """The server's threads: one that accepts, and one for each connection."""
        return {*self._threads}

    @property
    def origin(self) -> str:
        """The address without a path."""
        scheme = "https" if self.tls else "http"
        return "{}://{}:{}".format(scheme, *self._listener.getsockname())

    @property
    def url(self) -> str:
        """The base URL to give to a client."""
        return self.origin

    def script(self, stage: Stage, *entries: Entry) -> None:
        """Set what is done to the requests of one stage, from the next one on."""
        self._scripts[stage] = Script(entries)

    def received(self, stage: Stage) -> list[Request]:
        """Return the requests of one stage."""
        with self._lock:
            return [request for request in self.requests if request.stage == stage]

    def most_at_once(self, stage: Stage) -> int:
        """Return the highest number of requests of a stage that were in progress together."""
        return self._scripts[stage].most

    def drain(self) -> None:
        """Check that each connection so far is closed soon, by either side."""
        for thread in self._threads[1:]:
            until(partial(getattr, thread, "ident"))
            thread.join(MAX_SECONDS / 2)
            assert not thread.is_alive(), "A connection is still open."

    def release(self) -> None:
        """End everything that hangs."""
        self._released.set()

    def _fill_queue(self) -> None:
        """Fill the kernel's queue of connections, so that the next ones time out."""
        self._listener.listen(0)
        for _ in range(2):
            waiting = socket.socket()
            waiting.settimeout(0)
            waiting.connect_ex(self._listener.getsockname())
            self._queued.append(waiting)

    def listen(self) -> None:
        """Accept connections from now on."""
        if self._threads:
            return
        for each in self._queued:
            each.close()
        self._queued.clear()
        self._listener.listen(128)
        self._start(self._accept)

    def _start(self, run: Callable[..., None], *args: Any) -> None:
        thread = threading.Thread(target=run, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            accepted, _ = self._listener.accept()
            if self._stopping:
                accepted.close()
                return
            accepted.settimeout(MAX_SECONDS)
            with self._lock:
                self._sockets.add(accepted)
            self._start(self._serve, accepted)

    def _serve(self, accepted: socket.socket) -> None:
        with suppress(OSError, Ended), self._encrypted(accepted) as stream:
            connection = Connection(stream, self._released)
            while request := connection.read_request():
                connection.request = request
                with self._lock:
                    self.requests.append(request)
                    script = self._scripts[request.stage]
                    actions = script.next()
                    script.active += 1
                    script.most = max(script.most, script.active)
                try:
                    for action in actions:
                        action.run(connection)
                finally:
                    with self._lock:
                        script.active -= 1
        self._forget(accepted)

    def _encrypted(self, accepted: socket.socket) -> socket.socket:
        if self.tls is None:
            return accepted
        self._forget(accepted)
        wrapped = self.tls.wrap_socket(accepted, server_side=True)
        with self._lock:
            self._sockets.add(wrapped)
        return wrapped

    def _forget(self, accepted: socket.socket) -> None:
        with self._lock:
            self._sockets.discard(accepted)
