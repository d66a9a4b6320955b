"""Compares what is said about a value that does not restrict it: texts, defaults, deprecation."""

from __future__ import annotations

import json
from dataclasses import replace

from wan_ergonomic.contract.document._equality import as_json
from wan_ergonomic.contract.document._node import Node, entries, value_of
from wan_ergonomic.contract.document._schema import view
from wan_ergonomic.contract.document._view import SchemaView

from .._context import Location, Pair, keyword
from .._fields import compare_deprecated, compare_text

HAS = {"added": "has the new", "changed": "has another", "removed": "no longer has the"}
# Schemas of one place that are looked at for what they say.
_MOST_SCHEMAS = 2_000
_SAID = frozenset({"default", "deprecated"})
# Keywords whose schema is for what is within a value, and the name of its place.
_BELOW = (("items", "[]"), ("additionalProperties", "*"))
_Path = tuple[str, ...]
_Said = dict[tuple[_Path, str], dict[str, Node]]


def compare_annotations(old: SchemaView, new: SchemaView, location: Location) -> None:
    """Report each change of what is said about a value that does not restrict it."""
    for name in sorted(_SAID):
        _compare_said(name, keyword(old, new, name), location)
    _compare_others(old, new, location)


def compare_scattered(old: Node, new: Node, location: Location) -> None:
    """Compare what is said within two schemas whose parts are in other places, at any depth."""
    before, after = _said_within(old), _said_within(new)
    for path, name in dict.fromkeys((*before, *after)):
        sides = [side.get((path, name), {}) for side in (before, after)]
        pair = Pair(_only(*sides), _only(*sides[::-1]))
        there = location
        for each in path:
            there = there.below(each)
        _compare_said(name, pair, there)
    _compare_others(view(old), view(new), location)


def _only(ours: dict[str, Node], theirs: dict[str, Node]) -> Node | None:
    """Return where something is said that the other schema says nowhere."""
    return next((node for text, node in ours.items() if text not in theirs), None)


def _said_within(top: Node) -> _Said:
    """Return where a default, or a deprecation, is said, by place and keyword."""
    found: _Said = {}
    pending: list[tuple[Node, _Path]] = [(top, ())]
    seen: set[object] = set()
    while pending and len(seen) < _MOST_SCHEMAS:
        node, path = pending.pop()
        side = view(node)
        if side.node.key in seen:
            continue
        seen.add(side.node.key)
        for name in _SAID & side.keywords.keys():
            said = side.keywords[name]
            if name != "deprecated" or said.value is True:
                found.setdefault((path, name), {})[as_json(said.value)] = said
        pending += ((each, (*path, name)) for name, each in side.properties.items())
        pending += ((side.keywords[w], (*path, p)) for w, p in _BELOW if w in side.keywords)
        pending += ((branch, path) for union in side.unions for branch in union.branches)
    return found


def _compare_said(name: str, pair: Pair, location: Location) -> None:
    if name == "deprecated":
        compare_deprecated(pair, location)
    elif change := pair.change():
        location.add_change(f"default-value-{change}", pair, instead(name, pair))


def _compare_others(old: SchemaView, new: SchemaView, location: Location) -> None:
    _discriminators(old, new, location)
    pair = keyword(old, new, "xml")
    if location.form == "xml" and pair.change():
        location.add_change("xml-changed", pair, "is written in another way in XML")


def in_all_variants(side: SchemaView) -> SchemaView:
    """Return a schema with what all variants of a union say that does not restrict a value."""
    found = {}
    for variants in ([view(branch) for branch in union.branches] for union in side.unions):
        for name in sorted(_SAID):
            said = [variant.keywords.get(name) for variant in variants]
            if len({as_json(value_of(node)) for node in said}) == 1 and said[0]:
                found[name] = said[0]
    return replace(side, keywords=found | side.keywords)


def compare_texts(old: SchemaView, new: SchemaView, location: Location) -> None:
    """Report a description and a title that changed."""
    for name in ("description", "title"):
        rule = f"{location.subject}-{name}-changed"
        compare_text(keyword(old, new, name), name, rule, location)


def instead(name: str, pair: Pair) -> str:
    """Say which value a keyword has now, and which it had."""
    was, is_now = (json.dumps(value) for value in pair.values())
    if pair.new is None:
        return f"no longer has the {name} {was}"
    return f"has the {name} {is_now} " + (f"instead of {was}" if pair.old else "now")


def _discriminators(old: SchemaView, new: SchemaView, location: Location) -> None:
    pair = keyword(old, new, "discriminator")
    change = pair.change()
    if pair.old and pair.new:
        names = pair.get("propertyName")
        if names.change():
            message = "has another property for its discriminator"
            location.add_change("discriminator-property-name-changed", names, message)
        _mappings(pair.get("mapping"), location)
        others = pair.get("defaultMapping")
        if others.change():
            rule, message = "discriminator-mapping-changed", "has another default of its mapping"
            location.add_change(rule, others, message)
    elif change:
        location.add_change(f"discriminator-{change}", pair, f"{HAS[change]} discriminator")


def _mappings(mappings: Pair, location: Location) -> None:
    old, new = (entries(side) for side in mappings)
    for name in dict.fromkeys((*old, *new)):
        pair = Pair(old.get(name), new.get(name))
        if change := pair.change():
            # As oasdiff calls it.
            rule = "deleted" if change == "removed" else change
            message = f"{HAS[change]} discriminator mapping for {name!r}"
            location.add_change(f"discriminator-mapping-{rule}", pair, message)
