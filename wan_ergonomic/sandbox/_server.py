"""The sandbox as a running server: one thread, one loop, one port.

Only starting and stopping; what the server says is in `_app`.
"""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self, cast

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from wan_ergonomic._errors import WanError

from ._app import Vendor
from ._records import Received
from ._responses import HANG_UP

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


# Seconds between two looks at the calendar, for the Date header.
_TICK = 1.0


class SandboxError(WanError):
    """The sandbox could not be started."""


class Sandbox:
    """A server on this machine that plays the vendor, for as long as its ``with`` block lasts.

    Args:
        host: The address to listen on.
        port: The port to listen on; 0 takes a free one.
        speed: How many seconds of a job's life pass in one second.
        key: The API key that is right.
        link_lifetime: Seconds until a video's link expires.
        clock: What time it is, in seconds since 1970. Jobs and links age by it.

    Attributes:
        key: The API key that is right.
        url: Where the server is, without a slash at the end; the host alone until it is started.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        speed: float = 1.0,
        key: str = "sandbox-key",
        link_lifetime: float = 86400.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.key = key
        self.url = _url(host, port)
        self._address = (host, port)
        self._vendor = Vendor(
            url=self.url, speed=speed, key=key, link_lifetime=link_lifetime, clock=clock
        )
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def received(self) -> tuple[Received, ...]:
        """The requests received so far, those for videos included."""
        return self._vendor.records.all()

    @property
    def billed(self) -> int:
        """How many generations were accepted so far, and so charged for."""
        return self._vendor.jobs.billed

    def start(self) -> Self:
        """Start listening; returns once requests are answered.

        Jobs and records outlive a stop: a sandbox that is started again still has them.

        Raises:
            SandboxError: It runs already, or its address cannot be listened on.
        """
        if self._thread is not None:
            raise SandboxError(f"The sandbox runs already, at {self.url}.")
        listener = _listen(*self._address)
        host, port = self._address[0], listener.getsockname()[1]
        self.url = self._vendor.url = _url(host, port)
        self._server = _Server(self._vendor.app)
        self._thread = threading.Thread(
            target=self._server.run, args=([listener],), name="wan-sandbox", daemon=False
        )
        self._thread.start()
        try:
            self._server.ready.wait()
        except BaseException:
            # An interrupt here would leave a thread that keeps the process alive.
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Close every connection and wait until the server's thread has ended."""
        if self._thread is None or self._server is None:
            return
        self._server.end()
        self._thread.join()
        self._thread = self._server = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        state = "stopped" if self._thread is None else "running"
        return f"<Sandbox {self.url} {state}>"


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _listen(host: str, port: int) -> socket.socket:
    if not 0 <= port < 2**16:
        raise SandboxError(f"The sandbox cannot listen on {host} port {port}: no such port.")
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise SandboxError(f"The sandbox cannot listen on {host} port {port}: {error}.") from error


class _Server(uvicorn.Server):
    """uvicorn, but it says when it is ready and ends without waiting for anyone."""

    def __init__(self, app: ASGIApp) -> None:
        # No log_config: the logging of the process that embeds the sandbox is its own.
        config = uvicorn.Config(
            app,
            http=_Protocol,
            ws="none",
            lifespan="off",
            loop="asyncio",
            log_config=None,
            access_log=False,
        )
        super().__init__(config)
        self.ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop
        self._ending = asyncio.Event()

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.ready.set()
        while not await self.on_tick(0):
            # The tick renews the Date header; the event saves waiting for it at the end.
            try:
                await asyncio.wait_for(self._ending.wait(), timeout=_TICK)
            except TimeoutError:
                continue

    def end(self) -> None:
        """Tell the loop, from another thread, to finish."""
        # Before it is ready there is no loop to tell, and uvicorn would not close its port.
        self.ready.wait()
        self.should_exit = True
        self._loop.call_soon_threadsafe(self._ending.set)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        # Whatever is in flight sees its connection gone; a video half drawn is drawn to its end.
        await asyncio.gather(asyncio.sleep(0), *self.server_state.tasks)


class _Protocol(H11Protocol):
    """HTTP/1.1 that lets the application hang up on a caller."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(cast("asyncio.Transport", transport))
        # asyncio does this only for sockets of its own making; without it each answer on a
        # connection that is kept waits 40 ms for an acknowledgement.
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        inner = cast("ASGIApp", self.app)

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})[HANG_UP] = transport.close
            await inner(scope, receive, send)

        self.app = app
