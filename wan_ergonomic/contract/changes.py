"""Compares two sources, and adds to each finding the names of this package that it touches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from wan_ergonomic.contract.diff import _compare
from wan_ergonomic.contract.diff._finding import Finding
from wan_ergonomic.contract.document._document import Document
from wan_ergonomic.contract.source._roles import OperationPair, pair_operations

from .impact import names_at, touched


def compare(old: Sequence[Document], new: Sequence[Document]) -> list[Finding]:
    """Return every change of the two operations, worst first.

    Raises:
        ContractError: The sources have no operation in common, or are nested too deeply.
    """
    return compare_pairs(pair_operations(old, new))


def compare_pairs(pairs: Iterable[OperationPair]) -> list[Finding]:
    """Do the same for operations that are paired already."""
    found = _compare.compare_pairs(pairs, names_at)
    return [replace(finding, impact=touched(finding)) for finding in found]
