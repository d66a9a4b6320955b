"""Compares two sources, and adds to each finding the names of this package that it touches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from wan_ergonomic._errors import ContractError
from wan_ergonomic._spec import METHODS
from wan_ergonomic.contract.diff import _compare
from wan_ergonomic.contract.diff._finding import worst_first
from wan_ergonomic.contract.document._document import Document
from wan_ergonomic.contract.impact import names_at, touched
from wan_ergonomic.contract.source._pairs import Names, OperationPair, is_ours, pair_operations

from ._comparison import Comparison, NotCompared
from ._parts import parts


def compare(
    old: Sequence[Document], new: Sequence[Document], names: Names | None = None
) -> Comparison:
    """Return what was compared, what was not, and every change of the two operations.

    Args:
        old: The documents of the old source.
        new: The documents of the new source.
        names: The operations to compare, as (METHOD, path), where they are not found by
            themselves.

    Raises:
        ContractError: The sources have no operation in common, or are nested too deeply.
    """
    return compare_pairs(pair_operations(old, new, names))


def compare_pairs(pairs: Sequence[OperationPair]) -> Comparison:
    """Do the same for operations that are paired already."""
    try:
        return _compared(pairs)
    except RecursionError as error:
        raise ContractError("The documents are nested too deeply to be compared.") from error


def _compared(pairs: Sequence[OperationPair]) -> Comparison:
    ours = {
        pair.role
        for pair in pairs
        if pair.role in METHODS and any(one and is_ours(one) for one in (pair.old, pair.new))
    }
    findings = [
        replace(finding, impact=touched(finding)) if finding.role in ours else finding
        for finding in _compare.compare_pairs(pairs, names_at)
    ]
    left: list[NotCompared] = []
    for pair in pairs:
        not_compared, differing = parts(pair)
        left += not_compared
        # No code depends on these parts.
        findings += differing
    return Comparison(
        operations=tuple(pairs), findings=tuple(worst_first(findings)), not_compared=tuple(left)
    )
