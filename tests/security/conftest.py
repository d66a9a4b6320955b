"""The command, with a key that must not appear."""

from __future__ import annotations

import pytest

from wan_ergonomic.cli import run


@pytest.fixture
def wan(capsys, monkeypatch, tmp_path, canary_key):
    """Run `wan` in a folder of the test's own; return all that it printed."""
    monkeypatch.setenv("AIMLAPI_API_KEY", canary_key)
    monkeypatch.chdir(tmp_path)

    def call(*words: str) -> str:
        run(words)
        captured = capsys.readouterr()
        return f"{captured.out}{captured.err}"

    return call
