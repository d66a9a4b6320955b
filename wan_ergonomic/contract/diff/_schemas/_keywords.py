"""Compares the keywords of two schemas that constrain or describe a value as a whole.

Limits are compared in ``_limits``; types, and keywords that hold other schemas, in
``_schemas``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from wan_ergonomic.contract.document._equality import as_json
from wan_ergonomic.contract.document._node import Node, elements, entries
from wan_ergonomic.contract.document._schema import restricting
from wan_ergonomic.contract.document._simplify import ANY_TEXT
from wan_ergonomic.contract.document._values._keyword_rules import WIDER_FORMATS
from wan_ergonomic.contract.document._view import SchemaView

from .._context import Change, Location, Pair, keyword
from .._finding import Severity
from ._annotations import HAS, compare_annotations, instead
from ._judge import Judge
from ._limits import compare_limits

# Each narrows what is allowed. Two values of one are only compared for equality.
_CONSTRAINTS = (
    "pattern", "not", "if", "then", "else", "contains", "prefixItems", "propertyNames",
    "patternProperties", "dependentRequired", "dependentSchemas", "unevaluatedItems",
    "unevaluatedProperties", "contentSchema",
)  # fmt: skip
# The value that constrains nothing, where that is not an empty schema or object.
_NO_CONSTRAINT: Mapping[str, Any] = {
    "not": False,
    "unevaluatedItems": True,
    "unevaluatedProperties": True,
}
# Where they name an item or a property, these are not for it.
_RESTS: Mapping[str, str] = {"prefixItems": "items", "patternProperties": "additionalProperties"}
# These hold schemas, by name or in a list.
_OF_SCHEMAS = frozenset({"patternProperties", "dependentSchemas", "prefixItems"})
_ENCODINGS = {"contentEncoding": "content-encoding", "contentMediaType": "content-media-type"}
_SHOWN_VALUES = 8


def compare_keywords(old: SchemaView, new: SchemaView, location: Location, judge: Judge) -> None:
    """Report each change of a keyword about the value as a whole."""
    compare_nullability(old, new, location)
    _values(old, new, location)
    compare_limits(old, new, location)
    _uniqueness(old, new, location)
    _formats(old, new, location)
    _constraints(old, new, location, judge)
    _encodings(old, new, location)
    compare_annotations(old, new, location)


def compare_nullability(old: SchemaView, new: SchemaView, location: Location) -> None:
    """Report whether null is allowed now, or no longer."""
    pair = Pair(old.null, new.null)
    if not all(side.types or side.unions for side in (old, new)):
        return
    if pair.new and not pair.old:
        location.add_change("became-nullable", pair, "may be null now")
    elif pair.old and not pair.new:
        location.add_change("became-not-nullable", pair, "may no longer be null")


def _values(old: SchemaView, new: SchemaView, location: Location) -> None:
    constants = keyword(old, new, "const")
    if any(constants) and not any(keyword(old, new, "enum")):
        _constant(constants, location)
        return
    before, after = old.enum(), new.enum()
    if before is None and after is not None:
        pair, message = Pair(None, _where_listed(new)), f"must be one of {_listed(after)} now"
        location.add_change("became-enum", pair, message)
    elif before is not None and after is None:
        pair, message = Pair(_where_listed(old), None), "no longer has an enum"
        location.add_change("became-not-enum", pair, message)
    elif before is not None and after is not None:
        _listed_values(before, after, location)


def _where_listed(side: SchemaView) -> Node | None:
    return side.keywords.get("enum", side.keywords.get("const"))


def _listed(nodes: list[Node]) -> str:
    listed = ", ".join(json.dumps(node.value) for node in nodes[:_SHOWN_VALUES])
    return f"{listed}…" if len(nodes) > _SHOWN_VALUES else listed


def _listed_values(before: list[Node], after: list[Node], location: Location) -> None:
    old, new = ({as_json(n.value): n for n in side} for side in (before, after))
    for value in (value for value in old if value not in new):
        pair, message = Pair(old[value], None), f"no longer has the enum value {value}"
        location.add_change("enum-value-removed", pair, message)
    for value in (value for value in new if value not in old):
        pair, message = Pair(None, new[value]), f"has the new enum value {value}"
        location.add_change("enum-value-added", pair, message)


def _constant(pair: Pair, location: Location) -> None:
    if change := pair.change():
        must = f"must be {json.dumps(pair.values()[1])} now"
        message = "may have other values now" if change == "removed" else must
        location.add_change(f"const-{change}", pair, message)


def _uniqueness(old: SchemaView, new: SchemaView, location: Location) -> None:
    pair = keyword(old, new, "uniqueItems")
    match pair.flags():
        case (False, True):
            location.add_change("unique-items-set", pair, "must have unique items now")
        case (True, False):
            location.add_change("unique-items-unset", pair, "may repeat items now")


def _formats(old: SchemaView, new: SchemaView, location: Location) -> None:
    pair = keyword(old, new, "format")
    was, is_now = pair.values()
    if was != is_now:
        location.add_change(_format_change(was, is_now), pair, instead("format", pair))


def _format_change(was: Any, is_now: Any) -> str:
    if was is None or (is_now, was) in WIDER_FORMATS:
        return "type-specialized"
    if is_now is None or (was, is_now) in WIDER_FORMATS:
        return "type-generalized"
    return "type-changed"


def _constraints(old: SchemaView, new: SchemaView, location: Location, judge: Judge) -> None:
    for name in _CONSTRAINTS:
        before, after = (_constraint(side, name) for side in (old, new))
        change: Change = "changed" if before and after else "added" if after else "removed"
        if before is after is None:
            continue
        if before and after and judge.says_the_same(name, before, after):
            continue
        pair, message = Pair(before, after), f"{HAS[change]} constraint {name}"
        severity: Severity | None = None
        rest = _RESTS.get(name, "")
        if change == "changed" or any(restricting(side, rest) for side in (old, new)):
            severity, judged = _of_constraint(old, new, location, judge)
            message += judged
        location.add(f"{location.subject}-constraint-{change}", pair, message, severity=severity)


def _of_constraint(
    old: SchemaView, new: SchemaView, location: Location, judge: Judge
) -> tuple[Severity, str]:
    """Judge a constraint that may allow more or less now; return the end of the message, too."""
    sides = (old.node, new.node) if location.direction == "request" else (new.node, old.node)
    judgement = judge.contained(*sides, location.direction)
    if judgement.holds is False:
        return "breaking", f", and {judgement.says(location.direction)}"
    return ("info" if judgement.holds else "warning"), ""


def _constraint(side: SchemaView, name: str) -> Node | None:
    """Return the value of a keyword, or None if it constrains nothing."""
    node = side.keywords.get(name)
    if name == "contains":
        # Whatever it says, an item has to be there, unless none has to match.
        free = side.count("minContains") == 0 and side.count("maxContains") is None
        return None if free else node
    if node is None or node.value in ({}, _NO_CONSTRAINT.get(name, {})):
        return None
    if name == "pattern" and node.value in ANY_TEXT:
        return None
    held = [*entries(node).values(), *elements(node)] if name in _OF_SCHEMAS else []
    return None if held and all(each.value in ({}, True) for each in held) else node


def _encodings(old: SchemaView, new: SchemaView, location: Location) -> None:
    for name, rule in _ENCODINGS.items():
        pair = keyword(old, new, name)
        was, is_now = pair.values()
        if was != is_now:
            location.add_change(f"{rule}-changed", pair, instead(name, pair))
