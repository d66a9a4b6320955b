"""What changed between two sources, and which names of this package that touches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from wan_ergonomic.contract.diff import _compare
from wan_ergonomic.contract.diff._findings import Finding
from wan_ergonomic.contract.document._document import Document

from .impact import touched


def compare(old: Sequence[Document], new: Sequence[Document]) -> list[Finding]:
    """Return every change of what is promised, the worst first, with what it touches."""
    return [replace(found, impact=touched(found)) for found in _compare.compare(old, new)]
