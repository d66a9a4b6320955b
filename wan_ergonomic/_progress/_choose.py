"""Which display a call has."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from typing import TextIO

from ._cell import Cell, in_kernel
from ._display import Display, Line, Lines


def display_for(*, always: bool, has_callbacks: bool) -> Display | None:
    """Return where to show a call; None if it is not to be shown.

    Unless it is always to be shown, a program that shows progress itself is left alone: one whose
    call has callbacks, and a thread that is not the main one. So is one that nobody watches:
    standard error is no terminal.

    Args:
        always: Whether the caller has asked for it.
        has_callbacks: Whether the call was given callbacks.
    """
    if has_callbacks and not always:
        return None
    if in_kernel():
        return Cell()
    stream = sys.stderr
    is_terminal = _is_terminal(stream)
    if stream is None or not (always or (is_terminal and _in_main_thread())):
        return None
    # A dumb terminal cannot draw a line anew.
    return Line(stream) if is_terminal and os.environ.get("TERM") != "dumb" else Lines(stream)


def _is_terminal(stream: TextIO | None) -> bool:
    # It may be closed, or be an object of the program's own.
    with suppress(AttributeError, ValueError):
        return stream is not None and stream.isatty()
    return False


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()
