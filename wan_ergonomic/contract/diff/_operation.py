"""Compares what an operation is and takes: its words, its request, and their media types.

Parameters are compared in ``_parameters``, answers in ``_responses``.
"""

from __future__ import annotations

from dataclasses import replace

from wan_ergonomic._spec import model
from wan_ergonomic.contract.document._equality import text
from wan_ergonomic.contract.document._node import Node, elements, entries
from wan_ergonomic.contract.document._schema import view
from wan_ergonomic.contract.source._roles import Operation

from ._context import Report, Spot
from ._keywords import reworded
from ._schemas import Schemas


def compare_words(old: Node, new: Node, spot: Spot, report: Report) -> None:
    """Report what an operation is called, and what is said of it as a whole."""
    for word in ("summary", "description"):
        compare_text(old, new, f"operation-{word}-changed", spot, report)
    nodes = before, after = old.get("operationId"), new.get("operationId")
    if text(before) != text(after):
        change = "changed" if before and after else "added" if after else "removed"
        message = f"has its operationId {change}"
        report.add(spot, f"api-operation-id-{change}", nodes, message)
    was, is_now = ({text(tag): tag for tag in elements(side.get("tags"))} for side in (old, new))
    for tag in was:
        if tag not in is_now:
            report.add(spot, "api-tag-removed", (was[tag], None), f"has lost the tag {tag!r}")
    for tag in is_now:
        if tag not in was:
            report.add(spot, "api-tag-added", (None, is_now[tag]), f"has the tag {tag!r} now")
    nodes = old.get("deprecated"), new.get("deprecated")
    if new.is_true("deprecated") and not old.is_true("deprecated"):
        report.add(spot, "endpoint-deprecated", nodes, "is deprecated")
    elif old.is_true("deprecated") and not new.is_true("deprecated"):
        report.add(spot, "endpoint-reactivated", nodes, "is no longer deprecated")


def compare_text(old: Node, new: Node, kind: str, spot: Spot, report: Report) -> None:
    """Report a text for people that is another one now; the kind says which."""
    word = kind.split("-")[-2]
    nodes = before, after = old.get(word), new.get(word)
    if text(before) != text(after):
        report.add(spot, kind, nodes, reworded(word, after))


def compare_need(old: Node, new: Node, spot: Spot, report: Report) -> None:
    """Report something that has to be sent or answered now, or no longer has to be."""
    nodes = old.get("required"), new.get("required")
    was, is_now = old.is_true("required"), new.is_true("required")
    if is_now and not was:
        report.add_here(spot, "became-required", nodes, "is required now")
    elif was and not is_now:
        report.add_here(spot, "became-optional", nodes, "is no longer required")


def compare_request(
    old: Operation, new: Operation, spot: Spot, report: Report, schemas: Schemas
) -> None:
    """Report what became of the body that an operation takes."""
    spot = replace(spot, kind="request-body", place="request")
    nodes = before, after = _body(old), _body(new)
    if before and not after:
        report.add(spot, "request-body-removed", nodes, "was removed")
    elif after and not before:
        required = after.is_true("required")
        kind = f"request-body-added-{'required' if required else 'optional'}"
        report.add(spot, kind, nodes, "was added")
    elif before and after:
        compare_need(before, after, spot, report)
        compare_text(before, after, "request-body-description-changed", spot, report)
        contents = before.get("content"), after.get("content")
        compare_content(*contents, spot, report, schemas)


def _body(operation: Operation) -> Node | None:
    written = operation.node.get("requestBody")
    return written and written.resolved()


def compare_content(
    old: Node | None, new: Node | None, spot: Spot, report: Report, schemas: Schemas
) -> None:
    """Report media types that came and went, and compare the schemas of the others."""
    kind = "response" if spot.direction == "response" else "request-body"
    before, after = _media_types(old), _media_types(new)
    lost = [node for name, node in before.items() if name not in after]
    won = [node for name, node in after.items() if name not in before]
    pairs = [(node, after[name]) for name, node in before.items() if name in after]
    if len(lost) == len(won) == 1:
        shown = last(lost[0]), last(won[0])
        nodes = pair = lost.pop(), won.pop()
        message = f"is {shown[1]} instead of {shown[0]}"
        report.add(spot, f"{kind}-media-type-changed", nodes, message, shown=shown)
        pairs.append(pair)
    for node in lost:
        message = f"can no longer be {last(node)}"
        report.add(spot, f"{kind}-media-type-removed", (node, None), message)
    for node in won:
        message = f"may be {last(node)} as well"
        report.add(spot, f"{kind}-media-type-added", (None, node), message)
    for a, b in pairs:
        _compare_media(a, b, spot, report, schemas)


def _compare_media(old: Node, new: Node, spot: Spot, report: Report, schemas: Schemas) -> None:
    nodes = before, after = old.get("schema"), new.get("schema")
    if before and after:
        schemas.compare(_of_our_model(before, spot), _of_our_model(after, spot), spot)
    elif before:
        report.add_here(spot, "media-type-schema-removed", nodes, "is no longer described")
    elif after:
        report.add_here(spot, "media-type-schema-added", nodes, "is described now")


def _of_our_model(node: Node, spot: Spot) -> Node:
    """Return what this package sends, where one operation takes something else for each model."""
    found = view(node)
    if spot.direction == "request" and found.is_mere_union():
        for branch in found.branches:
            named = view(branch).properties.get("model")
            if named and model() in {value.value for value in view(named).enum() or ()}:
                return branch
    return node


def _media_types(content: Node | None) -> dict[str, Node]:
    """Return what a body may be, by media type without its parameters."""
    return {name.partition(";")[0].strip().lower(): node for name, node in entries(content).items()}


def last(node: Node) -> str:
    """Return the name that something has where it is written."""
    segment = node.pointer.rpartition("/")[2]
    return segment.replace("~1", "/").replace("~0", "~")
