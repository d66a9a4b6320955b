"""Places in a published document: a value, and the JSON pointer that leads to it.

References are followed here and nowhere else, so whoever compares two
documents sees through them and still knows where a thing is really written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from wan_ergonomic._json import escape

from ._pointer import look_up

_MAX_HOPS = 50


class Tree:
    """A document, with what was found out about its places."""

    __slots__ = ("data", "views")

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        # What each schema says, by pointer; kept by ``_views``.
        self.views: dict[str, Any] = {}

    def top(self) -> Node:
        """Return the document itself as a place."""
        return Node(self.data, "", self)


class Node(NamedTuple):
    """A value in a document.

    Attributes:
        value: What is written there.
        pointer: Where that is.
        tree: The document.
    """

    value: Any
    pointer: str
    tree: Tree

    def get(self, *keys: str) -> Node | None:
        """Return what is under the keys, one below the other, with references followed on the way.

        What the last key leads to is returned as it is written.
        """
        node: Node | None = self
        for key in keys:
            holder = node.resolved() if node else None
            if holder is None or not isinstance(holder.value, dict) or key not in holder.value:
                return None
            node = Node(holder.value[key], f"{holder.pointer}/{escape(key)}", self.tree)
        return node

    def followed(self) -> Node | None:
        """Return the place that a reference here leads to, itself if here is none; None if gone."""
        reference = self.value.get("$ref") if isinstance(self.value, dict) else None
        if not isinstance(reference, str):
            return self
        found = look_up(self.tree.data, reference)
        return Node(*found, self.tree) if found else None

    def resolved(self) -> Node | None:
        """Return the place that references lead to in the end; None if they lead nowhere."""
        node: Node | None = self
        for _ in range(_MAX_HOPS):
            before, node = node, node and node.followed()
            if node is before:
                return node
        return None

    def entries(self) -> Iterator[tuple[str, Node]]:
        """Yield each key of an object with its place; nothing for anything else."""
        if isinstance(self.value, dict):
            for key, value in self.value.items():
                yield str(key), Node(value, f"{self.pointer}/{escape(key)}", self.tree)

    def elements(self) -> Iterator[Node]:
        """Yield each place in a list; nothing for anything else."""
        if isinstance(self.value, list):
            for index, value in enumerate(self.value):
                yield Node(value, f"{self.pointer}/{index}", self.tree)

    def is_true(self, key: str) -> bool:
        """Whether the object here says so under a key."""
        node = self.get(key)
        return node is not None and node.value is True


def entries(holder: Node | None) -> dict[str, Node]:
    """Return the entries of an object, a reference to it followed; none where there is none."""
    found = holder.resolved() if holder else None
    return dict(found.entries()) if found else {}


def elements(holder: Node | None) -> list[Node]:
    """Return the elements of a list; none where there is none."""
    return list(holder.elements()) if holder else []


def value_of(node: Node | None) -> Any:
    """Return what is written at a place; None where there is none."""
    return node.value if node else None
