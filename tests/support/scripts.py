"""Fixtures that import scripts as modules, without running them."""

import importlib.util
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"


@pytest.fixture
def load(monkeypatch):
    """A function that imports a script under a name of its own."""
    monkeypatch.syspath_prepend(str(SCRIPTS))

    def load(name: str) -> object:
        spec = importlib.util.spec_from_file_location(f"script_{name}", SCRIPTS / f"{name}.py")
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


@pytest.fixture
def inside(load, monkeypatch):
    """A function that imports a script for which `enter` does nothing."""

    def load_inside(name: str) -> object:
        module = load(name)
        monkeypatch.setattr(sys.modules["_environment"], "enter", lambda *_: None)
        return module

    return load_inside
