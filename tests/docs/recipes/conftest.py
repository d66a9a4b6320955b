"""Fixtures of the recipes: their files are written into a folder and used as a reader would."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.docs.examples import PAGES, examples
from tests.support.waiting import SECONDS
from wan_ergonomic.sandbox import Sandbox, _video

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch) -> None:
    """Run each recipe in a folder of its own, with short videos."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(_video, "FRAMES", 15)


@pytest.fixture
def sandbox(monkeypatch) -> Iterator[Sandbox]:
    """A sandbox that the environment names."""
    with Sandbox(speed=2000) as running:
        monkeypatch.setenv("WAN_BASE_URL", running.url)
        monkeypatch.setenv("WAN_API_KEY", running.key)
        yield running


@pytest.fixture
def write(tmp_path) -> Callable[..., list[Path]]:
    """A function that writes files of a page into the test's folder.

    The test is skipped if the contract has lost an option that one of them uses.
    """

    def write(page: str, *titles: str) -> list[Path]:
        found = {each.title: each for each in examples(PAGES / "recipes" / page) if each.title}
        for title in titles:
            if gone := ", ".join(found[title].lost):
                pytest.skip(f"To be edited: the contract no longer has all of {gone}.")
            path = tmp_path / title
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(found[title].code, "utf-8")
        return [tmp_path / title for title in titles]

    return write


@pytest.fixture
def module(write, monkeypatch) -> Callable[[str, str], ModuleType]:
    """A function that writes a file of a page, and imports it."""

    def module(page: str, title: str) -> ModuleType:
        (path,) = write(page, title)
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec
        assert spec.loader
        made = importlib.util.module_from_spec(spec)
        # Its annotations are looked up here, and other files of the recipe import it.
        monkeypatch.setitem(sys.modules, path.stem, made)
        spec.loader.exec_module(made)
        return made

    return module


@pytest.fixture
def environ() -> Callable[..., dict[str, str]]:
    """A function that returns the environment of a process that uses this package."""

    def environ(**more: str) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(ROOT), **more}

    return environ


@pytest.fixture
def python(environ, tmp_path) -> Callable[..., str]:
    """A function that runs Python in the test's folder, and returns what it prints.

    If it is to end with another code than 0, that is what it prints to standard error.
    """

    def python(*arguments: str, code: int = 0, **more: str) -> str:
        ran = subprocess.run(
            [sys.executable, *arguments],
            cwd=tmp_path,
            env=environ(**more),
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
        assert ran.returncode == code, ran.stdout + ran.stderr
        return ran.stderr if code else ran.stdout

    return python
