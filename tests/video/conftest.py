"""A video of half a second."""

from __future__ import annotations

from pathlib import Path

import pytest

from .making import make


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> bytes:
    """A video whose index comes last."""
    return make(tmp_path_factory.mktemp("made") / "v.mp4").read_bytes()


@pytest.fixture
def video(tmp_path: Path, made: bytes) -> Path:
    """A file of it."""
    path = tmp_path / "v.mp4"
    path.write_bytes(made)
    return path
