"""The fixture ``suite``: runs a test file that uses the plugin."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Any

import httpcore._sync  # noqa: F401 - pytester unloads modules that its tests import
import pytest

# A suite in this process uses modules that are loaded already, and these load slowly.
import wan_ergonomic.conformance._openapi_core
import wan_ergonomic.contract.watch._watch
import wan_ergonomic.plugin
import wan_ergonomic.sandbox  # noqa: F401

_PLUGIN = "wan_ergonomic.pytest_plugin"
_INSTALLED = any(one.value == _PLUGIN for one in entry_points(group="pytest11"))

# If the package is installed, pytest loads the plugin itself; loading it twice is an error.
LOAD = () if _INSTALLED else ("-p", _PLUGIN)

Suite = Callable[..., Any]


@pytest.fixture
def suite(pytester, monkeypatch) -> Suite:
    """A function that runs a test file with warnings as errors, and returns the result."""

    def run(code: str, *options: str, in_subprocess: bool = False) -> Any:
        if code:
            pytester.makepyfile(code)
        arguments = (*LOAD, "-W", "error", "--strict-markers", *options)
        if not in_subprocess:
            return pytester.runpytest_inprocess(*arguments)
        # Loading other plugins takes most of the time.
        monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
        return pytester.runpytest_subprocess("-p", _PLUGIN, *arguments[len(LOAD) :])

    return run
