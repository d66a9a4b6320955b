"""A sandbox, a batch beside it, and its maker without the engine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.support.options import small
from wan_ergonomic import PollingPolicy, RetryPolicy
from wan_ergonomic.batch import BatchClient, Settings, open_batch
from wan_ergonomic.batch.engine._maker import Maker
from wan_ergonomic.batch.engine._reuse import Reuse
from wan_ergonomic.batch.engine._saver import Saver
from wan_ergonomic.batch.output import output_of
from wan_ergonomic.batch.store import Money, Rows, Workers, open_database
from wan_ergonomic.ledger import Ledger, Recorder
from wan_ergonomic.sandbox import Sandbox

POLLING = PollingPolicy(min_interval=0.05, max_interval=0.1)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """A sandbox whose jobs take a third of a second."""
    with Sandbox(speed=1000.0) as running:
        yield running


class Bench:
    """One batch, and what works on it.

    Attributes:
        batch: The batch.
        folder: The folder, or the bucket, of its videos.
        database: Its database.
    """

    def __init__(self, path: Path, sandbox: Sandbox, output: str | None = None) -> None:
        self.sandbox = sandbox
        self.path = path / "videos"
        where = output or str(self.path)
        settings = Settings(base_url=sandbox.url, output=where, names="{n}")
        self.batch = open_batch(where, create=settings)
        self.folder = output_of(where)
        self.database = open_database(self.folder.hidden / "batch.sqlite3")
        self.rows, self.money = Rows(self.database), Money(self.database)
        self.ledger = Ledger(path / "ledger.sqlite3")
        self.posted_before = self.posted()

    def close(self) -> None:
        """Close both connections to the database."""
        self.batch.close()
        self.database.close()

    def add(self, *prompts: str, extend: bool = False, **options: Any) -> None:
        """Add rows."""
        rows = [{"prompt": prompt, **small(), **options} for prompt in prompts]
        self.batch.add(rows, extend=extend)

    def client(self, **options: Any) -> BatchClient:
        """Make a client of the sandbox."""
        given = {"api_key": self.sandbox.key, "base_url": self.sandbox.url, "polling": POLLING}
        return BatchClient(**{**given, **options})

    def maker(
        self,
        client: BatchClient,
        *,
        worker: str | None = None,
        reuse: bool = False,
        on_trouble: Callable[[str], object] = lambda _: None,
        **saving: Any,
    ) -> Maker:
        """Make a maker, which is alive."""
        made_by = worker or uuid4().hex
        Workers(self.database).beat(made_by, "a test")
        saver = Saver(
            self.batch.name,
            self.folder,
            self.rows,
            self.money,
            reuse=Reuse(self.ledger) if reuse else None,
            **saving,
        )
        also = Recorder(self.ledger, client.base_url)
        return Maker(self.database, client, saver, worker=made_by, also=also, on_trouble=on_trouble)

    def make(self, *numbers: int, client: BatchClient | None = None, **options: Any) -> list[str]:
        """Take rows through all steps, once each; return what the last step of each said."""

        async def one(maker: Maker, n: int) -> str:
            verdict = "on"
            for step in (maker.submit, maker.wait, maker.save):
                verdict = await step(n)
                if verdict != "on":
                    break
            return verdict

        async def all_of_them() -> list[str]:
            async with client or self.client() as used:
                maker = self.maker(used, **options)
                return [await one(maker, n) for n in numbers]

        return asyncio.run(all_of_them())

    def posted(self) -> int:
        """Return how many submissions the sandbox has received."""
        return sum(each.method == "POST" for each in self.sandbox.received)

    @property
    def sent(self) -> int:
        """How many submissions the sandbox has received from this batch."""
        return self.posted() - self.posted_before


@pytest.fixture
def bench(tmp_path: Path, sandbox: Sandbox) -> Iterator[Bench]:
    """A batch without rows."""
    made = Bench(tmp_path, sandbox)
    yield made
    made.close()


Steps = Callable[[Maker], Coroutine[Any, Any, Any]]


@pytest.fixture
def impatient() -> RetryPolicy:
    """Nothing is tried again within a call."""
    return RetryPolicy(attempts=1)
