"""Compares what a schema says about single values: lists of values, defaults, words.

Each rule here is about one keyword, or a pair that belongs together. What a
schema says about its parts is compared in ``_schemas``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from wan_ergonomic.contract.document._equality import meaning, same, text
from wan_ergonomic.contract.document._node import Node, entries, value_of
from wan_ergonomic.contract.document._schema import View

from ._context import Report, Spot
from ._limits import compare_bounds

# Each narrows what is allowed, in ways that are not weighed against each other.
_CONSTRAINTS = (
    "pattern", "not", "if", "then", "else", "contains", "prefixItems", "propertyNames",
    "patternProperties", "dependentRequired", "dependentSchemas", "unevaluatedItems",
    "unevaluatedProperties", "contentSchema",
)  # fmt: skip
_ENCODINGS: Mapping[str, str] = {
    "contentEncoding": "content-encoding",
    "contentMediaType": "content-media-type",
}
# What allows nothing less than not being there; else an empty schema or object.
_IDLE: Mapping[str, Any] = {"not": False, "unevaluatedItems": True, "unevaluatedProperties": True}
# Not a set: what a document calls a format may be anything.
_WIDER_FORMATS = (("int32", "int64"), ("float", "double"))
_SHOWN_VALUES = 8


def compare_facets(old: View, new: View, spot: Spot, report: Report) -> None:
    """Report each change of what two schemas say about a value itself."""
    for compare in _RULES:
        compare(old, new, spot, report)


def compare_words(old: View, new: View, spot: Spot, report: Report) -> None:
    """Report what was written anew for people."""
    for word in ("description", "title"):
        before, after = old.words.get(word), new.words.get(word)
        if text(before) != text(after):
            report.add_here(spot, f"{word}-changed", (before, after), reworded(word, after))


def reworded(word: str, after: Node | None) -> str:
    """Say that a text for people is another one now."""
    return f"has another {word}" if after else f"has lost its {word}"


def compare_nullability(old: View, new: View, spot: Spot, report: Report) -> None:
    """Report whether null is allowed now, or no longer."""
    nodes = before, after = old.null, new.null
    if not all(side.types or side.branches for side in (old, new)):
        return
    if after and not before:
        report.add_here(spot, "became-nullable", nodes, "may be null now")
    elif before and not after:
        report.add_here(spot, "became-not-nullable", nodes, "may no longer be null")


def _values(old: View, new: View, spot: Spot, report: Report) -> None:
    words = {*old.words, *new.words}
    if "const" in words and "enum" not in words:
        _constant(old.words.get("const"), new.words.get("const"), spot, report)
        return
    before, after = old.enum(), new.enum()
    if before is None and after is not None:
        nodes = None, _where_listed(new)
        report.add_here(spot, "became-enum", nodes, f"takes listed values only: {_listed(after)}")
    elif before is not None and after is None:
        message = "is no longer limited to listed values"
        report.add_here(spot, "became-not-enum", (_where_listed(old), None), message)
    elif before is not None and after is not None:
        _listed_values(before, after, spot, report)


def _where_listed(side: View) -> Node | None:
    return side.words.get("enum", side.words.get("const"))


def _listed(nodes: list[Node]) -> str:
    listed = ", ".join(json.dumps(node.value) for node in nodes[:_SHOWN_VALUES])
    return f"{listed}…" if len(nodes) > _SHOWN_VALUES else listed


def _listed_values(before: list[Node], after: list[Node], spot: Spot, report: Report) -> None:
    old, new = ({json.dumps(n.value, sort_keys=True): n for n in side} for side in (before, after))
    for value, node in old.items():
        if value not in new:
            report.add_here(spot, "enum-value-removed", (node, None), f"no longer lists {value}")
    for value, node in new.items():
        if value not in old:
            report.add_here(spot, "enum-value-added", (None, node), f"lists {value} now")


def _constant(before: Node | None, after: Node | None, spot: Spot, report: Report) -> None:
    nodes = before, after
    if after is None:
        report.add_here(spot, "const-removed", nodes, "is no longer limited to one value")
    elif before is None:
        report.add_here(spot, "const-added", nodes, f"takes {json.dumps(after.value)} only")
    elif not same(before.value, after.value):
        report.add_here(spot, "const-changed", nodes, f"takes {json.dumps(after.value)} only")


def _uniqueness(old: View, new: View, spot: Spot, report: Report) -> None:
    nodes = old.words.get("uniqueItems"), new.words.get("uniqueItems")
    was, is_now = (value_of(node) is True for node in nodes)
    if is_now and not was:
        report.add_here(spot, "unique-items-set", nodes, "no longer takes an item twice")
    elif was and not is_now:
        report.add_here(spot, "unique-items-unset", nodes, "may hold an item twice")


def _formats(old: View, new: View, spot: Spot, report: Report) -> None:
    was, is_now = old.value("format"), new.value("format")
    if was != is_now:
        nodes = old.words.get("format"), new.words.get("format")
        message = f"has the format {is_now or 'open'} instead of {was or 'open'}"
        report.add_here(spot, _format_change(was, is_now), nodes, message)


def _format_change(was: Any, is_now: Any) -> str:
    if was is None or (is_now, was) in _WIDER_FORMATS:
        return "type-specialized"
    if is_now is None or (was, is_now) in _WIDER_FORMATS:
        return "type-generalized"
    return "type-changed"


def _constraints(old: View, new: View, spot: Spot, report: Report) -> None:
    for word in _CONSTRAINTS:
        nodes = before, after = _constraint(old, word), _constraint(new, word)
        if before is None and after is not None:
            report.add_here(spot, "constraint-added", nodes, f"has a constraint now ({word})")
        elif before is not None and after is None:
            message = f"has lost a constraint ({word})"
            report.add_here(spot, "constraint-removed", nodes, message)
        elif before and after and not same(meaning(before.value), meaning(after.value)):
            message = f"has another constraint ({word})"
            report.add_here(spot, "constraint-changed", nodes, message)


def _constraint(side: View, word: str) -> Node | None:
    node = side.words.get(word)
    return None if node is None or node.value in ({}, _IDLE.get(word, {})) else node


def _encodings(old: View, new: View, spot: Spot, report: Report) -> None:
    for word, name in _ENCODINGS.items():
        was, is_now = old.value(word), new.value(word)
        if was != is_now:
            nodes = old.words.get(word), new.words.get(word)
            message = f"has the {word} {is_now or 'open'} instead of {was or 'open'}"
            report.add_here(spot, f"{name}-changed", nodes, message)


def _defaults(old: View, new: View, spot: Spot, report: Report) -> None:
    nodes = before, after = old.words.get("default"), new.words.get("default")
    if before is None and after is not None:
        message = f"has the default {json.dumps(after.value)} now"
        report.add_here(spot, "default-value-added", nodes, message)
    elif before is not None and after is None:
        message = f"has lost its default {json.dumps(before.value)}"
        report.add_here(spot, "default-value-removed", nodes, message)
    elif before and after and not same(before.value, after.value):
        message = f"has the default {json.dumps(after.value)} instead of {json.dumps(before.value)}"
        report.add_here(spot, "default-value-changed", nodes, message)


def _deprecation(old: View, new: View, spot: Spot, report: Report) -> None:
    nodes = old.words.get("deprecated"), new.words.get("deprecated")
    was, is_now = (value_of(node) is True for node in nodes)
    if is_now and not was:
        report.add_here(spot, "deprecated", nodes, "is deprecated")
    elif was and not is_now:
        report.add_here(spot, "reactivated", nodes, "is no longer deprecated")


def _discriminators(old: View, new: View, spot: Spot, report: Report) -> None:
    nodes = before, after = old.words.get("discriminator"), new.words.get("discriminator")
    if before is None and after is not None:
        report.add_here(spot, "discriminator-added", nodes, "has a discriminator now")
    elif before is not None and after is None:
        report.add_here(spot, "discriminator-removed", nodes, "has lost its discriminator")
    elif before and after:
        names = before.get("propertyName"), after.get("propertyName")
        if not same(*map(value_of, names)):
            message = "is told apart by another property"
            report.add_here(spot, "discriminator-property-name-changed", names, message)
        _mappings(entries(before.get("mapping")), entries(after.get("mapping")), spot, report)


def _mappings(old: Mapping[str, Node], new: Mapping[str, Node], spot: Spot, report: Report) -> None:
    for name in (*old, *(n for n in new if n not in old)):
        nodes = before, after = old.get(name), new.get(name)
        if before is None:
            message = f"has a variant for {name!r} in its discriminator now"
            report.add_here(spot, "discriminator-mapping-added", nodes, message)
        elif after is None:
            message = f"has no variant for {name!r} in its discriminator any more"
            report.add_here(spot, "discriminator-mapping-deleted", nodes, message)
        elif not same(before.value, after.value):
            message = f"has another variant for {name!r} in its discriminator"
            report.add_here(spot, "discriminator-mapping-changed", nodes, message)


_RULES: tuple[Callable[[View, View, Spot, Report], None], ...] = (
    compare_nullability,
    _values,
    compare_bounds,
    _uniqueness,
    _formats,
    _constraints,
    _encodings,
    _defaults,
    _deprecation,
    _discriminators,
)
