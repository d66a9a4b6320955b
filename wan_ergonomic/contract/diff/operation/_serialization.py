"""Compares how the value of a parameter or a header becomes text, and its schema.

What counts is the text: ``explode`` for a value that is neither an array nor an object
changes nothing, and neither does a default that is written out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from wan_ergonomic.contract.diff._context import Location, Pair
from wan_ergonomic.contract.diff._schemas import SchemaDiff
from wan_ergonomic.contract.document._node import Node, entries, value_of
from wan_ergonomic.contract.document._schema import view

from ._media_types import MediaType, media_type

# The default styles.
_STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}
# These are written as they are, without anything before them.
_PLAIN = MediaType("text", "plain")
# The other styles write a value that is neither an array nor an object as these do.
_PREFIXED = ("label", "matrix")
_DELIMITED = ("spaceDelimited", "pipeDelimited")
_SHAPES: Mapping[str, str] = {"array": "array", "object": "object", "string": "text"}
# Null, booleans and numbers have one form, in JSON as in a URL.
_OTHER_SHAPE = "number"
ALL_SHAPES = frozenset({*_SHAPES.values(), _OTHER_SHAPE})


class _Value(NamedTuple):
    """How a value is described.

    Attributes:
        schema: Its schema, which can be that of a media type.
        media: The media type as which it is serialized, if it is not by a style.
        style: The style.
        explode: Whether each element of an array or an object is written on its own.
    """

    schema: Node | None
    media: MediaType | None
    style: object
    explode: bool

    def form(self, shape: str) -> tuple[object, object]:
        """Return what the text for a value of a shape depends on."""
        if self.media:
            plain = self.media == _PLAIN or (self.media.is_json() and shape == "number")
            return ("plain", None) if plain and shape in {"number", "text"} else (self.media, None)
        if shape in {"number", "text"}:
            return self.style if self.style in _PREFIXED else "plain", None
        if self.style in _DELIMITED and self.explode and shape == "array":
            return "form", True
        one_form = self.style == "deepObject" or (self.style == "simple" and shape == "array")
        return self.style, None if one_form else self.explode


def compare_value(pair: Pair, place: str, location: Location, schemas: SchemaDiff) -> None:
    """Report changes of the serialization and of the schema of what is on both sides.

    Args:
        pair: The parameter or the header.
        place: Where it is sent: ``query``, ``header``…
        location: Its location.
        schemas: Compares the schemas.
    """
    old, new = (_value(node, place) for node in pair if node)
    shared = shapes(old.schema) & shapes(new.schema)
    if any(old.form(shape) != new.form(shape) for shape in shared):
        field = _different_field(old, new)
        message = f"is serialized in another way ({field})"
        location.add_change("serialization-changed", pair.get(field), message)
    if pair.old and pair.new and (old.schema or new.schema):
        before, after = old.schema or _any(pair.old), new.schema or _any(pair.new)
        schemas.compare(before, after, location)


def is_sent_by_property(holder: Node, place: str) -> bool:
    """Whether a parameter is written as its properties, each by its own name."""
    value = _value(holder, place)
    return value.form("object") == ("form", True) and shapes(value.schema) == {"object"}


def shapes(schema: Node | None) -> frozenset[str]:
    """Return the shapes that a value may have, as far as its schema says."""
    found: set[str] = set()
    pending, seen = [schema], set[str]()
    while pending:
        node = pending.pop()
        side = view(node) if node else None
        if side and side.types:
            found |= {_SHAPES.get(name, _OTHER_SHAPE) for name in side.types}
        elif side and side.branches:
            pending += [each for each in side.branches if each.pointer not in seen]
            seen |= {each.pointer for each in side.branches}
        else:
            return ALL_SHAPES
    return frozenset(found)


def _value(holder: Node, place: str) -> _Value:
    for name, media in entries(holder.get("content")).items():
        # There can be only one.
        return _Value(media.get("schema"), media_type(name), None, explode=False)
    style = value_of(holder.get("style")) or _STYLES.get(place)
    written = holder.get("explode")
    explode = written.value is True if written else style == "form"
    return _Value(holder.get("schema"), None, style, explode)


def _different_field(old: _Value, new: _Value) -> str:
    if old.media != new.media:
        return "content"
    return "style" if old.style != new.style else "explode"


def _any(holder: Node) -> Node:
    """Return the schema of a value without one, which allows anything."""
    return Node({}, f"{holder.pointer}/schema", holder.tree)
