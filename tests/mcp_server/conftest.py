"""A sandbox that charges, and the tools of a server that calls it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.options import small
from wan_ergonomic import PollingPolicy, RetryPolicy, WanClient
from wan_ergonomic.ledger import Ledger
from wan_ergonomic.sandbox import Sandbox, _video

if TYPE_CHECKING:
    from wan_ergonomic.mcp_server import Videos

# What `small()` costs in the sandbox.
PRICE = 0.1 if "resolution" in small() else 0.5


@pytest.fixture(autouse=True)
def short_videos(monkeypatch):
    """Render videos of half a second, which takes a tenth of the time."""
    monkeypatch.setattr(_video, "FRAMES", 15)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox that charges, and whose jobs take a third of a second."""
    with Sandbox(speed=1000.0) as running:
        yield running


@pytest.fixture
def ledger(tmp_path) -> Ledger:
    """An empty ledger."""
    return Ledger(tmp_path / "state" / "ledger.sqlite3")


@pytest.fixture
def folder(tmp_path):
    """The folder that videos are saved in."""
    made = tmp_path / "videos"
    made.mkdir()
    return made


@pytest.fixture
def make(sandbox, ledger, folder) -> Iterator[Callable[..., Videos]]:
    """Make the videos of the sandbox, as ``wan mcp`` does."""
    from wan_ergonomic.mcp_server import Budget, Folder, Videos

    with ExitStack() as stack:

        def make(*, base_url: str | None = None, **limits: Any) -> Videos:
            budget = Budget(**limits)
            client = WanClient(
                sandbox.key,
                base_url=base_url or sandbox.url,
                ledger=ledger,
                max_usd=budget.max_usd,
                polling=PollingPolicy(min_interval=0.05, max_interval=0.1),
                retrying=RetryPolicy(attempts=1),
            )
            stack.enter_context(client)
            return stack.enter_context(closing(Videos(client, ledger, Folder(folder), budget)))

        yield make
