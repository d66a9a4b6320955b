"""References within a document: JSON pointers in the fragment of a URI."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from wan_ergonomic._json import escape, unescape

COMPONENT = "#/components/schemas/"
# A tuple, because ``dict | list`` is made anew for each value that is looked at.
CONTAINERS = (dict, list)


def look_up(document: Mapping[str, Any], reference: str) -> tuple[Any, str] | None:
    """Return what a reference leads to, and its pointer; None if it leads nowhere."""
    if reference != "#" and not reference.startswith("#/"):
        return None
    pointer = unquote(reference[1:])
    value: Any = document
    for key in map(unescape, pointer.split("/")[1:]):
        if isinstance(value, list) and is_index(key) and int(key) < len(value):
            value = value[int(key)]
        elif isinstance(value, Mapping) and key in value:
            value = value[key]
        else:
            return None
    return value, pointer


def references(value: Any) -> Iterator[str]:
    """Yield each reference within a value, without following it."""
    for item in _objects(value):
        if isinstance(item.get("$ref"), str):
            yield item["$ref"]


def targets(value: Any) -> Iterator[str]:
    """Yield each reference within a value, those in the mappings of discriminators included."""
    for item in _objects(value):
        if isinstance(item.get("$ref"), str):
            yield item["$ref"]
        for target in mapping_of(item).values():
            # A mapping may have the mere name of a component.
            yield target if str(target).startswith("#") else reference_to(str(target))


def mapping_of(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the mapping of a schema's discriminator; empty if it has none."""
    chosen = schema.get("discriminator")
    mapping = chosen.get("mapping") if isinstance(chosen, dict) else None
    return mapping if isinstance(mapping, dict) else {}


def mapped(value: Any) -> Iterator[str]:
    """Yield each reference in the mapping of a discriminator within a value."""
    for item in _objects(value):
        yield from (to for to in mapping_of(item).values() if str(to).startswith("#/"))


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Yield each object within a value."""
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            yield item
            pending += [part for part in item.values() if isinstance(part, CONTAINERS)]
        elif isinstance(item, list):
            pending += [part for part in item if isinstance(part, CONTAINERS)]


def is_index(key: str) -> bool:
    """Whether a segment of a pointer can be an index of a list."""
    # Python does not convert texts of more than 4,300 digits, and no list is this long.
    return key.isascii() and key.isdecimal() and len(key) < 10


def component_name(reference: str) -> str:
    """Return the name of the schema component that a reference leads to."""
    return unescape(unquote(reference.removeprefix(COMPONENT)))


def reference_to(name: str) -> str:
    """Return the reference to the schema component of a name."""
    return COMPONENT + escape(name)
