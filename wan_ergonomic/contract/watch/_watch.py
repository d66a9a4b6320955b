"""Compares the vendored contract with what is published now. Writes no file.

Upstream documents are compared with upstream documents, so that pointers lead into
what the vendor wrote. A change counts only if it also changes the corrected documents.
If the vendor now documents what an overlay already added (for example that POST needs
the key), nothing changes for callers: the overlay action is reported as no longer
needed instead. A change that shows only after correction is added, with a pointer into
the corrected document. Reworded text and invalid documents are always reported.

If the new documents cannot be corrected, the obstacle is reported, and the findings
are those of the upstream documents.

A source that is gone or unreadable is neither a change nor "no change": the operations
that it may document are left out of the comparison.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from wan_ergonomic._errors import ContractError
from wan_ergonomic._spec import METHODS, contract, openapi_folder
from wan_ergonomic.contract.build._build import Built, build
from wan_ergonomic.contract.build._lock import UPSTREAM, read_lock
from wan_ergonomic.contract.changes._accepted import accept
from wan_ergonomic.contract.changes._compare import compare, compare_pairs
from wan_ergonomic.contract.changes._comparison import Comparison
from wan_ergonomic.contract.changes._policy import Policy
from wan_ergonomic.contract.diff._finding import SHARED_PLACES, Finding, worst_first
from wan_ergonomic.contract.document._document import Document
from wan_ergonomic.contract.document._join import join
from wan_ergonomic.contract.overlay._overlay import Unneeded, load_overlays
from wan_ergonomic.contract.source._fetch import SourceGoneError
from wan_ergonomic.contract.source._pairs import Names, OperationPair, pair_operations
from wan_ergonomic.contract.source._read import read_source
from wan_ergonomic.contract.source._retries import noting_retries
from wan_ergonomic.contract.source._roles import Operation

if TYPE_CHECKING:
    from ._live import Live

CORRECTED = "published, corrected"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRead:
    """One source, and whether it could be read.

    Attributes:
        source: The source, as the caller named it.
        error: Why it could not be read; None if it was read.
        documents: The documents in it.
        retries: A sentence for each attempt to fetch it that failed and was repeated.
    """

    source: str
    error: ContractError | None = None
    documents: tuple[Document, ...] = ()
    retries: tuple[str, ...] = ()

    @property
    def status(self) -> Literal["read", "gone", "unclear"]:
        """Whether it was read, does not exist any more, or is unreadable for another reason."""
        if self.error is None:
            return "read"
        return "gone" if isinstance(self.error, SourceGoneError) else "unclear"

    def as_json(self) -> dict[str, Any]:
        """Return the source as an object for the JSON report."""
        operations = sorted({" ".join(o) for d in self.documents for o in d.operations()})
        return {
            "source": self.source,
            "status": self.status,
            "reason": str(self.error) if self.error else None,
            "operations": operations,
            "retries": list(self.retries),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchResult:
    """What is published now, compared with what is vendored.

    Attributes:
        comparison: What was compared, and what changed for callers of the API; empty if no source
            could be read.
        overlays: The overlay actions that are no longer needed.
        obstacle: Why nothing can be regenerated from the new documents, even after
            correction; None if it can.
        sources: Each source, in the order of the arguments.
        vendored: The documents that the old pointers lead into.
        folder: Where these are in a checkout.
        live: What the live document says, if it was asked for.
    """

    comparison: Comparison
    overlays: tuple[Unneeded, ...]
    obstacle: str | None
    sources: tuple[SourceRead, ...]
    vendored: tuple[Document, ...]
    folder: str = UPSTREAM
    live: Live | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What changed for callers of the API, worst first."""
        return self.comparison.findings

    @property
    def unread(self) -> tuple[SourceRead, ...]:
        """The sources that could not be read."""
        return tuple(source for source in self.sources if source.error)

    @property
    def retries(self) -> tuple[str, ...]:
        """A sentence for each attempt to fetch a source that failed and was repeated."""
        return tuple(sentence for source in self.sources for sentence in source.retries)

    @property
    def error(self) -> ContractError | None:
        """Why the comparison is incomplete; None if it is complete.

        A ``SourceGoneError`` if every unread source is gone.
        """
        errors = [source.error for source in self.sources if source.error]
        if not errors:
            return None
        are_gone = all(isinstance(error, SourceGoneError) for error in errors)
        return (SourceGoneError if are_gone else ContractError)(" ".join(map(str, errors)))

    def accepting(self, policy: Policy | None, today: date) -> WatchResult:
        """Return the result in which the findings that a project accepts are set apart."""
        comparison = accept(self.comparison, policy, today, is_complete=not self.unread)
        return replace(self, comparison=comparison)


