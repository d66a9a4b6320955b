"""Running a suite that uses the plugin, as its users do."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Any

import httpcore._sync  # noqa: F401 - pytester forgets what is imported after it began
import pytest

# A suite in this process shares what is imported already, and these take long.
import wan_ergonomic.conformance._openapi_core
import wan_ergonomic.contract.watch._watch
import wan_ergonomic.plugin
import wan_ergonomic.sandbox  # noqa: F401

_PLUGIN = "wan_ergonomic.pytest_plugin"
_INSTALLED = any(one.value == _PLUGIN for one in entry_points(group="pytest11"))

# Where the package is installed, pytest finds it without being told; twice would be an error.
LOAD = () if _INSTALLED else ("-p", _PLUGIN)

Suite = Callable[..., Any]


@pytest.fixture
def suite(pytester, monkeypatch) -> Suite:
    """Write a test file and run it, with warnings as errors; return what came of it."""

    def run(code: str, *options: str, apart: bool = False) -> Any:
        if code:
            pytester.makepyfile(code)
        words = (*LOAD, "-W", "error", "--strict-markers", *options)
        if not apart:
            return pytester.runpytest_inprocess(*words)
        # Other plugins take most of a process' time.
        monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
        return pytester.runpytest_subprocess("-p", _PLUGIN, *words[len(LOAD) :])

    return run
