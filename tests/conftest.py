"""Fixtures of all tests: a clean environment, a fake clock, and both clients behind one interface.

``client_kind`` runs a test once for each client, sync and async. The client that
it makes is called without ``await``, so one test holds both clients to one rule::

    def test_a_rule(client_kind, server, clock):
        with client_kind.client(base_url=server.url, clock=clock) as wan:
            assert wan.submit("A boat").id == "id-1"
            assert [job.status for job in wan.watch("id-1")] == ["queued", "completed"]
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import hypothesis
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from anyio.lowlevel import checkpoint

from tests.support.first_contract import (
    bodies_as_they_were,
    contract_as_it_was,
    documents_as_they_were,
)
from tests.support.project import changed_page, page, project, published, root, snapshot
from tests.support.scripts import inside, load
from tests.support.servers import no_proxies, server, storage
from tests.support.tls import certificate
from wan_ergonomic import AsyncWanClient, Clock, RetryPolicy, WanClient
from wan_ergonomic._api_key import KEY_VARIABLES, URL_KEY_VARIABLE, URL_VARIABLE
from wan_ergonomic._settings import CONFIG_VARIABLE
from wan_ergonomic.ledger import LEDGER_VARIABLE

__all__ = [
    "bodies_as_they_were",
    "certificate",
    "changed_page",
    "contract_as_it_was",
    "documents_as_they_were",
    "inside",
    "load",
    "no_proxies",
    "page",
    "project",
    "published",
    "root",
    "server",
    "snapshot",
    "storage",
]

# No test is timed: how long an example takes says how busy the machine is.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

# Anywhere but in a request to the API, this is a leak.
CANARY_KEY = "canary-5d1f0c7e9b"

# Coverage sets this, so that child processes are measured too.
_MEASURING = "COVERAGE_PROCESS_CONFIG"
_MEASURED = os.environ.get(_MEASURING)


# Each has one long test. They start first, so that no worker is left alone with one at the end.
_LONG = ("test_redocly_diff", "test_vendor_change", "test_environment", "test_other_models")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --sample, which the default run of scripts/test.py uses."""
    parser.addoption(
        "--sample",
        action="store_true",
        help="play a sample of the fault matrix only",
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the longest tests first."""
    items.sort(key=lambda item: item.path.stem not in _LONG)


@pytest.fixture(scope="session")
def empty_folder(tmp_path_factory):
    """A folder that stays empty."""
    return tmp_path_factory.mktemp("empty")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch, empty_folder, tmp_path):
    """No key, no configuration file, no proxy for this machine, and no ledger."""
    for name in (*KEY_VARIABLES, URL_KEY_VARIABLE, URL_VARIABLE, CONFIG_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(empty_folder))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv(LEDGER_VARIABLE, "off")
    monkeypatch.delenv(_MEASURING, raising=False)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1,127.0.0.2,localhost")


@pytest.fixture
def measured_children(monkeypatch):
    """Measure the coverage of child processes too, which makes them slower."""
    if _MEASURED is not None:
        monkeypatch.setenv(_MEASURING, _MEASURED)


@pytest.fixture
def canary_key() -> str:
    """The key that the clients of ``client_kind`` use."""
    return CANARY_KEY


class FakeClock(Clock):
    """A clock on which time passes only by sleeping.

    Attributes:
        time: The current time, in seconds.
        sleeps: The seconds of each sleep.
    """

    def __init__(self, time: float = 1000.0) -> None:
        self.time = time
        self.sleeps: list[float] = []

    def now(self) -> float:
        """Return the current time."""
        return self.time

    def sleep(self, seconds: float) -> None:
        """Advance the time by ``seconds``, without waiting."""
        self.sleeps.append(seconds)
        self.time += seconds

    async def asleep(self, seconds: float) -> None:
        """Advance the time by ``seconds``, and let other tasks run."""
        self.sleep(seconds)
        await checkpoint()


@pytest.fixture
def clock() -> FakeClock:
    """A clock on which time passes only by sleeping."""
    return FakeClock()


class AwaitedClient:
    """An async client whose methods are called without ``await``, as those of the sync one.

    Attributes:
        client: The async client.
        portal: Awaits its methods in the client's event loop.
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
        """Iterate as the sync client's method does."""
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
    """One of the two clients, sync or async, and its event loop.

    Attributes:
        backend: "sync", or the name of the event loop, as in anyio.
    """

    backend: str

    @property
    def client_type(self) -> type[WanClient] | type[AsyncWanClient]:
        """The class of the client."""
        return WanClient if self.backend == "sync" else AsyncWanClient

    @contextmanager
    def client(self, api_key: str | None = CANARY_KEY, **options: Any) -> Iterator[Any]:
        """Make a client, with the arguments of its class, and close it at the end."""
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
    """The sync client, then the async one."""
    return ClientKind(request.param)


@pytest.fixture
def trio_kind() -> ClientKind:
    """The async client under Trio."""
    return ClientKind("trio")


@pytest.fixture
def wan(client_kind, server, clock) -> Iterator[Any]:
    """A client of the server, with a fake clock."""
    with client_kind.client(base_url=server.url, clock=clock) as client:
        yield client


@pytest.fixture
def wan_once(client_kind, server, clock) -> Iterator[Any]:
    """A client of the server that tries everything once, with a fake clock."""
    once = RetryPolicy(attempts=1)
    with client_kind.client(base_url=server.url, clock=clock, retrying=once) as client:
        yield client
