"""A running sandbox with a client for it in both colours, for one test.

No test waits: when a client pauses, the clock that it shares with the sandbox
is put forward instead. While it runs, the environment holds the sandbox's key
in place of the caller's, and no configuration file, so that a client which the
tested code makes by itself cannot spend anything either.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from wan_ergonomic._client import AsyncWanClient, WanClient
from wan_ergonomic._clock import Clock
from wan_ergonomic._settings import CONFIG_VARIABLE, KEY_VARIABLES

if TYPE_CHECKING:
    from wan_ergonomic.sandbox import Received, Sandbox

# A job of six minutes then takes four seconds of a client that has a clock of its own.
SPEED = 100.0


class SkippingClock(Clock):
    """Time as it passes, put forward by whatever is slept; never waits."""

    def __init__(self) -> None:
        self._skipped = 0.0
        self._lock = threading.Lock()

    def now(self) -> float:
        """Return seconds since some fixed moment."""
        return time.monotonic() + self._skipped

    def today(self) -> float:
        """Return seconds since 1970."""
        return time.time() + self._skipped

    def sleep(self, seconds: float) -> None:
        """Be so many seconds later, at once."""
        self._reach(self.now() + seconds)

    async def asleep(self, seconds: float) -> None:
        """Be so many seconds later, once others had their turn."""
        from anyio.lowlevel import checkpoint

        # Those who sleep at the same time sleep through the same seconds, not after each other.
        then = self.now() + seconds
        await checkpoint()
        self._reach(then)

    def _reach(self, moment: float) -> None:
        with self._lock:
            self._skipped += max(0.0, moment - self.now())


class WanSandbox:
    """A running sandbox and clients for it; a context manager that closes all of them.

    Args:
        options: What ``Sandbox`` is made with, such as ``speed`` and ``link_lifetime``.

    Attributes:
        sandbox: The sandbox itself.
        clock: The time that it and its clients go by.
    """

    def __init__(self, **options: Any) -> None:
        from wan_ergonomic.sandbox import Sandbox

        self.clock = SkippingClock()
        settings: dict[str, Any] = {"speed": SPEED, "clock": self.clock.today} | options
        self.sandbox: Sandbox = Sandbox(**settings)
        self._outside: Mapping[str, str | None] = {}

    @property
    def url(self) -> str:
        """Where it is: the ``base_url`` of a client."""
        return self.sandbox.url

    @property
    def key(self) -> str:
        """The API key that is right, which is a secret to nobody."""
        return self.sandbox.key

    @property
    def received(self) -> tuple[Received, ...]:
        """The requests received so far, those for videos included."""
        return self.sandbox.received

    @property
    def billed(self) -> int:
        """How many generations were accepted so far."""
        return self.sandbox.billed

    @property
    def options(self) -> dict[str, Any]:
        """What a client of your own is made with: ``WanClient(**wan_sandbox.options)``."""
        return {"api_key": self.key, "base_url": self.url, "clock": self.clock}

    @cached_property
    def client(self) -> WanClient:
        """A client that blocks; closed at the end."""
        return WanClient(**self.options)

    @cached_property
    def async_client(self) -> AsyncWanClient:
        """A client to be awaited, in any event loop; closed at the end."""
        import ssl

        import httpx

        # No connection outlives its request, so none is left to an event loop that has ended.
        # Making the usual SSL context takes longer than a test, and plain http has no use for it.
        transport = httpx.AsyncHTTPTransport(
            verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
            limits=httpx.Limits(max_keepalive_connections=0),
        )
        return AsyncWanClient(**self.options, transport=transport)

    def fast_forward(self, seconds: float) -> None:
        """Let so many of the clock's seconds pass; jobs age ``speed`` times as fast."""
        self.clock.sleep(seconds)

    def __enter__(self) -> Self:
        self.sandbox.start()
        names = (*KEY_VARIABLES, CONFIG_VARIABLE)
        self._outside = {name: os.environ.get(name) for name in names}
        _put(dict.fromkeys(names))
        # A configuration file that exists and is empty.
        _put({KEY_VARIABLES[0]: self.key, CONFIG_VARIABLE: os.devnull})
        return self

    def __exit__(self, *_: object) -> None:
        _put(self._outside)
        made = vars(self)
        if "client" in made:
            self.client.close()
        if "async_client" in made:
            _run_elsewhere(self.async_client.close)
        self.sandbox.stop()

    def __repr__(self) -> str:
        return f"<WanSandbox {self.url}>"


def _run_elsewhere(close: Callable[[], Awaitable[None]]) -> None:
    """Await something in a thread of its own: this one may be inside an event loop."""
    import anyio

    with ThreadPoolExecutor(1) as pool:
        pool.submit(anyio.run, close).result()


def _put(variables: Mapping[str, str | None]) -> None:
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
