"""Compares an operation's own fields and its request body.

Parameters are compared in ``_parameters``, responses in ``_responses``.
"""

from __future__ import annotations

from dataclasses import replace

from wan_ergonomic.contract.diff._context import Location, Pair
from wan_ergonomic.contract.diff._fields import compare_deprecated, compare_required, compare_text
from wan_ergonomic.contract.diff._schemas import SchemaDiff
from wan_ergonomic.contract.document._equality import text
from wan_ergonomic.contract.document._node import Node, elements
from wan_ergonomic.contract.source._roles import Operation

from ._content import compare_content


def compare_metadata(operations: Pair, location: Location) -> None:
    """Report changes of an operation's summary, description, id, tags and deprecation."""
    for field in ("summary", "description"):
        rule = f"operation-{field}-changed"
        compare_text(operations.get(field), field, rule, location)
    pair = operations.get("operationId")
    rule = f"api-operation-id-{pair.change()}"
    compare_text(pair, "operationId", rule, location)
    old, new = ({text(tag): tag for tag in elements(tags)} for tags in operations.get("tags"))
    for tag in (tag for tag in old if tag not in new):
        message = f"no longer has the tag {tag!r}"
        location.add("api-tag-removed", Pair(old[tag], None), message)
    for tag in (tag for tag in new if tag not in old):
        message = f"has the new tag {tag!r}"
        location.add("api-tag-added", Pair(None, new[tag]), message)
    compare_deprecated(operations.get("deprecated"), location)


def compare_request(
    old: Operation, new: Operation, location: Location, schemas: SchemaDiff
) -> None:
    """Report changes of the request body."""
    location = replace(location, subject="request-body", place="request")
    pair = Pair(_body(old), _body(new))
    if pair.old and pair.new:
        compare_required(pair.get("required"), location)
        rule = "request-body-description-changed"
        compare_text(pair.get("description"), "description", rule, location)
        compare_content(pair.get("content"), location, schemas)
    elif pair.old:
        location.add_change("removed", pair, "was removed")
    elif pair.new:
        required = pair.new.is_true("required")
        message = "was added and is required" if required else "was added"
        change = f"added-{'required' if required else 'optional'}"
        location.add_change(change, pair, message)


def _body(operation: Operation) -> Node | None:
    written = operation.node.get("requestBody")
    return written and written.resolved()
