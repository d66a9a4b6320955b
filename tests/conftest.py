"""What every test stands on: a clean environment, a clock, and both clients as one.

``client_kind`` runs a test once for each client. What it makes is called the same
way in both colours, so one body holds both to one rule::

    def test_a_rule(client_kind, server):
        with client_kind.client(base_url=server.url, clock=FakeClock()) as wan:
            assert wan.submit("A boat").id == "id-1"
            assert [seen.status for seen in wan.watch("id-1")] == ["queued", "completed"]
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from anyio.lowlevel import checkpoint

from tests.support.first_contract import first_contract
from tests.support.project import changed_page, page, project, published, root, snapshot
from tests.support.scripts import inside, load
from tests.support.servers import no_proxies, server, store
from wan_ergonomic import AsyncWanClient, Clock, WanClient, _spec
from wan_ergonomic._settings import CONFIG_VARIABLE, KEY_VARIABLES

__all__ = [
    "changed_page",
    "inside",
    "load",
    "no_proxies",
    "page",
    "project",
    "published",
    "root",
    "server",
    "snapshot",
    "store",
]

# Whoever finds this anywhere but in a request to the API has found a leak.
CANARY_KEY = "canary-5d1f0c7e9b"

# How coverage tells child processes to measure as well, if it is running.
_MEASURING = "COVERAGE_PROCESS_CONFIG"
_MEASURED = os.environ.get(_MEASURING)


# Each has a test that takes long by itself: begun last, it would be waited for alone.
_LONG = ("test_redocly_diff", "test_vendor_change", "test_environment", "test_other_models")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --sample, for the default run."""
    parser.addoption(
        "--sample", action="store_true", help="play every tenth cell of the fault matrix only"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest."""
    items.sort(key=lambda item: item.path.stem not in _LONG)


@pytest.fixture(scope="session")
def empty_folder(tmp_path_factory):
    """A folder that stays empty."""
    return tmp_path_factory.mktemp("empty")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch, empty_folder):
    """No key, no configuration file, and no proxy between a test and this machine."""
    for name in (*KEY_VARIABLES, CONFIG_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(empty_folder))
    monkeypatch.delenv(_MEASURING, raising=False)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1,127.0.0.2,localhost")


@pytest.fixture
def measured_children(monkeypatch):
    """Child processes whose coverage counts; measuring slows them, so others are not measured."""
    if _MEASURED is not None:
        monkeypatch.setenv(_MEASURING, _MEASURED)


@pytest.fixture
def contract_as_it_was(monkeypatch):
    """The first contract instead of today's, for rules that hold whatever the vendor's is."""
    monkeypatch.setattr(_spec, "contract", first_contract)


@pytest.fixture
def canary_key() -> str:
    """The key that the clients of ``client_kind`` use."""
    return CANARY_KEY


class FakeClock(Clock):
    """A clock on which no time passes but what is slept.

    Attributes:
        time: What it shows, in seconds.
        sleeps: Each sleep asked for, in seconds.
    """

    def __init__(self, time: float = 1000.0) -> None:
        self.time = time
        self.sleeps: list[float] = []

    def now(self) -> float:
        """Return what it shows."""
        return self.time

    def sleep(self, seconds: float) -> None:
        """Be so many seconds later, at once."""
        self.sleeps.append(seconds)
        self.time += seconds

    async def asleep(self, seconds: float) -> None:
        """Be so many seconds later, and let others run."""
        self.sleep(seconds)
        await checkpoint()


@pytest.fixture
def clock() -> FakeClock:
    """A clock on which no time passes but what is slept."""
    return FakeClock()


class AwaitedClient:
    """An asynchronous client whose methods are called as the blocking one's are.

    Attributes:
        client: The client itself.
        portal: Runs what has to be awaited in the client's event loop.
    """

    def __init__(self, client: AsyncWanClient, portal: BlockingPortal) -> None:
        self.client = client
        self.portal = portal

    def __getattr__(self, name: str) -> Any:
        def call(*args: Any, **options: Any) -> Any:
            return self.portal.call(partial(self._call, name, *args, **options))

        return call

    def __repr__(self) -> str:
        return repr(self.client)

    async def _call(self, name: str, /, *args: Any, **options: Any) -> Any:
        made = getattr(self.client, name)(*args, **options)
        return await made if hasattr(made, "__await__") else made

    def watch(self, *args: Any, **options: Any) -> Iterator[Any]:
        """Iterate as the blocking client's own method does."""
        changes: Any = self.client.watch(*args, **options)
        try:
            while (change := self.portal.call(_next, changes)) is not None:
                yield change
        finally:
            self.portal.call(changes.aclose)


async def _next(changes: AsyncIterator[Any]) -> Any:
    return await anext(changes, None)


@dataclass(frozen=True)
class ClientKind:
    """One of the two clients, under one event loop.

    Attributes:
        backend: The event loop as anyio names it, or "sync" for none.
    """

    backend: str

    @property
    def client_type(self) -> type[WanClient] | type[AsyncWanClient]:
        """The class of client that this client_kind is."""
        return WanClient if self.backend == "sync" else AsyncWanClient

    @contextmanager
    def client(self, api_key: str | None = CANARY_KEY, **options: Any) -> Iterator[Any]:
        """Make a client, with the arguments of its class, and close it in the end."""
        if self.backend == "sync":
            with WanClient(api_key, **options) as client:
                yield client
            return
        made = AsyncWanClient(api_key, **options)
        with (
            start_blocking_portal(self.backend) as portal,
            portal.wrap_async_context_manager(made) as client,
        ):
            yield AwaitedClient(client, portal)


@pytest.fixture(params=["sync", "asyncio"])
def client_kind(request) -> ClientKind:
    """The blocking client, then the asynchronous one."""
    return ClientKind(request.param)


@pytest.fixture
def trio_kind() -> ClientKind:
    """The asynchronous client under the other event loop."""
    return ClientKind("trio")
