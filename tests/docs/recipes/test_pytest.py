"""The suite of the recipe for pytest, which runs in a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.plugin.conftest import _INSTALLED, _PLUGIN
from tests.support.waiting import SECONDS

PAGE = "pytest.md"
LOAD = () if _INSTALLED else ("-p", _PLUGIN)

Suite = Callable[..., tuple[str, int]]


@pytest.fixture
def suite(tmp_path, environ, write) -> Suite:
    """A function that runs test files of the page; returns what pytest prints, and its code."""

    def suite(*titles: str) -> tuple[str, int]:
        write(PAGE, "videos.py", "conftest.py", *titles)
        (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --strict-markers -W error\n")
        options = ("-q", "-p", "no:cacheprovider", *LOAD)
        ran = subprocess.run(
            [sys.executable, "-m", "pytest", *options, *titles],
            cwd=tmp_path,
            env=environ(PYTHONPATH=f"{tmp_path}{os.pathsep}{Path(__file__).parents[3]}"),
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
        return ran.stdout + ran.stderr, ran.returncode

    return suite


def test_the_suite_passes_on_the_sandbox(suite):
    """Every test of the page, the async one included."""
    said, code = suite("test_videos.py")
    assert (code, re.search(r"(\d+) passed", said) is not None) == (0, True), said
    assert "skipped" not in said


def test_one_run_is_recorded_and_played(suite, sandbox, write, python, tmp_path):
    """Recorded once, played without the key and without the sandbox."""
    write(PAGE, "videos.py", "record.py")
    python("record.py", "boat.json")
    assert sandbox.key not in (tmp_path / "boat.json").read_text("utf-8")
    sandbox.stop()
    said, code = suite("test_recorded.py")
    assert (code, "1 passed" in said, sandbox.billed) == (0, True, 1), said
