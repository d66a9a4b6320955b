"""Compares our description of the account operations with what is published.

An operation is looked up at exactly its method and path. Our description has only what
this package uses, so what is published beyond it is no finding: only what may break is.
A source can be a page of one operation, so an operation that it does not document may be
in another source: then the result is unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from wan_ergonomic._errors import ContractError
from wan_ergonomic.contract.changes._compare import compare_pairs
from wan_ergonomic.contract.changes._comparison import Comparison, NotCompared
from wan_ergonomic.contract.diff._finding import Finding
from wan_ergonomic.contract.document._document import Document, describe
from wan_ergonomic.contract.source._account import ACCOUNT, account_operations, read_account
from wan_ergonomic.contract.source._pairs import OperationPair
from wan_ergonomic.contract.source._roles import find_at

from ._watch import WatchResult, try_to_read

# Flaws of what is published beside what we use.
_IGNORED = "document-invalid"


def watch_account(sources: Sequence[str]) -> WatchResult:
    """Compare our description of the account operations with what is published.

    Args:
        sources: Pages, documents, folders or URLs. Each is read once.

    Raises:
        ContractError: The description cannot be used; or every source could be read, and they
            document none of the operations, or one of them twice with different content.
    """
    described = read_account()
    read = tuple(map(try_to_read, dict.fromkeys(sources)))
    published = [document for source in read for document in source.documents]
    comparison = _compare(described, published)
    result = WatchResult(
        comparison=comparison,
        overlays=(),
        obstacle=None,
        sources=read,
        vendored=(described,),
        folder=str(PurePosixPath(ACCOUNT).parent),
    )
    if not comparison.operations and not result.unread:
        raise ContractError(
            f"None of the operations in {ACCOUNT} is published there. The sources document: "
            f"{describe(published)}."
        )
    return result


def _compare(described: Document, published: Sequence[Document]) -> Comparison:
    """Return what changed for this package, and which operations are not published."""
    pairs: list[OperationPair] = []
    absent: list[NotCompared] = []
    for name, (method, path) in account_operations(described).items():
        new = find_at(published, method, path)
        if new:
            pairs.append(OperationPair(name, find_at([described], method, path), new))
        else:
            what = f"{method.upper()} {path}"
            absent.append(
                NotCompared(
                    role=name, place="operation", what=what, state="unpublished", sides=("old",)
                )
            )
    comparison = compare_pairs(pairs)
    return replace(
        comparison,
        findings=tuple(filter(_concerns_us, comparison.findings)),
        not_compared=(*comparison.not_compared, *absent),
    )


def _concerns_us(finding: Finding) -> bool:
    return finding.severity in {"breaking", "warning"} and finding.rule != _IGNORED
