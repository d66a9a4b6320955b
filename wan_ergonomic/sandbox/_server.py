"""The sandbox as a running server: one thread, one event loop, one port."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Self, cast

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from wan_ergonomic._errors import WanError
from wan_ergonomic._settings import is_loopback

from ._app import Vendor
from ._jobs import Job
from ._responses import HANG_UP
from ._scenario import Scenario
from .account import Account, AccountScenario
from .page import export
from .records import Received

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


# Seconds between updates of the Date header.
_TICK = 1.0
# How many turns of the event loop it takes to set up an accepted connection.
_TURNS_OF_SETUP = 3


class SandboxError(WanError):
    """The sandbox could not be started, or has no such job."""


class Sandbox:
    """A server on this machine that acts as the vendor's API during its ``with`` block.

    Args:
        host: The address to listen on: loopback only, because the key is not secret.
        port: The port to listen on; 0 takes a free one.
        speed: How fast jobs run; 1 is real time.
        key: The API key to accept.
        link_lifetime: Seconds until a video's link expires.
        clock: Returns the time, in seconds since 1970, for jobs and links.
        account: How the account's operations respond; None for as documented.
        scenario: What is played for prompts that name no scenario; None for as documented.

    Raises:
        ConfigurationError: The speed is not a finite number above 0.

    Attributes:
        key: The API key to accept.
        url: The server's URL, without a slash at the end; a port of 0 becomes the real one when
            the server is started.
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
        account: AccountScenario | None = None,
        scenario: Scenario | None = None,
    ) -> None:
        self.key = key
        self.url = _url(host, port)
        self._address = (host, port)
        self._vendor = Vendor(
            url=self.url,
            speed=speed,
            key=key,
            link_lifetime=link_lifetime,
            clock=clock,
            account=account,
            scenario=scenario,
        )
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def received(self) -> tuple[Received, ...]:
        """The requests received so far, those for videos included; not those of the page."""
        return self._vendor.records.all()

    @property
    def page(self) -> str:
        """The address of the page that shows the sandbox, and has its controls."""
        return f"{self.url}{self._vendor.page_path}"

    @property
    def shell_command(self) -> str:
        """A shell command that makes `wan` and clients use this sandbox, with its key."""
        return export(self.url, self.key)

    @property
    def speed(self) -> float:
        """How fast jobs run; another speed can be set at any time.

        It changes how fast jobs go on, not how far they are.

        Raises:
            ConfigurationError: It is set to what is not a finite number above 0.
        """
        return self._vendor.pace.speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._vendor.pace.speed = speed

    @property
    def scenario(self) -> Scenario:
        """What is played for prompts that name no scenario; another one can be set at any time.

        ``SCENARIOS`` has them by name; "completes" is as documented.
        """
        return self._vendor.in_play.scenario

    @scenario.setter
    def scenario(self, scenario: Scenario) -> None:
        self._vendor.in_play.scenario = scenario

    def finish(self, generation_id: str) -> None:
        """End a job now, as it would have ended; one that has ended stays as it is.

        Raises:
            SandboxError: No job has this id.
        """
        self._vendor.jobs.finish(self._job(generation_id))

    def fail(self, generation_id: str) -> None:
        """Let a job fail now, which refunds it; one that has ended stays as it is.

        Raises:
            SandboxError: No job has this id.
        """
        self._vendor.jobs.fail(self._job(generation_id))

    def _job(self, generation_id: str) -> Job:
        job = self._vendor.jobs.get(generation_id)
        if job is None:
            raise SandboxError(f"The sandbox has no job with the id {generation_id!r}.")
        return job

    @property
    def billed(self) -> int:
        """How many generations were accepted and charged so far."""
        return self._vendor.jobs.billed

    @property
    def account(self) -> Account:
        """The account that is charged: its books, and how its operations respond."""
        return self._vendor.account

    def start(self) -> Self:
        """Start listening; return once the server accepts requests.

        Jobs and records are kept when the sandbox is stopped and started again.

        Raises:
            SandboxError: It is already running, or cannot listen on its address.
        """
        if self._thread is not None:
            raise SandboxError(f"The sandbox is already running, at {self.url}.")
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
            # After an interrupt, a thread would remain and keep the process alive.
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

    def __exit__(self, *_: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        state = "stopped" if self._thread is None else "running"
        return f"<Sandbox {self.url} {state}>"


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _listen(host: str, port: int) -> socket.socket:
    if not 0 <= port < 2**16:
        raise SandboxError(f"The sandbox cannot listen on {host} port {port}: the port is invalid.")
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        if not is_loopback(str(address[0])):
            raise SandboxError(
                f"The sandbox cannot listen on {host!r}: it listens on this machine only. Leave "
                "host out, or use 127.0.0.1 or ::1. From elsewhere, forward a port to it, for "
                "example with ssh -L."
            )
        return socket.create_server(address[:2], family=family)
    except OSError as error:
        raise SandboxError(f"The sandbox cannot listen on {host} port {port}: {error}.") from error


class _Server(uvicorn.Server):
    """uvicorn with an event for readiness and an immediate shutdown."""

    def __init__(self, app: ASGIApp) -> None:
        # No log_config: the process that embeds the sandbox configures logging itself.
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
            # Each tick renews the Date header; the event ends the wait early.
            try:
                await asyncio.wait_for(self._ending.wait(), timeout=_TICK)
            except TimeoutError:
                continue

    def end(self) -> None:
        """End the event loop, from another thread."""
        # Before it is ready there is no event loop, and uvicorn would not close its port.
        self.ready.wait()
        self.should_exit = True
        self._loop.call_soon_threadsafe(self._ending.set)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002
        await self._stop_accepting()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        # Requests in flight lose their connection; a video that is being rendered is finished.
        await asyncio.gather(asyncio.sleep(0), *self.server_state.tasks)

    async def _stop_accepting(self) -> None:
        """Close the ports.

        A connection that was just accepted is set up first: asyncio loses it if the server is
        closed before that.
        """
        for server in self.servers:
            for listener in server.sockets:
                # On Windows, the default event loop has no readers.
                with suppress(NotImplementedError):
                    self._loop.remove_reader(listener.fileno())
        for _ in range(_TURNS_OF_SETUP):
            await asyncio.sleep(0)
        for server in self.servers:
            server.close()


class _Protocol(H11Protocol):
    """HTTP/1.1 that lets the application close a connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(cast("asyncio.Transport", transport))
        # asyncio does this only if the socket's proto is IPPROTO_TCP, and here it is 0. Without
        # it, each response on a kept connection waits 40 ms for an acknowledgement.
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        inner = cast("ASGIApp", self.app)

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})[HANG_UP] = transport.close
            await inner(scope, receive, send)

        self.app = app
