"""The command."""

from __future__ import annotations

import pytest

from wan_ergonomic.cli import run


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
