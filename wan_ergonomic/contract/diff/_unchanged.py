"""What two documents have in common.

Large documents share nearly everything with their next version. What is written
alike in both, down to the last reference, need not be looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wan_ergonomic.contract.document._equality import written
from wan_ergonomic.contract.document._node import Node, Tree, entries


def references(value: Any) -> Iterator[str]:
    """Yield each reference within a value, not following any."""
    pending = [value] if isinstance(value, dict | list) else []
    while pending:
        item = pending.pop()
        if isinstance(item, dict) and isinstance(item.get("$ref"), str):
            yield item["$ref"]
        held = item.values() if isinstance(item, dict) else item
        pending += [part for part in held if isinstance(part, dict | list)]


class Common:
    """What two documents have in common."""

    def __init__(self, old: Tree, new: Tree) -> None:
        before, after = _components(old), _components(new)
        versions = (str(tree.data.get("openapi"))[:3] for tree in (old, new))
        # What stands beside a reference means something in some versions only.
        comparable = len(set(versions)) == 1
        self._shared = _without_ways_out(
            {
                reference: value
                for reference, value in before.items()
                if comparable and reference in after and is_same(value, after[reference])
            }
        )

    def has(self, old: Node, new: Node) -> bool:
        """Whether two places mean the same because they, and all they lead to, are alike."""
        if not is_same(old.value, new.value):
            return False
        return all(reference in self._shared for reference in references(old.value))


def _components(tree: Tree) -> dict[str, Any]:
    """Return every component by the reference that leads to it."""
    sections = entries(tree.top().get("components")).values()
    return {f"#{node.pointer}": node.value for section in sections for _, node in section.entries()}


def _without_ways_out(components: Mapping[str, Any]) -> set[str]:
    """Return the components from which only such components are reached."""
    used_by: dict[str, list[str]] = {}
    for name, value in components.items():
        for reference in references(value):
            used_by.setdefault(reference, []).append(name)
    lost: set[str] = set()
    pending = [reference for reference in used_by if reference not in components]
    while pending:
        for user in used_by.get(pending.pop(), ()):
            if user not in lost:
                lost.add(user)
                pending.append(user)
    return components.keys() - lost


def is_same(a: Any, b: Any) -> bool:
    """Whether two values are written alike, but for the order of keys."""
    # Python's own answer first, which is fast, but takes 1 for True.
    return bool(a == b) and (repr(a) == repr(b) or written(a) == written(b))
