"""Compares limits: ranges of numbers, counts, steps.

An upper limit that grows allows more, a lower one allows less.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from wan_ergonomic.contract.document._equality import is_number, same
from wan_ergonomic.contract.document._node import Node
from wan_ergonomic.contract.document._schema import View

from ._context import Report, Spot

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
# Up to which number a least count limits nothing, where that is not 0.
_IDLE: Mapping[str, int] = {"minContains": 1}


def compare_bounds(old: View, new: View, spot: Spot, report: Report) -> None:
    """Report each limit that was set, lifted or moved."""
    _ranges(old, new, spot, report)
    _counts(old, new, spot, report)
    _steps(old, new, spot, report)


class _Bound(NamedTuple):
    """An end of a range; ``reach`` grows with what it allows."""

    reach: tuple[float, bool]
    facet: str
    node: Node
    exclusive: Node | None


def _bound(side: View, name: str, sign: int) -> _Bound | None:
    facet = "max" if sign > 0 else "min"
    inclusive = side.words.get(name)
    exclusive = side.words.get(f"exclusive{name.capitalize()}")
    bounds = []
    if inclusive is not None and is_number(inclusive.value):
        open_end = exclusive is not None and exclusive.value is True
        reach = (inclusive.value * sign, not open_end)
        bounds.append(_Bound(reach, facet, inclusive, exclusive if open_end else None))
    if exclusive is not None and is_number(exclusive.value):
        reach = (exclusive.value * sign, False)
        bounds.append(_Bound(reach, f"exclusive-{facet}", exclusive, None))
    return min(bounds, key=lambda bound: bound.reach, default=None)


def _ranges(old: View, new: View, spot: Spot, report: Report) -> None:
    for name, sign in (("maximum", 1), ("minimum", -1)):
        before, after = _bound(old, name, sign), _bound(new, name, sign)
        if before is None and after is not None:
            message = f"has {name} {after.node.value} now"
            report.add_here(spot, f"{after.facet}-set", (None, after.node), message)
        elif before is not None and after is None:
            report.add_here(spot, f"{before.facet}-unset", (before.node, None), f"has no {name}")
        elif before is not None and after is not None and before.reach != after.reach:
            _moved_bound(before, after, sign, spot, report)


def _moved_bound(before: _Bound, after: _Bound, sign: int, spot: Spot, report: Report) -> None:
    wider = after.reach > before.reach
    limit = after.node.value
    if before.reach[0] == after.reach[0]:
        # The same number, which is in the range now, or no longer.
        change = f"exclusive-{'max' if sign > 0 else 'min'}-{'unset' if wider else 'set'}"
        message = f"{'takes' if wider else 'no longer takes'} its limit {limit} itself"
        spoken = before.exclusive, after.exclusive
        nodes = spoken if any(spoken) else (before.node, after.node)
    else:
        change = f"{after.facet}-{'increased' if wider == (sign > 0) else 'decreased'}"
        message = f"has the limit {limit} instead of {before.node.value}"
        nodes = before.node, after.node
    report.add_here(spot, change, nodes, message)


def _counts(old: View, new: View, spot: Spot, report: Report) -> None:
    for word, facet in _COUNTS.items():
        before, after = _number(old, word), _number(new, word)
        nodes = before, after
        if before is None and after is not None:
            report.add_here(spot, f"{facet}-set", nodes, f"has {word} {after.value} now")
        elif before is not None and after is None:
            report.add_here(spot, f"{facet}-unset", nodes, f"has no {word}")
        elif before is not None and after is not None and before.value != after.value:
            change = f"{facet}-{'increased' if after.value > before.value else 'decreased'}"
            message = f"has {word} {after.value} instead of {before.value}"
            report.add_here(spot, change, nodes, message)


def _number(side: View, word: str) -> Node | None:
    """Return a limit; none where it limits nothing, as a least count of 0 does."""
    node = side.words.get(word)
    if node is None or not is_number(node.value):
        return None
    return None if word.startswith("min") and node.value <= _IDLE.get(word, 0) else node


def _steps(old: View, new: View, spot: Spot, report: Report) -> None:
    nodes = before, after = old.words.get("multipleOf"), new.words.get("multipleOf")
    if before is None and after is not None:
        message = f"takes multiples of {after.value} only"
        report.add_here(spot, "multiple-of-set", nodes, message)
    elif before is not None and after is None:
        report.add_here(spot, "multiple-of-unset", nodes, "takes more than multiples")
    elif before is not None and after is not None and not same(before.value, after.value):
        message = f"takes multiples of {after.value} instead of {before.value}"
        report.add_here(spot, _step_change(before.value, after.value), nodes, message)


def _step_change(before: Any, after: Any) -> str:
    if all(is_number(step) and step > 0 and step < float("inf") for step in (before, after)):
        # As written: 0.3 is three times 0.1.
        old, new = Fraction(str(before)), Fraction(str(after))
        if old % new == 0:
            return "multiple-of-generalized"
        if new % old == 0:
            return "multiple-of-specialized"
    return "multiple-of-changed"
