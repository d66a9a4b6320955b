"""Where a call that waits is shown."""

from __future__ import annotations

import io
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from wan_ergonomic._progress import display_for
from wan_ergonomic._progress._cell import Cell
from wan_ergonomic._progress._display import Line, Lines

from .kernel import IN_TERMINAL, Kernel

AUTO = partial(display_for, always=False, has_callbacks=False)
ALWAYS = partial(display_for, always=True, has_callbacks=True)


@pytest.mark.usefixtures("pipe")
def test_nothing_is_shown_in_a_pipe_unless_asked_for():
    """Then there are plain lines."""
    assert (AUTO(), type(ALWAYS())) == (None, Lines)


@pytest.mark.usefixtures("terminal")
def test_a_line_is_drawn_in_a_terminal():
    """A call with callbacks shows its progress itself."""
    assert type(AUTO()) is type(ALWAYS()) is Line
    assert display_for(always=False, has_callbacks=True) is None


@pytest.mark.usefixtures("terminal")
def test_a_dumb_terminal_gets_plain_lines(monkeypatch):
    """It cannot draw a line anew."""
    monkeypatch.setenv("TERM", "dumb")
    assert type(AUTO()) is type(ALWAYS()) is Lines


@pytest.mark.usefixtures("terminal")
def test_another_thread_draws_only_if_asked_to():
    """A program with threads may have a screen of its own."""
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(AUTO).result() is None
        assert type(pool.submit(ALWAYS).result()) is Line


@pytest.mark.parametrize("stream", [None, object()], ids=["none", "an object"])
def test_a_standard_error_that_is_none_is_left_alone(monkeypatch, stream):
    """A program without a console has none; others put an object of their own there."""
    monkeypatch.setattr(sys, "stderr", stream)
    assert AUTO() is None
    assert (ALWAYS() is None) == (stream is None)


def test_a_closed_standard_error_is_no_terminal(monkeypatch):
    """It cannot be asked."""
    stream = io.StringIO()
    stream.close()
    monkeypatch.setattr(sys, "stderr", stream)
    assert AUTO() is None


@pytest.mark.usefixtures("kernel", "terminal")
def test_a_notebook_gets_a_cell():
    """From any thread: each call has an output of its own."""
    assert type(AUTO()) is type(ALWAYS()) is Cell
    assert display_for(always=False, has_callbacks=True) is None
    with ThreadPoolExecutor(1) as pool:
        assert type(pool.submit(AUTO).result()) is Cell


@pytest.mark.parametrize("shell", [None, IN_TERMINAL], ids=["no shell", "in a terminal"])
@pytest.mark.usefixtures("terminal")
def test_ipython_in_a_terminal_is_a_terminal(monkeypatch, shell):
    """And so is a program that only imports IPython."""
    Kernel().install(monkeypatch, shell)
    assert type(AUTO()) is Line
