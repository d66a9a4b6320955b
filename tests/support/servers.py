"""Fixtures: the servers that a client sends requests to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.loopback import Loopback


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch):
    """No proxy and no certificates from the environment, for hosts that do not exist either."""
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def server() -> Iterator[Loopback]:
    """The API; also the storage, where a test uses no other one."""
    with Loopback() as running:
        yield running


@pytest.fixture
def storage() -> Iterator[Loopback]:
    """A storage of videos at another host than the API."""
    with Loopback(host="127.0.0.2") as running:
        yield running
