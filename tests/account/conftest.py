"""A sandbox with an account, on a clock that only passes by sleeping, and clients of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from tests.conftest import ClientKind, FakeClock
from tests.support.options import known, needs
from wan_ergonomic import Generation, SubmissionInDoubtError
from wan_ergonomic.account import _ask, _log
from wan_ergonomic.sandbox import ACCOUNT_SCENARIOS, AccountScenario, Received, Sandbox
from wan_ergonomic.sandbox.account._paths import PATHS, Operation

# Older than this, an ordinary job has ended.
LONG = 400.0
# What a small video takes, as far as a client can send it, and its price in US dollars.
SMALL = known(resolution="480P")
PRICE = 0.1 if SMALL else 0.5
BY_RESOLUTION = needs("resolution")


@pytest.fixture(autouse=True)
def first_instead(bodies_as_they_were):
    """The first bodies: these tests are about what videos cost by their resolution then."""


@pytest.fixture(autouse=True)
def fresh_rate(monkeypatch):
    """No request for the log was made in the last minute."""
    monkeypatch.setattr(_log, "RATE", _log.Rate(180))


@pytest.fixture
def impatient(monkeypatch):
    """A request is given up soon, in real time."""
    monkeypatch.setattr(_ask, "SECONDS", 0.3)


@pytest.fixture
def clock() -> FakeClock:
    """A clock that shows the real time at first, as rows of the log have it."""
    return FakeClock(time.time())


class Bank:
    """A running sandbox, and the clients of its account."""

    def __init__(self, sandbox: Sandbox, kind: ClientKind, clock: FakeClock) -> None:
        self.sandbox = sandbox
        self.clock = clock
        self._kind = kind

    @contextmanager
    def client(self, **options: Any) -> Iterator[Any]:
        """Make a client of the sandbox."""
        with self._kind.client(
            self.sandbox.key, base_url=self.sandbox.url, clock=self.clock, **options
        ) as made:
            yield made

    def play(self, scenario: str = "ordinary", **changes: Any) -> None:
        """Put a scenario of the account into play."""
        self.sandbox.account.scenario = replace(ACCOUNT_SCENARIOS[scenario], **changes)

    def play_rows(self, rows: Any) -> None:
        """Let the log have other rows in place of each."""
        self.sandbox.account.scenario = AccountScenario(rows=rows)

    def requests(self, operation: Operation) -> list[Received]:
        """Return the requests for one of the account's operations."""
        return [each for each in self.sandbox.received if each.path == PATHS[operation]]

    @property
    def posts(self) -> int:
        """How many submissions were received."""
        return sum(each.method == "POST" for each in self.sandbox.received)

    def pay(self, wan: Any, prompt: str = "A boat", **options: Any) -> Generation:
        """Submit a small video, and let its job end."""
        made: Generation = wan.submit(prompt, **SMALL | options)
        self.clock.time += LONG
        return made

    def lose(self, wan: Any, prompt: str = "A boat") -> SubmissionInDoubtError:
        """Submit a small video whose response is lost; return the error."""
        with pytest.raises(SubmissionInDoubtError) as caught:
            wan.submit(f"{prompt} [scenario: lost-connection]", **SMALL)
        return caught.value


@pytest.fixture
def bank(client_kind, clock) -> Iterator[Bank]:
    """A running sandbox, for each of the two clients."""
    with Sandbox(clock=clock.now) as running:
        yield Bank(running, client_kind, clock)


@pytest.fixture
def sync_bank(clock) -> Iterator[Bank]:
    """A running sandbox, for the sync client only."""
    with Sandbox(clock=clock.now) as running:
        yield Bank(running, ClientKind("sync"), clock)
