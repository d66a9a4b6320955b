"""A sandbox and lists of prompts, for commands that run whole batches."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.support.options import small
from wan_ergonomic import PollingPolicy, _client
from wan_ergonomic.batch import DEFAULT_NAMES, Batch, Settings, open_batch, read_rows
from wan_ergonomic.batch.engine import _engine, _settle, _worker
from wan_ergonomic.cli.batch import _open, _state
from wan_ergonomic.sandbox import Sandbox

WriteList = Callable[..., str]
OFTEN = PollingPolicy(min_interval=0.05, max_interval=0.1)


@pytest.fixture(scope="package")
def server() -> Iterator[Sandbox]:
    """A sandbox whose jobs take a fifth of a second."""
    with Sandbox(speed=2000.0) as running:
        yield running


@pytest.fixture(autouse=True)
def hasty(monkeypatch):
    """Poll often, and try again soon."""
    monkeypatch.setattr(_client, "PollingPolicy", lambda: OFTEN)
    monkeypatch.setattr(_open, "EMBEDDED_SPEED", 2000.0)
    monkeypatch.setattr(_engine, "_FIRST_DELAY", 0.05)
    monkeypatch.setattr(_engine, "_POLLING_SECONDS", 0.05)
    monkeypatch.setattr(_settle, "_PAUSE_SECONDS", 0.05)
    monkeypatch.setattr(_worker, "_ROUND_SECONDS", 0.1)
    monkeypatch.setattr(_state, "_FOLLOW_SECONDS", 0.05)


@pytest.fixture(autouse=True)
def own_handlers():
    """Forget the stream of a test: the engine's logger keeps the one that it was made with."""
    yield
    logging.getLogger("dbos").handlers.clear()


@pytest.fixture(autouse=True)
def own_ledger(ledger):
    """Record no job of a test in the ledger of whoever runs the tests."""
    return ledger


@pytest.fixture
def listed(tmp_path) -> WriteList:
    """Write a list of prompts, each with options for a small video; return its name."""

    def write(*prompts: str | dict[str, Any], name: str = "list.jsonl") -> str:
        rows = [{"prompt": each} if isinstance(each, str) else each for each in prompts]
        lines = (json.dumps({**small(), **row}) + "\n" for row in rows)
        Path(tmp_path / name).write_text("".join(lines), "utf-8")
        return name

    return write


@pytest.fixture
def begun() -> Iterator[Callable[..., Batch]]:
    """Begin a batch in the folder ``v``, of which nothing is sent yet."""
    with ExitStack() as stack:

        def begin(base_url: str, source: str, **options: Any) -> Batch:
            settings = Settings(base_url=base_url, output="v", names=DEFAULT_NAMES)
            batch = stack.enter_context(open_batch("v", create=settings))
            batch.add(read_rows(source), price=lambda _: 0.1, **options)
            return batch

        yield begin
