"""Streams and kernels, as ``_progress`` sees them."""

from __future__ import annotations

import io
import sys

import pytest

from tests.support.stand_in import stand_in
from wan_ergonomic._progress import _choose
from wan_ergonomic._progress._display import Line

from .kernel import IN_NOTEBOOK, Kernel


class Terminal(io.StringIO):
    """A stream that a person looks at."""

    def isatty(self) -> bool:
        """It is a terminal."""
        return True


@pytest.fixture(autouse=True)
def no_kernel(monkeypatch):
    """No IPython is imported, and the line of the terminal is empty."""
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    monkeypatch.setattr(Line, "_length", 0)
    monkeypatch.setenv("TERM", "xterm")


@pytest.fixture
def pipe(monkeypatch) -> io.StringIO:
    """Standard error, which goes into a pipe."""
    stream = io.StringIO()
    stand_in(monkeypatch, _choose, "sys", stderr=stream)
    return stream


@pytest.fixture
def terminal(monkeypatch) -> Terminal:
    """Standard error, which is a terminal."""
    stream = Terminal()
    stand_in(monkeypatch, _choose, "sys", stderr=stream)
    return stream


@pytest.fixture
def kernel(monkeypatch) -> Kernel:
    """The kernel of a notebook."""
    made = Kernel()
    made.install(monkeypatch, IN_NOTEBOOK)
    return made
