"""A running sandbox with a sync and an async client for one test.

Its clients never wait: when one pauses, the clock that it shares with the sandbox is
put forward instead. While the sandbox runs, the environment holds its URL and its key in
place of the caller's, and names an empty configuration file. So a client that the tested
code makes by itself uses the sandbox too, and cannot spend anything.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from wan_ergonomic._api_key import KEY_VARIABLES, URL_KEY_VARIABLE, URL_VARIABLE
from wan_ergonomic._client import AsyncWanClient, WanClient
from wan_ergonomic._clock import Clock
from wan_ergonomic._settings import CONFIG_VARIABLE

if TYPE_CHECKING:
    from wan_ergonomic.sandbox import Account, Received, Sandbox

# A client with a clock of its own then waits four seconds for a job of six minutes.
SPEED = 100.0


class SkippingClock(Clock):
    """A clock that runs in real time and skips every sleep."""

    def __init__(self) -> None:
        self._skipped = 0.0
        self._lock = threading.Lock()

    def now(self) -> float:
        """Return the seconds since a fixed moment."""
        return time.monotonic() + self._skipped

    def today(self) -> float:
        """Return the seconds since 1970."""
        return time.time() + self._skipped

    def sleep(self, seconds: float) -> None:
        """Put the clock forward by ``seconds`` seconds, without waiting."""
        self._skip_to(self.now() + seconds)

    async def asleep(self, seconds: float) -> None:
        """Let other tasks run, then put the clock forward by ``seconds`` seconds."""
        from anyio.lowlevel import checkpoint

        # Tasks that sleep at the same time skip the same seconds, not one after the other.
        then = self.now() + seconds
        await checkpoint()
        self._skip_to(then)

    def _skip_to(self, moment: float) -> None:
        with self._lock:
            self._skipped += max(0.0, moment - self.now())


class WanSandbox:
    """A running sandbox and its clients; a context manager that closes all of them.

    Args:
        options: Arguments of ``Sandbox``, such as ``speed`` and ``link_lifetime``.

    Attributes:
        sandbox: The sandbox itself.
        clock: The clock of the sandbox and its clients.
    """

    def __init__(self, **options: Any) -> None:
        from wan_ergonomic.sandbox import Sandbox

        self.clock = SkippingClock()
        arguments: dict[str, Any] = {"speed": SPEED, "clock": self.clock.today} | options
        self.sandbox: Sandbox = Sandbox(**arguments)
        self._environment: Mapping[str, str | None] = {}

    @property
    def url(self) -> str:
        """The sandbox's URL: the ``base_url`` of a client."""
        return self.sandbox.url

    @property
    def key(self) -> str:
        """The API key that the sandbox accepts. It is not a secret."""
        return self.sandbox.key

    @property
    def received(self) -> tuple[Received, ...]:
        """The requests received so far, those for videos included."""
        return self.sandbox.received

    @property
    def billed(self) -> int:
        """How many generations were accepted and charged so far."""
        return self.sandbox.billed

    @property
    def account(self) -> Account:
        """The account that is charged: its books, and how its operations respond."""
        return self.sandbox.account

    @property
    def options(self) -> dict[str, Any]:
        """Arguments for a client of your own: ``WanClient(**wan_sandbox.options)``."""
        return {"api_key": self.key, "base_url": self.url, "clock": self.clock}

    @cached_property
    def client(self) -> WanClient:
        """A sync client, which is closed with the sandbox."""
        return WanClient(**self.options)

    @cached_property
    def async_client(self) -> AsyncWanClient:
        """An async client for any event loop, which is closed with the sandbox."""
        import ssl

        import httpx

        # Making the default SSL context takes longer than a test, and plain http needs none.
        transport = httpx.AsyncHTTPTransport(verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        return AsyncWanClient(**self.options, transport=transport)

    def fast_forward(self, seconds: float) -> None:
        """Put the clock forward by ``seconds`` seconds; jobs age ``speed`` times as much."""
        self.clock.sleep(seconds)

    def __enter__(self) -> Self:
        self.sandbox.start()
        names = (*KEY_VARIABLES, URL_KEY_VARIABLE, URL_VARIABLE, CONFIG_VARIABLE)
        self._environment = {name: os.environ.get(name) for name in names}
        _set_variables(dict.fromkeys(names))
        # This file exists and is empty.
        _set_variables(
            {
                KEY_VARIABLES[0]: self.key,
                URL_VARIABLE: self.url,
                CONFIG_VARIABLE: os.devnull,
            }
        )
        return self

    def __exit__(self, *_: object) -> None:
        _set_variables(self._environment)
        opened = vars(self)
        if "client" in opened:
            self.client.close()
        if "async_client" in opened:
            _run_in_thread(self.async_client.close)
        self.sandbox.stop()

    def __repr__(self) -> str:
        return f"<WanSandbox {self.url}>"


def _run_in_thread(close: Callable[[], Awaitable[None]]) -> None:
    """Await ``close`` in a new thread, because this one may be inside an event loop."""
    import anyio

    with ThreadPoolExecutor(1) as pool:
        pool.submit(anyio.run, close).result()


def _set_variables(variables: Mapping[str, str | None]) -> None:
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
