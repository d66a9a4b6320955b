"""What the vendor published first, and the contract that was made of it.

It stays as it is. What is vendored changes whenever the vendor's documents do. Rules
tested with this one hold for any contract; test_contract_fit.py tests today's.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from wan_ergonomic import _spec
from wan_ergonomic._spec import METHODS, Role

# Laid out as the project's own folder.
FOLDER = Path(__file__).parent / "first" / "openapi"
SERVER = "https://api.aimlapi.com"
MODEL = "alibaba/wan2.2-t2v-plus"
# Where each operation was published, as (METHOD, path) by role.
WANTED: dict[str, tuple[str, str]] = {
    role: (entry["method"], entry["path"])
    for role, entry in json.loads((FOLDER / "lock.json").read_text("utf-8"))["published"].items()
}
# The same without the methods.
PATHS: dict[Role, str] = {role: WANTED[role][1] for role in METHODS}


def first_contract() -> dict[str, Any]:
    """Return a copy of the contract, for a test to change."""
    read: dict[str, Any] = json.loads((FOLDER / "contract.json").read_text("utf-8"))
    return read


def first_published() -> dict[str, str]:
    """Return the exact text of each published document, by role."""
    return {role: (FOLDER / "upstream" / f"{role}.json").read_bytes().decode() for role in METHODS}


def _options() -> dict[str, Any]:
    paths = first_contract()["paths"]
    body = paths[WANTED["create"][1]]["post"]["requestBody"]["content"]["application/json"]
    properties: dict[str, Any] = body["schema"]["properties"]
    return {name: part for name, part in properties.items() if name not in {"model", "prompt"}}


# The schema of each option.
OPTIONS = _options()


@pytest.fixture
def contract_as_it_was(monkeypatch):
    """The first contract instead of today's, for rules that hold for any contract.

    What a client sends was generated from today's, so it is not for tests of one.
    """
    monkeypatch.setattr(_spec, "contract", first_contract)


@pytest.fixture
def bodies_as_they_were(monkeypatch):
    """The first bodies at today's operations, which a client sends whatever a test is given."""
    document = copy.deepcopy(dict(_spec.contract()))
    for role, method in METHODS.items():
        first = first_contract()["paths"][PATHS[role]][method]
        bodies = {name: first[name] for name in ("requestBody", "responses") if name in first}
        document["paths"][_spec.path(role)][method] |= bodies
    monkeypatch.setattr(_spec, "contract", lambda: document)


@pytest.fixture
def documents_as_they_were(monkeypatch, contract_as_it_was):  # noqa: ARG001 - they belong to it
    """The first documents instead of today's, for rules that hold for any documents."""
    from wan_ergonomic.contract.source import _roles
    from wan_ergonomic.contract.watch import _watch

    for module in (_roles, _watch):
        monkeypatch.setattr(module, "contract", first_contract)
    for module in (_spec, _watch):
        monkeypatch.setattr(module, "openapi_folder", lambda: FOLDER)
