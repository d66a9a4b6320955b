"""Fixtures of the tests about lists: the first contract, and a function that reads a text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.first_contract import first_contract
from wan_ergonomic import ConfigurationError, _spec
from wan_ergonomic.batch.rows import read_rows


@pytest.fixture(autouse=True)
def contract_of_the_tests(monkeypatch):
    """The first contract, parsed once: the rules hold for any one, and there are many rows."""
    contract = first_contract()
    monkeypatch.setattr(_spec, "contract", lambda: contract)


@pytest.fixture
def read(tmp_path) -> Callable[..., list[Any]]:
    """A function that writes a file and reads its rows."""

    def write_and_read(name: str, content: str | bytes, form: str | None = None) -> list[Any]:
        path: Path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return list(read_rows(path, form))

    return write_and_read


@pytest.fixture
def stopped(read, tmp_path) -> Callable[..., str]:
    """A function that reads a file which cannot be read on, and returns why."""

    def why(name: str, content: str | bytes, form: str | None = None) -> str:
        with pytest.raises(ConfigurationError) as caught:
            read(name, content, form)
        text = str(caught.value)
        assert text.startswith(f"{tmp_path / name}: ")
        assert text.endswith(" Nothing was sent.")
        return text.removeprefix(f"{tmp_path / name}: ").removesuffix(" Nothing was sent.")

    return why
