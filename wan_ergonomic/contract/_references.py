"""Copies part of a document, with what it refers to.

Either everything stands in its place afterwards, or schemas stay components,
pruned to what is reached. What leads back to itself is always a component.
Nothing here corrects anything: a reference that leads nowhere is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from .._errors import ContractError
from ._nodes import is_index

# How many places a document may have when nothing is referenced, before all but
# the outermost schemas are referenced after all.
MOST_PLACES = 50_000
_COMPONENT = "#/components/schemas/"
_OTHER_COMPONENT = re.compile(r"#/components/(?!schemas/)")


class TooManyPlacesError(ContractError):
    """A document would be too large with everything in its place."""


class Copier:
    """Copies from one document.

    Args:
        document: What references lead into.
        levels: How many schemas may stand inside one another in their places; None for
            any number.

    Attributes:
        schemas: The schemas that stay components, by name.
    """

    def __init__(self, document: Mapping[str, Any], levels: int | None) -> None:
        self.schemas: dict[str, Any] = {}
        self._document = document
        self._levels = levels
        self._names: dict[str, str] = {}
        self._places = 0

    def copy(self, node: Any, trail: tuple[str, ...] = ()) -> Any:
        """Return a copy of a node of the document, with what it refers to.

        Raises:
            ContractError: A reference leads nowhere, outside, or in a circle without end.
        """
        self._places += 1
        if self._levels is None and self._places > MOST_PLACES:
            raise TooManyPlacesError("A published document is too large without references.")
        if isinstance(node, list):
            return [self.copy(item, trail) for item in node]
        if not isinstance(node, Mapping):
            return node
        if not isinstance(node.get("$ref"), str):
            return {key: self.copy(value, trail) for key, value in node.items()}
        reference, target = self._follow(node["$ref"])
        beside = {key: self.copy(value, trail) for key, value in node.items() if key != "$ref"}
        if self._is_component(reference, trail):
            return {**beside, "$ref": self._component(reference, target)}
        found = self.copy(target, (*trail, reference))
        newer = str(self._document.get("openapi")) >= "3.1"
        return {**found, **beside} if newer and isinstance(found, dict) else found

    def _follow(self, reference: str) -> tuple[str, Any]:
        """Return the last of a chain of references, and what it leads to."""
        seen = {reference}
        target = look_up(reference, self._document)
        while isinstance(target, Mapping) and isinstance(target.get("$ref"), str):
            reference = target["$ref"]
            if reference in seen:
                raise ContractError(f"The reference {reference} leads back to itself.")
            seen.add(reference)
            target = look_up(reference, self._document)
        return reference, target

    def _is_component(self, reference: str, trail: tuple[str, ...]) -> bool:
        if _OTHER_COMPONENT.match(reference):
            if reference in trail:
                raise ContractError(f"The reference {reference} leads back to itself.")
            return False
        if reference in trail or reference in self._names:
            return True
        if not reference.startswith(_COMPONENT) or self._levels is None:
            return False
        return sum(part.startswith(_COMPONENT) for part in trail) >= self._levels

    def _component(self, reference: str, target: Any) -> str:
        """Return the reference to a component, which is copied the first time."""
        if reference not in self._names:
            name = free(unescape(reference.rsplit("/", 1)[-1]), self.schemas)
            self._names[reference] = name
            self.schemas[name] = {}
            self.schemas[name] = self.copy(target, (reference,))
        return _COMPONENT + escape(self._names[reference])


def free(wanted: str, taken: Mapping[str, Any]) -> str:
    """Return a name that is not taken yet: the wanted one, or that with a number."""
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}{number}"
    return name


def look_up(reference: str, document: Mapping[str, Any]) -> Any:
    """Return what a reference leads to.

    Raises:
        ContractError: It leads nowhere, or outside the document.
    """
    if not reference.startswith("#/"):
        raise ContractError(f"The reference {reference} leads outside its document.")
    node: Any = document
    for part in reference[2:].split("/"):
        key = unescape(part)
        if isinstance(node, list) and is_index(key) and int(key) < len(node):
            node = node[int(key)]
        elif isinstance(node, Mapping) and key in node:
            node = node[key]
        else:
            raise ContractError(f"The reference {reference} leads nowhere.")
    return node


def escape(name: str) -> str:
    """Return a name as it is written in a reference."""
    return name.replace("~", "~0").replace("/", "~1")


def unescape(part: str) -> str:
    """Return the name that one part of a reference stands for."""
    return unquote(part).replace("~1", "/").replace("~0", "~")


def merge(
    into: dict[str, Any], schemas: Mapping[str, Any], content: Any
) -> tuple[Any, dict[str, str]]:
    """Add one document's components to another's, under other names where they differ.

    Returns:
        What refers to the components, with their names of now, and the names
        that changed, as {old: new}.
    """
    other = {name for name, schema in schemas.items() if into.get(name, schema) != schema}
    growing = True
    while growing:
        more = {
            name
            for name in schemas.keys() - other
            if name in into and any(target in other for target in _targets(schemas[name]))
        }
        other |= more
        growing = bool(more)
    renamed: dict[str, str] = {}
    for name in sorted(other):
        renamed[name] = free(name, {**into, **schemas, **dict.fromkeys(renamed.values())})
    for name, schema in schemas.items():
        into[renamed.get(name, name)] = rename(schema, renamed)
    return rename(content, renamed), renamed


def _targets(node: Any) -> Iterator[str]:
    """Yield the name of each component that a node refers to."""
    for child in node.values() if isinstance(node, Mapping) else node:
        if isinstance(child, Mapping | list):
            yield from _targets(child)
    if isinstance(node, Mapping) and isinstance(node.get("$ref"), str):
        yield unescape(node["$ref"].removeprefix(_COMPONENT))


def rename(node: Any, names: Mapping[str, str]) -> Any:
    """Return a copy that refers to components by other names, discriminators included."""
    if isinstance(node, list):
        return [rename(item, names) for item in node]
    if isinstance(node, str) and node.startswith(_COMPONENT):
        name = unescape(node.removeprefix(_COMPONENT))
        return _COMPONENT + escape(names.get(name, name))
    if not isinstance(node, Mapping):
        return node
    return {key: rename(value, names) for key, value in node.items()}
