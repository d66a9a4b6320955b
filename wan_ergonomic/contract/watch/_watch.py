"""Compares the vendored contract with what is published now.

Upstream is compared with upstream, so that what we corrected is no finding and
pointers lead into what the vendor wrote. But a change counts only if it is one
for the corrected documents too: a vendor who now documents what an overlay
already said (the key on POST, say) has changed nothing for anybody, and is
reported as an overlay action that is no longer needed instead. And what only
shows after correction is added, with a pointer into the corrected document.
Reworded text, and documents that have become invalid, are reported whatever
correction makes of them. Where the new documents cannot be corrected, that is
said, and the comparison of upstream stands alone.

A source that is gone or unreadable is no change and no lack of change: what it
may hold is left out of the comparison. Nothing here writes a file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from wan_ergonomic._errors import ContractError
from wan_ergonomic._spec import METHODS, Role, openapi_folder
from wan_ergonomic.contract.build._build import Built, build
from wan_ergonomic.contract.changes import compare
from wan_ergonomic.contract.diff._findings import SEVERITIES, Finding
from wan_ergonomic.contract.document._document import Document
from wan_ergonomic.contract.document._join import join
from wan_ergonomic.contract.overlay._overlay import Unneeded, load_overlays
from wan_ergonomic.contract.source._fetch import SourceGoneError
from wan_ergonomic.contract.source._read import read_source
from wan_ergonomic.contract.source._roles import Operation, pair_operations, select

CORRECTED = "what is published, corrected"

# Said of a document as a whole, under whichever role it was seen first.
_SHARED = frozenset({"document", "security", "server"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What became of reading one source.

    Attributes:
        source: As it was asked for.
        status: Whether it was read, is gone, or could not be read for another reason.
        reason: Why it was not read, or None.
        documents: What it holds.
    """

    source: str
    status: Literal["read", "gone", "unclear"]
    reason: str | None = None
    documents: tuple[Document, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return it as the JSON report has it."""
        operations = sorted({" ".join(o) for d in self.documents for o in d.operations()})
        return {
            "source": self.source,
            "status": self.status,
            "reason": self.reason,
            "operations": operations,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What is published now, against what is vendored.

    Attributes:
        findings: What changed for those who use the API, the worst first.
        overlays: The overlay actions that have had their day.
        obstacle: Why the new documents are of no use even when corrected, or
            None. Until that is settled, nothing can be regenerated from them.
        sources: What became of reading each source, in the order asked for.
        vendored: The documents that pointers before the change lead into.
    """

    findings: tuple[Finding, ...]
    overlays: tuple[Unneeded, ...]
    obstacle: str | None
    sources: tuple[Look, ...]
    vendored: tuple[Document, ...]

    @property
    def unread(self) -> tuple[Look, ...]:
        """The sources that could not be read; with any of these, "no change" cannot be said."""
        return tuple(look for look in self.sources if look.status != "read")


def watch(sources: Sequence[str] = ()) -> Watched:
    """Compare the vendored contract with what is published now.

    Args:
        sources: Pages, documents, folders or URLs; without any, the addresses
            that the vendored documents came from. Each is read once.

    Raises:
        ContractError: What was read cannot be compared: it documents neither
            operation, or one of them twice and differently.
    """
    vendored = tuple(read_source(str(openapi_folder() / "upstream")))
    looks = tuple(_look(source) for source in dict.fromkeys(sources or published_at()))
    published = [document for look in looks for document in look.documents]
    complete = all(look.status == "read" for look in looks)
    findings: list[Finding] = []
    overlays: list[Unneeded] = []
    obstacle = None
    if published:
        assumed = [] if complete else _not_seen(vendored, published)
        findings, overlays, obstacle = _compare(vendored, [*published, *assumed])
    return Watched(
        findings=tuple(findings),
        overlays=tuple(overlays),
        obstacle=obstacle,
        sources=looks,
        vendored=vendored,
    )


def published_at() -> tuple[str, ...]:
    """Return the addresses that the vendored documents came from, each once.

    Raises:
        ContractError: None is known.
    """
    lock = json.loads((openapi_folder() / "lock.json").read_text("utf-8"))
    urls = dict.fromkeys(e["url"] for e in lock["published"].values() if "url" in e)
    if not urls:
        raise ContractError("openapi/lock.json does not say where anything was published.")
    return tuple(urls)


def _look(source: str) -> Look:
    try:
        return Look(source=source, status="read", documents=tuple(read_source(source)))
    except SourceGoneError as error:
        return Look(source=source, status="gone", reason=str(error))
    except ContractError as error:
        return Look(source=source, status="unclear", reason=str(error))


def _not_seen(vendored: Sequence[Document], published: Sequence[Document]) -> list[Document]:
    """Return the vendored documents whose operation may be in a source that was not read."""
    seen = {method for document in published for method, _ in document.operations()}
    return [d for d in vendored if not seen & {method for method, _ in d.operations()}]


def _compare(
    vendored: Sequence[Document], published: Sequence[Document]
) -> tuple[list[Finding], list[Unneeded], str | None]:
    before, after = {}, {}
    for role, old, new in pair_operations(vendored, published):
        before[role], after[role] = old, new
    # Refuses an operation that is published twice and differently.
    select(published, {role: found.path for role, found in after.items() if found})
    raw = compare(vendored, published)
    try:
        ours, theirs = _built(before), _built(after)
    except ContractError as error:
        return raw, [], str(error)
    corrected = compare(
        [Document("", ours.contract, "contract.json")],
        [Document("", theirs.contract, CORRECTED)],
    )
    return _that_count(raw, corrected), list(theirs.unneeded), None


def _built(operations: Mapping[Role, Operation | None]) -> Built:
    """Correct the documents of these operations as regenerating would."""
    parts = []
    for role, found in operations.items():
        if not found:
            raise ContractError(f"No {METHODS[role].upper()} operation is published.")
        parts.append((found.document.data, METHODS[role], found.path))
    joined, _ = join(parts)
    return build(joined, load_overlays(openapi_folder() / "overlays"), strict=False)


def _that_count(raw: Sequence[Finding], corrected: Sequence[Finding]) -> list[Finding]:
    """Return the findings in upstream that correction leaves, and those that only it shows."""
    left, known = set(map(_key, corrected)), set(map(_key, raw))
    kept = [finding for finding in raw if _stands(finding) or _key(finding) in left]
    added = [f for f in corrected if not _stands(f) and _key(f) not in known]
    return sorted([*kept, *added], key=lambda finding: SEVERITIES.index(finding.severity))


def _stands(finding: Finding) -> bool:
    """Whether a change of what the vendor wrote is one, whatever correction makes of it."""
    return finding.severity == "docs" or finding.rule == "document-invalid"


def _key(finding: Finding) -> tuple[str, ...]:
    role = "" if finding.place in _SHARED else finding.role
    return role, finding.rule, finding.place, finding.message.partition(":")[2]
