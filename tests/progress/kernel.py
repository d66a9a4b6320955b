"""Stands in for the kernel of a notebook, where IPython is not installed."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import Any


class Output:
    """One output of a cell.

    Attributes:
        shown: What it has shown, one after the other, by MIME type.
    """

    def __init__(self, bundle: dict[str, str]) -> None:
        self.shown = [bundle]

    def update(self, bundle: dict[str, str], *, raw: bool) -> None:
        """Replace what it shows."""
        assert raw
        self.shown.append(bundle)

    @property
    def text(self) -> list[str]:
        """What it has shown, as plain text."""
        return [bundle["text/plain"] for bundle in self.shown]


class Kernel:
    """A kernel, and the outputs of its cell.

    Attributes:
        outputs: One for each call of ``display``.
    """

    def __init__(self) -> None:
        self.outputs: list[Output] = []

    def display(self, bundle: dict[str, str], *, raw: bool, display_id: bool) -> Output:
        """Show something that can be replaced."""
        assert raw
        assert display_id
        self.outputs.append(Output(bundle))
        return self.outputs[-1]

    def install(self, monkeypatch: Any, shell: object) -> None:
        """Become the IPython that was imported, with its shell."""
        ipython: Any = ModuleType("IPython")
        display: Any = ModuleType("IPython.display")
        ipython.get_ipython = lambda: shell
        display.display = self.display
        monkeypatch.setitem(sys.modules, "IPython", ipython)
        monkeypatch.setitem(sys.modules, "IPython.display", display)


IN_NOTEBOOK = SimpleNamespace(kernel=object())
IN_TERMINAL = SimpleNamespace()
