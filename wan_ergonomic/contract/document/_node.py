"""Nodes of a published document: a value and its JSON pointer.

Nodes follow references, so that a comparison sees through them and still knows
where a value is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote

from wan_ergonomic._json import escape

from ._pointer import look_up

_MAX_HOPS = 500


class Tree:
    """A document, with caches of what references lead to and of the views of its schemas."""

    __slots__ = ("_anchors", "_targets", "data", "views")

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        # By the key of a node; filled by ``_schema``.
        self.views: dict[object, Any] = {}
        self._anchors: dict[str, Node] | None = None
        self._targets: dict[str, tuple[Any, str] | None] = {}

    def top(self) -> Node:
        """Return the root node."""
        return Node(self.data, "", self)

    def target(self, reference: str) -> Node | None:
        """Return what a reference leads to; None if it leads nowhere."""
        if reference not in self._targets:
            self._targets[reference] = look_up(self.data, reference)
        found = self._targets[reference]
        # A node of its own each time: one that is reached twice must not look like the end.
        return Node(*found, self) if found else None

    def anchor(self, name: str) -> Node | None:
        """Return the schema that an ``$anchor`` names; None if there is none."""
        if self._anchors is None:
            self._anchors = {}
            pending = [self.top()]
            while pending:
                node = pending.pop()
                if isinstance(node.value, dict) and isinstance(node.value.get("$anchor"), str):
                    self._anchors.setdefault(node.value["$anchor"], node)
                pending += (held for _, held in node.entries())
                pending += node.elements()
        return self._anchors.get(name)


class Node(NamedTuple):
    """A value in a document.

    Attributes:
        value: The value, as it is written.
        pointer: The JSON pointer to it.
        tree: The document.
        parts: The places that all count, if the value is the ``allOf`` of several.
    """

    value: Any
    pointer: str
    tree: Tree
    parts: tuple[Node, ...] = ()

    @property
    def key(self) -> object:
        """What identifies the node in its tree."""
        return tuple(part.pointer for part in self.parts) or self.pointer

    def get(self, *keys: str) -> Node | None:
        """Return the node at a path of keys, or None. References in between are followed.

        A reference at the end of the path is returned as it is written.
        """
        node: Node | None = self
        for key in keys:
            holder = node.resolved() if node else None
            if holder is None or not isinstance(holder.value, dict) or key not in holder.value:
                return None
            node = Node(holder.value[key], f"{holder.pointer}/{escape(key)}", self.tree)
        return node

    def followed(self) -> Node | None:
        """Return the target of a reference, or None if it leads nowhere; else this node itself."""
        reference = self.value.get("$ref") if isinstance(self.value, dict) else None
        if not isinstance(reference, str):
            return self
        if reference[:1] == "#" and reference[1:2] not in {"", "/"}:
            return self.tree.anchor(unquote(reference[1:]))
        return self.tree.target(reference)

    def resolved(self) -> Node | None:
        """Return the node at the end of a chain of references; None if it leads nowhere."""
        node: Node | None = self
        for _ in range(_MAX_HOPS):
            before, node = node, node and node.followed()
            if node is before:
                return node
        return None

    def entries(self) -> Iterator[tuple[str, Node]]:
        """Yield each key of an object with its node; nothing for other values."""
        if isinstance(self.value, dict):
            for key, value in self.value.items():
                yield str(key), Node(value, f"{self.pointer}/{escape(key)}", self.tree)

    def elements(self) -> Iterator[Node]:
        """Yield the node of each element of a list; nothing for other values."""
        if isinstance(self.value, list):
            for index, value in enumerate(self.value):
                yield Node(value, f"{self.pointer}/{index}", self.tree)

    def is_true(self, key: str) -> bool:
        """Whether an object has ``true`` under a key."""
        node = self.get(key)
        return node is not None and node.value is True


def all_of(*nodes: Node) -> Node:
    """Return what several places say together: an ``allOf`` that is written nowhere."""
    parts: dict[str, Node] = {}
    for node in nodes:
        # The same text means the same, wherever in a document it is.
        parts |= {repr(part.value): part for part in node.parts or (node,)}
    if len(parts) == 1:
        return nodes[-1]
    values = [parts[text].value for text in sorted(parts)]
    return Node({"allOf": values}, nodes[-1].pointer, nodes[-1].tree, tuple(parts.values()))


def entries(holder: Node | None) -> dict[str, Node]:
    """Return the entries of an object, or of the one that is referenced; else nothing."""
    found = holder.resolved() if holder else None
    return dict(found.entries()) if found else {}


def elements(holder: Node | None) -> list[Node]:
    """Return the elements of a list; else nothing."""
    return list(holder.elements()) if holder else []


def value_of(node: Node | None) -> Any:
    """Return the value of a node; None without a node."""
    return node.value if node else None
