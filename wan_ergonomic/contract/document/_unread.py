"""References that cannot be followed: what they lead to is not part of any comparison."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ._node import Node
from ._pointer import CONTAINERS

# Where these lead depends on the schemas around them, so they are not followed.
_DYNAMIC = ("$dynamicRef", "$recursiveRef")
_REFERENCES = ("$ref", *_DYNAMIC)
# The values of these are examples or plain values, not parts of the description.
_NOT_DESCRIBING = frozenset({"const", "default", "enum", "example", "examples"})
# The keys of these objects are names, not keywords.
_BY_NAME = frozenset(
    {"$defs", "callbacks", "content", "definitions", "dependentSchemas", "encoding", "headers"}
    | {"links", "patternProperties", "properties", "responses"}
)


def unread_references(nodes: Iterable[Node]) -> list[str]:
    """Return each reference, at any depth, that cannot be followed.

    It leads nowhere, out of the document, or where the schemas around it say.

    One that leads back to itself has been read: there is nothing more in it.
    """
    unread: dict[str, None] = {}
    seen: set[tuple[str, str]] = set()
    pending = [(node.value, node.tree) for node in nodes]
    while pending:
        value, tree = pending.pop()
        for keyword, reference in _references(value):
            if (keyword, reference) in seen:
                continue
            seen.add((keyword, reference))
            target = Node({"$ref": reference}, "", tree).followed()
            if target is None or keyword in _DYNAMIC:
                unread[reference] = None
            else:
                pending.append((target.value, tree))
    return list(unread)


def is_unread(written: Node) -> bool:
    """Whether a value is a reference that leads nowhere or out of the document."""
    return written.resolved() is None and bool(unread_references([written]))


def leads_out(reference: str) -> bool:
    """Whether a reference leads to another document."""
    return not reference.startswith("#")


def _references(value: Any) -> Iterator[tuple[str, str]]:
    """Yield each reference within a value, with its keyword, without following it."""
    pending = [(value, False)]
    while pending:
        item, has_names = pending.pop()
        if isinstance(item, list):
            pending += [(each, False) for each in item]
        elif isinstance(item, Mapping):
            for key, below in item.items():
                if isinstance(below, CONTAINERS):
                    if has_names or not (key in _NOT_DESCRIBING or key.startswith("x-")):
                        pending.append((below, not has_names and key in _BY_NAME))
                elif key in _REFERENCES and isinstance(below, str) and not has_names:
                    yield key, below
