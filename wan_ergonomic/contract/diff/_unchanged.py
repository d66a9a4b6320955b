"""Finds what two documents have in common, so that it is skipped.

Large documents share nearly everything with their next version.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from wan_ergonomic.contract.document._equality import as_json, without_documentation
from wan_ergonomic.contract.document._node import Node, Tree, entries
from wan_ergonomic.contract.document._pointer import references, targets


class Common:
    """The components that are the same in two documents, with all that they reference."""

    def __init__(
        self, old: Tree, new: Tree, of: Callable[[Any], Any] = lambda value: value
    ) -> None:
        """Find them.

        Args:
            old: The old document.
            new: The new document.
            of: Returns the part of a value that is compared.
        """
        self._trees = old, new
        self._of = of
        before, after = _components(old), _components(new)
        versions = (str(tree.data.get("openapi"))[:3] for tree in (old, new))
        # Keywords beside a reference count in some versions only.
        self._comparable = len(set(versions)) == 1
        same = {
            reference: value
            for reference, value in before.items()
            if reference in after and is_identical(of(value), of(after[reference]))
        }
        self._shared = _closed(
            same if self._comparable else {}, [*_children(before), *_children(after)]
        )

    def has(self, old: Node, new: Node) -> bool:
        """Whether two values, and all that they reference, are the same."""
        if not is_identical(self._of(old.value), self._of(new.value)):
            return False
        return all(reference in self._shared for reference in targets(old.value))

    def has_component(self, node: Node) -> bool:
        """Whether a node is a component that is the same, with all that it references."""
        return f"#{node.pointer}" in self._shared

    def is_alike(self, old: Node, new: Node) -> bool:
        """Whether two values are the same, though what they reference may differ."""
        return self._comparable and is_identical(self._of(old.value), self._of(new.value))

    @cached_property
    def besides_texts(self) -> Common:
        """What the documents have in common, whatever is written in descriptions and titles."""
        return Common(*self._trees, without_documentation)


def _components(tree: Tree) -> dict[str, Any]:
    """Return every component by its reference."""
    sections = entries(tree.top().get("components")).values()
    return {f"#{node.pointer}": node.value for section in sections for _, node in section.entries()}


def _closed(components: Mapping[str, Any], children: Iterable[tuple[str, str]]) -> set[str]:
    """Return the components whose references, at any depth, all lead to one of these."""
    used_by: dict[str, list[str]] = {}
    for child, parent in children:
        used_by.setdefault(child, []).append(parent)
    for name, value in components.items():
        for reference in targets(value):
            used_by.setdefault(reference, []).append(name)
    open_ones: set[str] = set()
    pending = [reference for reference in used_by if reference not in components]
    while pending:
        for user in used_by.get(pending.pop(), ()):
            if user not in open_ones:
                open_ones.add(user)
                pending.append(user)
    return components.keys() - open_ones


def _children(components: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each schema that is composed of one with a discriminator, which may choose it.

    At any depth: a child's own child may be chosen, too.
    """
    composed_of: dict[str, list[str]] = {}
    for name, value in components.items():
        composed = value.get("allOf") if isinstance(value, Mapping) else None
        if isinstance(composed, list):
            composed_of[name] = [parent for part in composed for parent in references(part)]
    choosing = {n for n, v in components.items() if isinstance(v, Mapping) and "discriminator" in v}
    while chosen := {
        name
        for name, parents in composed_of.items()
        if name not in choosing and not choosing.isdisjoint(parents)
    }:
        choosing |= chosen
    for name, parents in composed_of.items():
        yield from ((name, parent) for parent in parents if parent in choosing)


def is_identical(a: Any, b: Any) -> bool:
    """Whether two values are the same JSON text, apart from the order of keys."""
    # Python's comparison comes first because it is fast; it takes 1 for True.
    return bool(a == b) and (repr(a) == repr(b) or as_json(a) == as_json(b))
