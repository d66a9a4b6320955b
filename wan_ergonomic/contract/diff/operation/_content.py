"""Compares the content of a request body or a response: its media types and their schemas.

A request may have any type that is listed, so a list that covers more allows more. A
response may be of any type that is listed, so a list that covers less promises more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from wan_ergonomic._spec import model
from wan_ergonomic.contract.diff._context import Location, Pair, name_of
from wan_ergonomic.contract.diff._finding import Severity
from wan_ergonomic.contract.diff._schemas import SchemaDiff
from wan_ergonomic.contract.document._node import Node, entries
from wan_ergonomic.contract.document._schema import is_binary, view

from ._media_types import MediaType, media_type


class _Change(NamedTuple):
    """What happened to a media type.

    Attributes:
        name: The end of the rule's name.
        severity: Replaces the rule's.
    """

    name: str
    severity: Severity | None = None


def compare_content(content: Pair, location: Location, schemas: SchemaDiff) -> None:
    """Report media types that were added and removed, and compare the schemas of the others."""
    before, after = (_media_types(side) for side in content)
    lists = _Lists([*before], [*after], location)
    removed = {each: node for each, node in before.items() if each not in after}
    added = {each: node for each, node in after.items() if each not in before}
    pairs = [Pair(node, after[each]) for each, node in before.items() if each in after]
    for old, new, change in lists.replaced([*removed], [*added]):
        pair = Pair(removed.pop(old), added.pop(new))
        shown = name_of(pair.old), name_of(pair.new)
        message = f"has the media type {shown[1]} instead of {shown[0]}"
        _add(change, pair, message, location, shown=shown)
        pairs.append(pair)
    for each, node in removed.items():
        change = _Change("removed", "info" if lists.is_harmless(each) else None)
        message = f"no longer has the media type {name_of(node)}"
        _add(change, Pair(node, None), message, location)
        # Another media type describes this content now, or did before.
        pairs += [Pair(node, wider) for wider in _wider(each, after)]
    for each, node in added.items():
        message = f"has the new media type {name_of(node)}"
        _add(_Change("added"), Pair(None, node), message, location)
        pairs += [Pair(wider, node) for wider in _wider(each, before)]
    for pair in pairs:
        media = media_type(name_of(pair.new))
        location = replace(location, form=media.form())
        if not _are_binary(pair.get("schema"), media):
            _compare_schemas(pair.get("schema"), location, schemas)
        # What OpenAPI 3.2 has for each event of a stream.
        items = pair.get("itemSchema")
        _compare_schemas(items, location.below("[]") if all(items) else location, schemas)


def _media_types(content: Node | None) -> dict[MediaType, Node]:
    found: dict[MediaType, Node] = {}
    for name, node in entries(content).items():
        each = media_type(name)
        # Two names may mean the same.
        is_other = {("written", name)} if each in found else frozenset()
        found[each._replace(parameters=each.parameters | is_other)] = node
    return found


def _wider(narrow: MediaType, content: Mapping[MediaType, Node]) -> list[Node]:
    """Return the first media type that covers another one, if any does."""
    return [node for each, node in content.items() if each.covers(narrow)][:1]


def _add(
    change: _Change,
    pair: Pair,
    message: str,
    location: Location,
    shown: tuple[str, str] | None = None,
) -> None:
    subject = "response" if location.direction == "response" else "request-body"
    rule = f"{subject}-media-type-{change.name}"
    location.add(rule, pair, message, severity=change.severity, shown=shown)


class _Lists(NamedTuple):
    """The media types of a body on both sides.

    Attributes:
        before: The old ones.
        after: The new ones.
        location: The body.
    """

    before: list[MediaType]
    after: list[MediaType]
    location: Location

    def is_harmless(self, old: MediaType, new: MediaType | None = None) -> bool:
        """Whether other media types make up for one that is gone, or that became another one."""
        if self.location.direction == "request":
            return any(each.covers(old) for each in self.after)
        expected = new is None or any(each.covers(new) for each in self.before)
        ranges = (each for each in self.after if each.is_range())
        offered = any(map(old.covers, self.after)) or any(each.covers(old) for each in ranges)
        return expected and offered

    def replaced(
        self, removed: list[MediaType], added: list[MediaType]
    ) -> list[tuple[MediaType, MediaType, _Change]]:
        """Return media types that became others: related ones, or the only ones on both sides."""
        found, left = [], list(added)
        for old in removed:
            related = {new: change for new in left if (change := self._change(old, new))}
            new = next((new for new in related if new.covers(old)), next(iter(related), None))
            if new:
                found.append((old, new, self._judged(related[new], old, new)))
                left.remove(new)
        if not found and len(removed) == len(added) == 1:
            old, new = removed[0], added[0]
            found.append((old, new, self._judged(_Change("changed"), old, new)))
        return found

    def _judged(self, change: _Change, old: MediaType, new: MediaType) -> _Change:
        return change._replace(severity="info") if self.is_harmless(old, new) else change

    def _change(self, old: MediaType, new: MediaType) -> _Change | None:
        """Return what happened if a media type became a related one; None for an unrelated one."""
        response = self.location.direction == "response"
        if new.covers(old):
            # A parameter that is no longer said may still have its value.
            mild = response and new[:2] == old[:2]
            return _Change("name-generalized", "warning" if mild else None)
        if old.covers(new):
            return _Change("name-specialized")
        if response and new.has_syntax_of(old):
            # Who parses JSON can parse this, too. Who compares the name of the type cannot.
            success = self.location.place.startswith("response/2")
            return _Change("name-specialized", "warning" if success else None)
        if response and old.has_syntax_of(new):
            return _Change("name-generalized", "warning")
        return None


def _compare_schemas(pair: Pair, location: Location, schemas: SchemaDiff) -> None:
    if pair.old and pair.new:
        old, new = _of_our_model(pair.old, location), _of_our_model(pair.new, location)
        schemas.compare(old, new, location)
    elif pair.old:
        location.add_change("media-type-schema-removed", pair, "no longer has a schema")
    elif pair.new:
        location.add_change("media-type-schema-added", pair, "has a schema now")


def _are_binary(pair: Pair, media: MediaType) -> bool:
    """Whether both schemas, each of which may be absent, are for a body that is mere bytes."""
    return media.is_opaque() and all(node is None or is_binary(view(node)) for node in pair)


def _of_our_model(node: Node, location: Location) -> Node:
    """Return the schema for our model, where a request has one schema for each model."""
    found = view(node)
    if location.direction == "request" and found.is_mere_union():
        for branch in found.branches:
            named = view(branch).properties.get("model")
            if named and model() in {value.value for value in view(named).enum() or ()}:
                return branch
    return node
