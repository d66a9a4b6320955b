"""Files and web pages to read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.web import Web, serving
from wan_ergonomic.contract.source import _retries


@pytest.fixture(autouse=True)
def short_delays(monkeypatch) -> None:
    """Repeat what failed at once."""
    monkeypatch.setattr(_retries, "BACKOFF", 0.001)


@pytest.fixture
def file(tmp_path) -> Callable[..., Path]:
    """A function that writes a content to a file and returns its path."""

    def write(content: str | bytes, name: str = "page.md") -> Path:
        path: Path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def web() -> Iterator[Web]:
    """A loopback server for pages and documents."""
    with serving() as server:
        yield server


@pytest.fixture
def serve(web: Web) -> Callable[..., str]:
    """A function that puts a response at a path of that server, and returns its URL."""
    return web.put
