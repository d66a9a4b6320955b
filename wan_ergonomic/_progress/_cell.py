"""The display for notebooks: one output of the running cell, replaced with each update.

What the call returns is shown as a card of its own, so at the end one line stays here.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

from wan_ergonomic._generation import Generation, Update
from wan_ergonomic.notebook import clean, status_line

from ._words import at_the_end, ended, last_words, meanwhile, now


def in_kernel() -> bool:
    """Whether this is the kernel of a notebook, which has imported IPython already."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return getattr(shell, "kernel", None) is not None


class Cell:
    """One output of a cell."""

    def __init__(self) -> None:
        self._handle: Any = None

    def begin(self, first: str) -> None:
        """Make the output."""
        display = import_module("IPython.display").display
        self._handle = display(_bundle("pending", first, "", "", first), raw=True, display_id=True)

    def show(self, update: Update) -> None:
        """Replace what the output shows by what is known now."""
        self._replace(update.generation, meanwhile(update), now(update))

    def end(self, update: Update | None, error: BaseException | None) -> None:
        """Replace what the output shows by how the call has ended."""
        if update:
            self._replace(update.generation, at_the_end(update, error), ended(update, error))
        else:
            text = last_words(error)
            self._handle.update(_bundle("failed", text, "", "", text), raw=True)

    def _replace(self, generation: Generation, text: str, plain: str) -> None:
        prompt = clean(generation.request.get("prompt", ""))
        shown = _bundle(generation.state, generation.status, text, prompt, plain)
        self._handle.update(shown, raw=True)


def _bundle(state: str, status: str, text: str, prompt: str, plain: str) -> dict[str, str]:
    return {"text/plain": clean(plain), "text/html": status_line(state, status, text, prompt)}