def watch_published(sources: Sequence[str] = (), names: Names | None = None) -> WatchResult:
    """Compare the vendored contract with what is published now.

    Args:
        sources: Pages, documents, folders or URLs. Without any, the addresses in the
            lock. Each is read once.
        names: The published operations, as (METHOD, path), where they are not found by
            themselves.

    Raises:
        ContractError: The sources cannot be compared: they document neither operation,
            or one operation twice with different content.
    """
    vendored = tuple(read_source(str(openapi_folder() / "upstream")))
    read = tuple(try_to_read(source) for source in dict.fromkeys(sources or published_at()))
    published = [document for source in read for document in source.documents]
    comparison = Comparison(operations=())
    overlays: tuple[Unneeded, ...] = ()
    obstacle = None
    if published:
        complete = all(source.error is None for source in read)
        assumed = [] if complete else _not_covered(vendored, published)
        pairs = pair_operations(vendored, [*published, *assumed], names)
        comparison, overlays, obstacle = compare_corrected(pairs)
    return WatchResult(
        comparison=comparison,
        overlays=overlays,
        obstacle=obstacle,
        sources=read,
        vendored=vendored,
    )


def published_at() -> tuple[str, ...]:
    """Return the addresses of the vendored documents, each once.

    Raises:
        ContractError: The lock contains none, or is not JSON.
    """
    published = read_lock(openapi_folder().parent).get("published", {})
    urls = dict.fromkeys(entry["url"] for entry in published.values() if "url" in entry)
    if not urls:
        raise ContractError("openapi/lock.json contains no URL. Name a SOURCE to compare with.")
    return tuple(urls)


def try_to_read(source: str) -> SourceRead:
    """Return a source, read or not."""
    with noting_retries() as retries:
        try:
            documents = tuple(read_source(source))
        except ContractError as error:
            return SourceRead(source=source, error=error, retries=tuple(retries))
    return SourceRead(source=source, documents=documents, retries=tuple(retries))


def _not_covered(vendored: Sequence[Document], published: Sequence[Document]) -> list[Document]:
    """Return the vendored documents whose operation may be in a source that was not read."""
    seen = {method for document in published for method, _ in document.operations()}
    return [d for d in vendored if not seen & {method for method, _ in d.operations()}]


def compare_corrected(
    pairs: Sequence[OperationPair], name: str = CORRECTED
) -> tuple[Comparison, tuple[Unneeded, ...], str | None]:
    """Return what changed, the overlay actions that are no longer needed, and the obstacle.

    Args:
        pairs: The operations of both roles, before and after.
        name: The name of the corrected document, for findings in it.
    """
    raw = compare_pairs(pairs)
    try:
        built = _build(pairs)
    except ContractError as error:
        return raw, (), str(error)
    corrected = compare(
        [Document("", contract(), "contract.json")],
        [Document("", built.contract, name)],
        # Correction may make an operation look different.
        {
            role: (pair.new.method.upper(), _where(built.contract, pair.new))
            for role, pair in zip(METHODS, pairs, strict=True)
            if pair.new
        },
    )
    findings = _relevant(raw.findings, corrected.findings)
    return replace(raw, findings=tuple(findings)), built.unneeded, None


def _where(corrected: Mapping[str, Any], operation: Operation) -> str:
    """Return the path of an operation after correction, which may begin with the server's."""
    found = (str(path) for path in corrected["paths"] if path.endswith(operation.path))
    return min(found, key=len)


def _build(pairs: Sequence[OperationPair]) -> Built:
    """Correct the new documents, as regenerating would."""
    parts, origins = [], []
    for method, pair in zip(METHODS.values(), pairs, strict=True):
        if not pair.new:
            raise ContractError(f"No {method.upper()} operation is published.")
        parts.append((pair.new.document.data, method, pair.new.path))
        origins.append(pair.new.document.origin)
    lock = read_lock(openapi_folder().parent)
    host, model = lock.get("host"), lock.get("model")
    joined, _ = join(parts, origins=origins, host=host)
    overlays = load_overlays(openapi_folder() / "overlays")
    return build(joined, overlays, strict=False, host=host, model=model)


def _relevant(raw: Sequence[Finding], corrected: Sequence[Finding]) -> list[Finding]:
    """Return the upstream findings that remain after correction, and those that only then show."""
    remaining, known = set(map(change_in, corrected)), set(map(change_in, raw))
    kept = [
        finding for finding in raw if _is_always_kept(finding) or change_in(finding) in remaining
    ]
    added = [f for f in corrected if not _is_always_kept(f) and change_in(f) not in known]
    return worst_first([*kept, *added])


def _is_always_kept(finding: Finding) -> bool:
    """Whether a finding is about the upstream text itself, whatever correction makes of it."""
    return finding.severity == "docs" or finding.rule == "document-invalid"


def change_in(finding: Finding) -> tuple[str, ...]:
    """Return what two findings have in common that are about one change."""
    role = "" if finding.place in SHARED_PLACES else finding.role
    return role, finding.rule, finding.place, finding.message.partition(":")[2]
