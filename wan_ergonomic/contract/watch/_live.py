"""The live document as a third witness, beside the published page and the repository.

The vendor's catalogue names for each model a live OpenAPI document of its endpoint. It
is compared with what is vendored, as a page is. A change that only it has joins the
findings. Reworded descriptions do not: the page and the live document are different texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from wan_ergonomic._errors import ContractError
from wan_ergonomic._spec import METHODS, Role, model, path
from wan_ergonomic.contract.diff._finding import Finding, worst_first
from wan_ergonomic.contract.document._document import Document, describe
from wan_ergonomic.contract.source._catalogue import (
    NoLiveDocumentError,
    catalogue_url,
    live_document,
)
from wan_ergonomic.contract.source._fetch import shown
from wan_ergonomic.contract.source._pairs import pair_operations
from wan_ergonomic.contract.source._retries import noting_retries
from wan_ergonomic.contract.source._roles import find

from ._watch import SourceRead, WatchResult, change_in, compare_corrected, try_to_read

_CORRECTED = "live, corrected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """What the live document says.

    Attributes:
        catalogue: The address of the catalogue.
        document: The address of the live document; None if it is not known.
        is_compared: Whether it was compared.
        remarks: What was compared and what was not, as sentences.
        only_live: The findings that the page does not have.
        only_page: The findings of the page that the live document does not have.
    """

    catalogue: str
    document: str | None = None
    is_compared: bool = False
    remarks: tuple[str, ...] = ()
    only_live: tuple[Finding, ...] = ()
    only_page: tuple[Finding, ...] = ()

    def sentences(self) -> Iterator[str]:
        """Yield what there is to say about it, beside the findings themselves."""
        yield from self.remarks
        if self.is_compared and not (self.only_live or self.only_page):
            yield "It and the page agree about every change."
        for finding in self.only_live:
            yield f"Only the live document has this: {finding.message}"
        for finding in self.only_page:
            yield f"The live document does not have this: {finding.message}"

    def as_json(self) -> dict[str, Any]:
        """Return it as an object for the JSON report."""
        return {
            "catalogue": self.catalogue,
            "document": self.document,
            "compared": self.is_compared,
            "remarks": list(self.remarks),
            "only_live": [_named(finding) for finding in self.only_live],
            "only_page": [_named(finding) for finding in self.only_page],
        }


def _named(finding: Finding) -> dict[str, str]:
    return {"rule": finding.rule, "role": finding.role, "place": finding.place}


def with_live(result: WatchResult, base_url: str) -> WatchResult:
    """Return the result of a watch, with what the live document says.

    If the catalogue or the document cannot be read, it is an unread source of the result. If the
    catalogue names no document, there is nothing to read, and the result says so.

    Args:
        result: What is published now.
        base_url: The API's address.
    """
    catalogue = catalogue_url(base_url, model())
    live = Live(catalogue=catalogue)
    with noting_retries() as retries:
        try:
            address = live_document(catalogue, model())
        except NoLiveDocumentError as error:
            return replace(result, live=replace(live, remarks=(*retries, str(error))))
        except ContractError as error:
            source = SourceRead(source=shown(catalogue), error=error, retries=tuple(retries))
            return replace(result, live=live, sources=(*result.sources, source))
    source = try_to_read(address)
    live = replace(live, document=shown(address))
    comparison = result.comparison
    if source.error is None:
        try:
            live, findings = _compare(result, live, source.documents)
            comparison = replace(comparison, findings=findings)
        except ContractError as error:
            source = replace(source, error=error)
    source = replace(source, source=shown(address), retries=(*retries, *source.retries))
    return replace(result, live=live, comparison=comparison, sources=(*result.sources, source))


def _compare(
    result: WatchResult, live: Live, documents: Sequence[Document]
) -> tuple[Live, tuple[Finding, ...]]:
    """Return what the live document says, and the findings of both, worst first.

    Raises:
        ContractError: It has neither of our operations, or they are not recognised for certain.
    """
    missing = [role for role in METHODS if find(documents, role, path(role)) is None]
    if len(missing) == len(METHODS):
        raise ContractError(
            f"{live.document} has neither of our operations. It documents: {describe(documents)}."
        )
    assumed = _assumed(result.vendored, missing)
    pairs = pair_operations(result.vendored, [*documents, *assumed])
    compared, _, obstacle = compare_corrected(pairs, _CORRECTED)
    found = compared.findings
    only_live = _not_in(result.findings, found)
    only_page = [each for each in _not_in(found, result.findings) if each.role not in missing]
    live = replace(
        live,
        is_compared=True,
        remarks=tuple(_remarks(live, documents, missing, obstacle)),
        only_live=tuple(only_live),
        only_page=tuple(only_page),
    )
    return live, tuple(worst_first([*result.findings, *only_live]))


def _assumed(vendored: Sequence[Document], missing: Iterable[Role]) -> Iterator[Document]:
    """Yield the vendored documents of operations that the live one does not have.

    It is the document of an endpoint: what it leaves out may be in another one.
    """
    for role in missing:
        known = find(vendored, role, path(role))
        assert known is not None
        yield replace(known.document, only=(known.method.upper(), known.path))


def _not_in(known: Iterable[Finding], findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that others do not have, but for reworded descriptions."""
    changes = set(map(change_in, known))
    return [f for f in findings if f.severity != "docs" and change_in(f) not in changes]


def _remarks(
    live: Live, documents: Sequence[Document], missing: Iterable[Role], obstacle: str | None
) -> Iterator[str]:
    """Yield what was compared, and what was not."""
    yield f"{live.document} was compared, too. It documents: {describe(documents)}."
    for role in missing:
        yield f"It has no {METHODS[role].upper()} operation of ours, so that was not compared."
    if obstacle:
        yield f"It cannot be used, even after correction: {obstacle}"
