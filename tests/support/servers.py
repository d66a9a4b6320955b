"""Servers to talk to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.loopback import Loopback


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch):
    """No proxy for names that do not exist either."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def server() -> Iterator[Loopback]:
    """The API, and unless a test has another one, the store."""
    with Loopback() as running:
        yield running


@pytest.fixture
def store() -> Iterator[Loopback]:
    """A store of videos at another host than the API."""
    with Loopback(host="127.0.0.2") as running:
        yield running
