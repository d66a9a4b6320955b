"""The servers, the clock and the transport that one cell is played with."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from tests.conftest import FakeClock
from tests.support.actions import Action, Request, Send
from tests.support.loopback import Loopback

from .cells import ELSEWHERE, HERE, KEY, PORT, SIGNED, Cell, Fault, Reply, fill

# Each pause advances the clock by this many seconds at least, so that every wait ends.
TICK = 12.5

PUBLIC_API, PUBLIC_STORE, PUBLIC_ELSEWHERE = "api.example", "store.example", "elsewhere.example"


@dataclass(frozen=True)
class Secrets:
    """Values that are unique to few plays, so that a leak shows where it comes from.

    Attributes:
        key: The API key; that of all cells of one kind.
        signature: The signature of every link, in one play of one cell.
    """

    key: str
    signature: str


class Server(Loopback):
    """A server that can also close connections before it has read anything.

    Attributes:
        unread: How many of the next connections it closes so.
        slammed: How many it has closed so.
    """

    unread = 0
    slammed = 0

    def _serve(self, accepted: socket.socket) -> None:
        if not self.unread:
            super()._serve(accepted)
            return
        self.unread, self.slammed = self.unread - 1, self.slammed + 1
        accepted.close()
        self._forget(accepted)


class TickingClock(FakeClock):
    """A clock on which each pause takes a minimum, and which calls a function at one of them."""

    def __init__(self, tick: float, when: int, then: Callable[[], None]) -> None:
        super().__init__()
        self._tick, self._when, self._then = tick, when, then

    def sleep(self, seconds: float) -> None:
        """Advance the time, without waiting."""
        self.sleeps.append(seconds)
        self.time += max(seconds, self._tick)
        if len(self.sleeps) == self._when:
            self._then()


class World:
    """A context manager: the API's server, another host, and the requests to them.

    Attributes:
        strayed: Requests to any other address.
    """

    def __init__(self, cell: Cell, secrets: Secrets) -> None:
        self._secrets = secrets
        self._production = cell.production or cell.aimed
        self._led = cell.production
        self._servers = ExitStack()
        self.api = Server(listening=cell.refused is None)
        # The deadline of a slow download is as short as one pause.
        tick = 0.0 if cell.act == "download" and cell.seconds else TICK
        self.clock = TickingClock(tick, cell.refused or 0, self.api.listen)
        self.strayed: list[httpx.Request] = []

    def __enter__(self) -> Self:
        self._servers.enter_context(self.api)
        return self

    def __exit__(self, *_: object) -> None:
        self._servers.close()

    @cached_property
    def elsewhere(self) -> Server:
        """A server at another host, started when it is first used."""
        return self._servers.enter_context(Server(host="127.0.0.2"))

    @property
    def requests(self) -> list[Request]:
        """Every request that arrived anywhere."""
        there = self.elsewhere.requests if "elsewhere" in vars(self) else []
        return [*self.api.requests, *there]

    @property
    def url(self) -> str:
        """The client's base URL."""
        return f"https://{PUBLIC_API}" if self._production else self.api.url

    @property
    def hosts(self) -> set[str]:
        """The hosts of requests to the API."""
        return {urlsplit(self.url).netloc}

    def transport(self, backend: str) -> Any:
        """Return a transport that leads public names to this machine; None if not needed."""
        if not self._led:
            return None
        hosts = {
            PUBLIC_API: self.api.origin,
            PUBLIC_STORE: self.api.origin,
            PUBLIC_ELSEWHERE: self.elsewhere.origin,
        }
        return (Detour if backend == "sync" else AsyncDetour)(hosts, self.strayed)

    def filled(self, fault: Fault) -> tuple[Action, ...]:
        """Return the actions of a fault, with every placeholder filled in."""
        actions = fault if isinstance(fault, tuple) else (fault,)
        return tuple(self._filled(action) for action in actions)

    def _filled(self, action: Action | Reply) -> Action:
        if isinstance(action, Reply):
            return action.filled(self.values(action))
        if isinstance(action, Send):
            return replace(action, data=fill(action.data, self.values(action)))
        return action

    def values(self, about: object) -> Mapping[str, str]:
        """Return the value of each placeholder; the other host is started only if it is used."""
        here = f"https://{PUBLIC_STORE}" if self._production else self.api.origin
        known = {
            HERE: here,
            PORT: self.api.origin.rpartition(":")[2],
            KEY: self._secrets.key,
            SIGNED: self._secrets.signature,
        }
        if ELSEWHERE in str(about):
            there = f"https://{PUBLIC_ELSEWHERE}" if self._production else self.elsewhere.origin
            known[ELSEWHERE] = there
        return known


class _Detour:
    """Leads public names to this machine, so that the rules for public addresses apply."""

    def __init__(self, hosts: Mapping[str, str], strayed: list[httpx.Request]) -> None:
        self._hosts = hosts
        self._strayed = strayed

    def _led(self, request: httpx.Request) -> httpx.Request:
        origin = self._hosts.get(request.url.host)
        if request.url.scheme != "https" or origin is None:
            self._strayed.append(request)
            raise httpx.ConnectError("There is no such server.", request=request)
        return httpx.Request(
            request.method,
            httpx.URL(origin).copy_with(raw_path=request.url.raw_path),
            headers=request.headers,
            stream=request.stream,
            extensions=request.extensions,
        )


class Detour(_Detour, httpx.BaseTransport):
    """The sync one."""

    def __init__(self, hosts: Mapping[str, str], strayed: list[httpx.Request]) -> None:
        super().__init__(hosts, strayed)
        self._inner = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send it."""
        return self._inner.handle_request(self._led(request))

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()


class AsyncDetour(_Detour, httpx.AsyncBaseTransport):
    """The async one."""

    def __init__(self, hosts: Mapping[str, str], strayed: list[httpx.Request]) -> None:
        super().__init__(hosts, strayed)
        self._inner = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send it."""
        return await self._inner.handle_async_request(self._led(request))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()
