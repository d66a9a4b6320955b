"""Compares two sources, operation by operation.

A moved operation is one finding, and its schemas are still compared. Components
that neither operation references are ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache, partial

from wan_ergonomic.contract.document._node import Tree
from wan_ergonomic.contract.source._pairs import OperationPair
from wan_ergonomic.contract.source._roles import Operation

from ._context import Findings, Location, Pair
from ._fields import compare_text
from ._finding import SHARED_PLACES, Finding, worst_first
from ._schemas import SchemaDiff
from ._unchanged import Common, is_identical
from .operation._operation import compare_metadata, compare_request
from .operation._parameters import compare_parameters
from .operation._responses import compare_responses
from .operation._security import compare_security
from .operation._servers import compare_servers

# Returns the names that a change of an operation touches, by its place.
NamesOf = Callable[[str, str], object]
# OpenAPI's own, which a document need not name.
_USUAL_DIALECTS = ("https://spec.openapis.org/oas/3.", "https://json-schema.org/draft/2020-12/")
# Returns what two documents have in common.
CommonOf = Callable[[Tree, Tree], Common]


def compare_pairs(pairs: Iterable[OperationPair], names_of: NamesOf) -> list[Finding]:
    """Return every change of the contract, the worst first.

    Args:
        pairs: The operations.
        names_of: Where a shared schema is used too often to list all places, one is listed for
            each result of this.

    Raises:
        RecursionError: The documents are nested too deeply.
    """
    # Operations are mostly in one document.
    common_of = cache(Common)
    found = [finding for pair in pairs for finding in _compare(pair, names_of, common_of)]
    return worst_first(_each_once(found))


def _compare(pair: OperationPair, names_of: NamesOf, common_of: CommonOf) -> Iterator[Finding]:
    """Yield every change of one operation."""
    role, old, new, _ = pair
    findings = Findings()
    location = Location(
        findings=findings, role=role, direction="request", subject="endpoint", place="operation"
    )
    if old and new:
        _compare_operations(old, new, location, common_of(old.node.tree, new.node.tree))
    elif old:
        _removed(old, location)
    elif new:
        shown = None, new.name()
        location.add("endpoint-added", Pair(None, new.node), "was added", shown=shown)
    for finding in findings.all(partial(names_of, role)):
        yield complete(finding, old, new)


def _compare_operations(old: Operation, new: Operation, location: Location, common: Common) -> None:
    schemas = SchemaDiff(common)
    compare_servers(old, new, location)
    compare_security(old, new, location)
    compare_metadata(Pair(old.node, new.node), location)
    compare_parameters(old, new, location, schemas)
    compare_request(old, new, location, schemas)
    compare_responses(old, new, location, schemas)
    document = replace(location.at("document"), both_sides=True)
    roots = Pair(old.root(), new.root())
    for field in ("title", "version", "description"):
        rule = f"api-info-{field}-changed"
        compare_text(roots.get("info", field), field, rule, document)
    _dialect(roots.get("jsonSchemaDialect"), document)
    if not is_identical(*roots.values()):
        # The import takes longer than a small comparison.
        from ._validity import compare_validity

        compare_validity(old, new, document, common)


def _dialect(pair: Pair, location: Location) -> None:
    """Report another language of the schemas, whose keywords may have another meaning."""
    was, is_now = (not str(d or "").startswith(_USUAL_DIALECTS) and d for d in pair.values())
    if was != is_now:
        message = "has another JSON Schema dialect, in which keywords may mean something else"
        location.add("json-schema-dialect-changed", pair, message)


def _removed(old: Operation, location: Location) -> None:
    deprecated = "with" if old.node.is_true("deprecated") else "without"
    replace(location, both_sides=True).add(
        f"api-removed-{deprecated}-deprecation",
        Pair(old.node, None),
        "was removed",
        shown=(old.name(), None),
    )


def complete(finding: Finding, old: Operation | None, new: Operation | None) -> Finding:
    """Return a finding with its subject in the message, and with the documents of its pointers."""
    return replace(
        finding,
        message=f"{finding.role}: {_subject(finding)} {finding.message}",
        old_document=old.document.origin if old and finding.old_pointer is not None else None,
        new_document=new.document.origin if new and finding.new_pointer is not None else None,
    )


def _subject(finding: Finding) -> str:
    """Return what a finding is about, as the subject of its message."""
    section, _, rest = finding.place.partition("/")
    if section == "response":
        return _part_of_response(*rest.partition("/")[::2])
    if section == "parameter":
        return f"parameter {_dotted(rest.partition('/')[2])!r}"
    if section == "request":
        return f"request property {_dotted(rest)!r}" if rest else "the request body"
    return "the document" if section == "document" else "the operation"


def _part_of_response(status: str, name: str) -> str:
    response = f"the response {status}"
    if not name:
        return response
    header = name.removeprefix("header/")
    if header != name:
        header, _, within = header.partition("/")
        part = f"property {_dotted(within)!r} of " if within else ""
        return f"{part}header {header!r} of {response}"
    of = "" if status.startswith("2") else f" of {response}"
    return f"response property {_dotted(name)!r}{of}"


def _dotted(place: str) -> str:
    """Return a place as people write it: ``video.url``, ``videos[].url``."""
    return place.replace("/[]", "[]").replace("/", ".")


def _each_once(findings: Sequence[Finding]) -> list[Finding]:
    """Leave out findings about a whole document that the other role has too."""
    kept: dict[object, Finding] = {}
    for finding in findings:
        where = finding.old_pointer, finding.new_pointer, finding.old_document, finding.new_document
        role = None if finding.place in SHARED_PLACES else finding.role
        message = finding.message.partition(":")[2]
        kept.setdefault((finding.rule, role, message, *where), finding)
    return list(kept.values())
