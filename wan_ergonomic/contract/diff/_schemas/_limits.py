"""Compares limits: ranges of numbers, counts, multiples.

A larger upper limit allows more, a larger lower limit allows less.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from wan_ergonomic.contract.document._bounds import ENDS, Bound, bound
from wan_ergonomic.contract.document._equality import is_number
from wan_ergonomic.contract.document._node import Node
from wan_ergonomic.contract.document._view import SchemaView

from .._context import Location, Pair, keyword

_COUNTS: Mapping[str, str] = {
    "maxLength": "max-length",
    "minLength": "min-length",
    "maxItems": "max-items",
    "minItems": "min-items",
    "maxProperties": "max-properties",
    "minProperties": "min-properties",
    "maxContains": "max-contains",
    "minContains": "min-contains",
}
# The largest minimum that constrains nothing, where that is not 0.
_NO_CONSTRAINT: Mapping[str, int] = {"minContains": 1}


def compare_limits(old: SchemaView, new: SchemaView, location: Location) -> None:
    """Report each limit that was set, removed or moved."""
    _ranges(old, new, location)
    _counts(old, new, location)
    _multiples(old, new, location)


def _ranges(old: SchemaView, new: SchemaView, location: Location) -> None:
    for name, sign in ENDS:
        before, after = bound(old, name, sign), bound(new, name, sign)
        if before and after:
            if before.extent != after.extent:
                _moved_bound(before, after, sign, location)
        elif after:
            pair, message = Pair(None, after.node), f"has the {name} {after.node.value} now"
            location.add_change(f"{after.rule}-set", pair, message)
        elif before:
            pair, message = Pair(before.node, None), f"no longer has a {name}"
            location.add_change(f"{before.rule}-unset", pair, message)


def _moved_bound(before: Bound, after: Bound, sign: int, location: Location) -> None:
    wider = after.extent > before.extent
    limit = after.node.value
    pair = Pair(before.node, after.node)
    if before.extent[0] == after.extent[0]:
        # The same number, which is in the range now, or no longer.
        change = f"exclusive-{'max' if sign > 0 else 'min'}-{'unset' if wider else 'set'}"
        message = f"{'may' if wider else 'may no longer'} be {limit} itself"
        flags = Pair(before.exclusive, after.exclusive)
        pair = flags if any(flags) else pair
    else:
        change = f"{after.rule}-{'increased' if wider == (sign > 0) else 'decreased'}"
        message = f"has the limit {limit} instead of {before.node.value}"
    location.add_change(change, pair, message)


def _counts(old: SchemaView, new: SchemaView, location: Location) -> None:
    _least_contained(old, new, location)
    for name, rule in _COUNTS.items():
        before, after = (_count(node, name) for node in keyword(old, new, name))
        pair = Pair(before, after)
        if before and after:
            if before.value != after.value:
                change = "increased" if after.value > before.value else "decreased"
                message = f"has the {name} {after.value} instead of {before.value}"
                location.add_change(f"{rule}-{change}", pair, message)
        elif after:
            location.add_change(f"{rule}-set", pair, f"has the {name} {after.value} now")
        elif before:
            location.add_change(f"{rule}-unset", pair, f"no longer has a {name}")


def _least_contained(old: SchemaView, new: SchemaView, location: Location) -> None:
    """Report that no item has to match ``contains`` any more, or that one has to."""
    sides = old, new
    was, is_now = (side.count("minContains") == 0 for side in sides)
    counted = any(_count(side.keywords.get("minContains"), "minContains") for side in sides)
    if was != is_now and not counted and all("contains" in side.keywords for side in sides):
        change = "decreased" if is_now else "increased"
        says = "need not have" if is_now else "must have"
        message = f"{says} an item that matches contains now"
        location.add_change(f"min-contains-{change}", keyword(old, new, "minContains"), message)


def _count(node: Node | None, name: str) -> Node | None:
    """Return a limit, or None if it constrains nothing, as a minimum of 0 does."""
    if node is None or not is_number(node.value):
        return None
    no_constraint = name.startswith("min") and node.value <= _NO_CONSTRAINT.get(name, 0)
    return None if no_constraint else node


def _multiples(old: SchemaView, new: SchemaView, location: Location) -> None:
    pair = keyword(old, new, "multipleOf")
    was, is_now = pair.values()
    match pair.change():
        case "added":
            location.add_change("multiple-of-set", pair, f"must be a multiple of {is_now} now")
        case "removed":
            message = f"no longer has to be a multiple of {was}"
            location.add_change("multiple-of-unset", pair, message)
        case "changed":
            message = f"must be a multiple of {is_now} instead of {was}"
            location.add_change(_multiple_change(was, is_now), pair, message)


def _multiple_change(before: Any, after: Any) -> str:
    if all(is_number(step) and step > 0 and step < float("inf") for step in (before, after)):
        # As decimal fractions: 0.3 is three times 0.1.
        old, new = Fraction(str(before)), Fraction(str(after))
        if old % new == 0:
            return "multiple-of-generalized"
        if new % old == 0:
            return "multiple-of-specialized"
    return "multiple-of-changed"
