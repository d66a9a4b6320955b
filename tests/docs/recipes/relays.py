"""Proxies and sockets on this machine that pass connections on to a sandbox."""

from __future__ import annotations

import asyncio
import base64
import ssl
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

Greeting = Callable[["Relay", asyncio.StreamReader, asyncio.StreamWriter], Awaitable[bool]]


class Relay:
    """A listener in a thread of its own, which passes bytes to one server and back.

    Args:
        url: The server that all connections lead to.
        greet: Speaks to whoever connects, first; returns whether the connection is passed on.
        path: The UNIX socket to listen at; by default a port of 127.0.0.1.
        tls: Encrypts what is passed on, after the greeting.
        login: The user name and password that an HTTP proxy asks for.

    Attributes:
        port: The port.
        asked: What was asked of it: the hosts that a proxy was to connect to.
    """

    def __init__(
        self,
        url: str,
        greet: Greeting | None = None,
        *,
        path: Path | None = None,
        tls: ssl.SSLContext | None = None,
        login: str | None = None,
    ) -> None:
        self.login = login
        self.asked: list[str] = []
        self.port = 0
        parts = urlsplit(url)
        self._target = (parts.hostname, parts.port)
        self._greet, self._path, self._tls = greet, path, tls
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=[self._main()])

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()
        self._loop.close()

    async def _main(self) -> None:
        self._end = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        if self._path:
            server = await asyncio.start_unix_server(self._serve, self._path)
        else:
            server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
            self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._end.wait()
        server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                if self._greet is None or await self._greet(self, reader, writer):
                    await self._pass_on(reader, writer)
        finally:
            writer.close()
            self._tasks.discard(task)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._tls:
            await writer.start_tls(self._tls)
        there, to = await asyncio.open_connection(*self._target)
        try:
            await asyncio.gather(_pump(reader, to), _pump(there, writer))
        finally:
            to.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(2**16):
        writer.write(data)
        await writer.drain()
    writer.close()


async def http_proxy(
    relay: Relay, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> bool:
    """Take a CONNECT, with the user name and password of the relay if it has one."""
    first, *headers = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
    relay.asked.append(first.split()[1])
    wanted = base64.b64encode((relay.login or "").encode()).decode()
    if relay.login and f"proxy-authorization: basic {wanted}".lower() not in (
        header.lower() for header in headers
    ):
        writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        return False
    writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
    return True


async def socks_proxy(
    relay: Relay, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> bool:
    """Take a connection to an IPv4 address or a host name, as RFC 1928 has it."""
    _, count = await reader.readexactly(2)
    await reader.readexactly(count)
    writer.write(b"\5\0")
    kind = (await reader.readexactly(4))[3]
    size = 4 if kind == 1 else (await reader.readexactly(1))[0]
    host = await reader.readexactly(size)
    port = int.from_bytes(await reader.readexactly(2))
    relay.asked.append(f"{'.'.join(map(str, host)) if kind == 1 else host.decode()}:{port}")
    writer.write(b"\5\0\0\1\0\0\0\0\0\0")
    return True
