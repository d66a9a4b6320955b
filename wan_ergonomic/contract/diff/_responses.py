"""Compares what an operation answers: statuses, bodies, headers."""

from __future__ import annotations

from dataclasses import replace

from wan_ergonomic.contract.document._node import Node, entries
from wan_ergonomic.contract.source._roles import Operation

from ._context import Report, Spot
from ._operation import compare_content, compare_need, compare_text, last
from ._schemas import Schemas


def compare_responses(
    old: Operation, new: Operation, spot: Spot, report: Report, schemas: Schemas
) -> None:
    """Report every change of what is answered."""
    spot = replace(spot, direction="response", kind="response-body")
    before, after = entries(old.node.get("responses")), entries(new.node.get("responses"))
    lost = [status for status in before if status not in after]
    won = [status for status in after if status not in before]
    pairs = [(before[status], after[status]) for status in before if status in after]
    moved = [
        next(iter(s)) for side in (lost, won) if len(s := list(filter(_is_success, side))) == 1
    ]
    if len(moved) == 2:
        nodes = before[moved[0]], after[moved[1]]
        lost.remove(moved[0])
        won.remove(moved[1])
        pairs.append(nodes)
        _moved(*nodes, _at(spot, moved[0]), report)
    for a, b in pairs:
        _compare(a, b, _at(spot, last(a)), report, schemas)
    for status in lost:
        kind = f"response-{_sort(status)}-status-removed"
        report.add(_at(spot, status), kind, (before[status], None), "is no longer documented")
    for status in won:
        kind = f"response-{_sort(status)}-status-added"
        report.add(_at(spot, status), kind, (None, after[status]), "is documented now")


def _at(spot: Spot, status: str) -> Spot:
    return replace(spot, place=f"response/{status}")


def _moved(old: Node, new: Node, spot: Spot, report: Report) -> None:
    """Report a success that has another status now, which may cover the one it had."""
    shown = last(old), last(new)
    report.add(
        spot,
        "response-success-status-changed",
        (old, new),
        f"has the status {shown[1]} now",
        severity="info" if shown[1].upper() == "2XX" else None,
        shown=shown,
    )


def _compare(old: Node, new: Node, spot: Spot, report: Report, schemas: Schemas) -> None:
    before, after = old.resolved(), new.resolved()
    if before is None or after is None:
        return
    if before.get("description") and after.get("description"):
        # Without one a document is not valid, which is reported as such.
        compare_text(before, after, "response-description-changed", spot, report)
    contents = before.get("content"), after.get("content")
    compare_content(*contents, spot, report, schemas)
    _compare_headers(before, after, spot, report, schemas)


def _compare_headers(old: Node, new: Node, spot: Spot, report: Report, schemas: Schemas) -> None:
    before, after = (
        {k.lower(): v for k, v in entries(s.get("headers")).items()} for s in (old, new)
    )
    for name in dict.fromkeys((*before, *after)):
        there = replace(spot, kind="response-header", place=f"{spot.place}/header/{name}")
        nodes = a, b = before.get(name), after.get(name)
        was, is_now = a and a.resolved(), b and b.resolved()
        if was and is_now:
            _compare_header(was, is_now, there, report, schemas)
        elif was and not b:
            need = "required" if was.is_true("required") else "optional"
            report.add(there, f"{need}-response-header-removed", nodes, "was removed")
        elif is_now and not a:
            report.add(there, "response-header-added", nodes, "is new")


def _compare_header(old: Node, new: Node, spot: Spot, report: Report, schemas: Schemas) -> None:
    compare_need(old, new, spot, report)
    compare_text(old, new, "response-header-description-changed", spot, report)
    schemas_of = old.get("schema"), new.get("schema")
    if schemas_of[0] and schemas_of[1]:
        schemas.compare(schemas_of[0], schemas_of[1], spot)


def _is_success(status: str) -> bool:
    return status.startswith("2")


def _sort(status: str) -> str:
    return "success" if _is_success(status) else "non-success"
