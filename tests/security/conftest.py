"""Servers to talk to, and the command."""

from __future__ import annotations

import pytest

from tests.clients.conftest import no_proxies, server, store
from wan_ergonomic.cli import run

__all__ = ["no_proxies", "server", "store", "wan"]


@pytest.fixture
def wan(capsys, monkeypatch, tmp_path, canary_key):
    """Run `wan` in a folder of the test's own; return all that it said."""
    monkeypatch.setenv("AIMLAPI_API_KEY", canary_key)
    monkeypatch.chdir(tmp_path)

    def call(*words: str) -> str:
        run(words)
        said = capsys.readouterr()
        return f"{said.out}{said.err}"

    return call
