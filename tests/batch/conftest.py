"""Databases of both kinds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.first_contract import first_contract
from tests.support.postgres import postgres
from wan_ergonomic import _spec
from wan_ergonomic.batch.store import Database, open_database

__all__ = ["postgres"]


@pytest.fixture
def first_contract_once(monkeypatch):
    """The first contract, parsed once: there are many rows."""
    contract = first_contract()
    monkeypatch.setattr(_spec, "contract", lambda: contract)


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request, tmp_path) -> str | Path:
    """A place for a new database: a file, then an address of PostgreSQL."""
    if request.param == "sqlite":
        return Path(tmp_path, "batch.sqlite3")
    address: str = request.getfixturevalue("postgres").new_database()
    return address


@pytest.fixture
def empty(where) -> Iterator[Database]:
    """A database without a batch."""
    opened = open_database(where)
    yield opened
    opened.close()


@pytest.fixture
def database(empty: Database) -> Database:
    """A database with a batch that has no rows."""
    empty.create("videos", {"max_usd": None, "max_videos": None})
    return empty
