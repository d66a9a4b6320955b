"""Compares an operation's own fields, its request body, and the media types of any body.

Parameters are compared in ``_parameters``, responses in ``_responses``.
"""

from __future__ import annotations

from dataclasses import replace

from wan_ergonomic._spec import model
from wan_ergonomic.contract.document._equality import text
from wan_ergonomic.contract.document._node import Node, elements, entries
from wan_ergonomic.contract.document._schema import view
from wan_ergonomic.contract.source._roles import Operation

from ._context import Location, Pair, name_of
from ._fields import compare_deprecated, compare_required, compare_text
from ._schemas import SchemaDiff


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


def compare_content(content: Pair, location: Location, schemas: SchemaDiff) -> None:
    """Report media types that were added and removed, and compare the schemas of the others."""
    subject = "response" if location.direction == "response" else "request-body"
    before, after = (_media_types(side) for side in content)
    removed = [node for name, node in before.items() if name not in after]
    added = [node for name, node in after.items() if name not in before]
    pairs = [Pair(node, after[name]) for name, node in before.items() if name in after]
    if len(removed) == len(added) == 1:
        pair = Pair(removed.pop(), added.pop())
        shown = name_of(pair.old), name_of(pair.new)
        message = f"has the media type {shown[1]} instead of {shown[0]}"
        location.add(f"{subject}-media-type-changed", pair, message, shown=shown)
        pairs.append(pair)
    for node in removed:
        message = f"no longer has the media type {name_of(node)}"
        location.add(f"{subject}-media-type-removed", Pair(node, None), message)
    for node in added:
        message = f"has the new media type {name_of(node)}"
        location.add(f"{subject}-media-type-added", Pair(None, node), message)
    for pair in pairs:
        _compare_media(pair.get("schema"), location, schemas)
        # What OpenAPI 3.2 has for each event of a stream.
        items = pair.get("itemSchema")
        _compare_media(items, location.below("[]") if all(items) else location, schemas)


def _compare_media(pair: Pair, location: Location, schemas: SchemaDiff) -> None:
    if pair.old and pair.new:
        old, new = _of_our_model(pair.old, location), _of_our_model(pair.new, location)
        schemas.compare(old, new, location)
    elif pair.old:
        location.add_change("media-type-schema-removed", pair, "no longer has a schema")
    elif pair.new:
        location.add_change("media-type-schema-added", pair, "has a schema now")


def _of_our_model(node: Node, location: Location) -> Node:
    """Return the schema for our model, where a request has one schema for each model."""
    found = view(node)
    if location.direction == "request" and found.is_mere_union():
        for branch in found.branches:
            named = view(branch).properties.get("model")
            if named and model() in {value.value for value in view(named).enum() or ()}:
                return branch
    return node


def _media_types(content: Node | None) -> dict[str, Node]:
    """Return media types by name, in lower case and without parameters."""
    return {name.partition(";")[0].strip().lower(): node for name, node in entries(content).items()}
