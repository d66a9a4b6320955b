"""Compares what two sources promise, by role, and says what changed.

A moved operation is one finding, and its schemas are still compared. What no
operation of ours can reach is nobody's concern.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from wan_ergonomic._errors import ContractError
from wan_ergonomic._spec import Role
from wan_ergonomic.contract.document._equality import text
from wan_ergonomic.contract.source._roles import Operation

from ._context import Report, Spot
from ._findings import SEVERITIES, Finding
from ._operation import compare_request, compare_words
from ._parameters import compare_parameters
from ._responses import compare_responses
from ._schemas import Schemas
from ._security import compare_security
from ._servers import compare_address
from ._unchanged import Common, is_same

# What a document says for all of its operations is said once.
_SHARED_PLACES = frozenset({"document", "security", "server"})


def compare_pairs(
    pairs: Iterable[tuple[Role, Operation | None, Operation | None]],
) -> list[Finding]:
    """Return every change of what is promised, the worst first.

    Args:
        pairs: Each role, with its operation before and now.

    Raises:
        ContractError: The documents are nested too deeply to be read.
    """
    try:
        found = [finding for pair in pairs for finding in _compare(*pair)]
    except RecursionError as error:
        raise ContractError("The documents are nested too deeply to be compared.") from error
    return sorted(_each_once(found), key=lambda finding: SEVERITIES.index(finding.severity))


def _compare(role: Role, old: Operation | None, new: Operation | None) -> Iterator[Finding]:
    """Yield every change of one operation."""
    report = Report()
    spot = Spot(role=role, direction="request", kind="operation", place="operation")
    if old and new:
        _both(old, new, spot, report)
    elif old:
        _gone(old, spot, report)
    elif new:
        shown = None, new.name()
        message = "is documented now"
        report.add(spot, "endpoint-added", (None, new.node), message, shown=shown)
    for finding in report.findings():
        yield _complete(finding, old, new)


def _both(old: Operation, new: Operation, spot: Spot, report: Report) -> None:
    common = Common(old.node.tree, new.node.tree)
    schemas = Schemas(report, common)
    compare_address(old, new, spot, report)
    compare_security(old, new, spot, report)
    compare_words(old.node, new.node, spot, report)
    compare_parameters(old, new, spot, report, schemas)
    compare_request(old, new, spot, report, schemas)
    compare_responses(old, new, spot, report, schemas)
    document = replace(spot.at("document"), both=True)
    for word in ("title", "version", "description"):
        nodes = old.root().get("info", word), new.root().get("info", word)
        if text(nodes[0]) != text(nodes[1]):
            message = f"has another {word}" if nodes[1] else f"has lost its {word}"
            report.add(document, f"api-info-{word}-changed", nodes, message)
    if not is_same(old.root().value, new.root().value):
        # It takes longer to import than a small comparison.
        from ._validity import compare_validity

        compare_validity(old, new, document, report, common)


def _gone(old: Operation, spot: Spot, report: Report) -> None:
    deprecated = "with" if old.node.is_true("deprecated") else "without"
    shown = old.name(), None
    kind = f"api-removed-{deprecated}-deprecation"
    whole = replace(spot, both=True)
    report.add(whole, kind, (old.node, None), "is no longer documented", shown=shown)


def _complete(finding: Finding, old: Operation | None, new: Operation | None) -> Finding:
    return replace(
        finding,
        message=f"{finding.role}: {_subject(finding)} {finding.message}",
        old_document=old.document.origin if old and finding.old_pointer is not None else None,
        new_document=new.document.origin if new and finding.new_pointer is not None else None,
    )


def _subject(finding: Finding) -> str:
    """Name what a finding is about."""
    section, _, rest = finding.place.partition("/")
    if section == "response":
        return _part_of_response(*rest.partition("/")[::2])
    if section == "parameter":
        return f"parameter {rest.partition('/')[2]!r}"
    if section == "request":
        return f"request property {_dotted(rest)!r}" if rest else "the request body"
    return "the document" if section == "document" else "the operation"


def _part_of_response(status: str, name: str) -> str:
    answer = f"the answer {status}"
    if not name:
        return answer
    header = name.removeprefix("header/")
    if header != name:
        return f"header {header!r} of {answer}"
    of = "" if status.startswith("2") else f" of {answer}"
    return f"response property {_dotted(name)!r}{of}"


def _dotted(place: str) -> str:
    """Return a place as people write it: ``video.url``, ``videos[].url``."""
    return place.replace("/[]", "[]").replace("/", ".")


def _each_once(findings: Sequence[Finding]) -> list[Finding]:
    """Leave out what was said of a whole document already, for the other role."""
    kept: dict[object, Finding] = {}
    for finding in findings:
        where = finding.old_pointer, finding.new_pointer, finding.old_document, finding.new_document
        role = None if finding.place in _SHARED_PLACES else finding.role
        said = finding.message.partition(":")[2]
        kept.setdefault((finding.rule, role, said, *where), finding)
    return list(kept.values())
