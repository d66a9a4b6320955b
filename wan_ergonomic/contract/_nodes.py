"""Places in a published document: a value, and the JSON pointer that leads to it.

References are followed here and nowhere else, so whoever compares two
documents sees through them and still knows where a thing is really written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote

_MAX_HOPS = 50


def escape(key: object) -> str:
    """Return a key as one segment of a JSON pointer (RFC 6901)."""
    text = str(key)
    # Most have neither, and there are very many.
    return text.replace("~", "~0").replace("/", "~1") if "/" in text or "~" in text else text


def look_up(document: Mapping[str, Any], reference: str) -> tuple[Any, str] | None:
    """Return what a reference within a document leads to, and its pointer; None for nowhere."""
    if reference != "#" and not reference.startswith("#/"):
        return None
    pointer = unquote(reference[1:])
    value: Any = document
    for segment in pointer.split("/")[1:]:
        key = segment.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list) and is_index(key) and int(key) < len(value):
            value = value[int(key)]
        elif isinstance(value, Mapping) and key in value:
            value = value[key]
        else:
            return None
    return value, pointer


def is_index(key: str) -> bool:
    """Whether a segment of a pointer can be a place in a list."""
    # No list is longer, and no number that Python refuses to read is shorter.
    return key.isascii() and key.isdecimal() and len(key) < 10


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
