"""Names of schema components: free names, merging and renaming."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._pointer import COMPONENT, component_name, reference_to, references


def free_name(wanted: str, taken: Mapping[str, Any]) -> str:
    """Return the wanted name if it is free, else the wanted name with a number."""
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}{number}"
    return name


def merge(
    into: dict[str, Any], schemas: Mapping[str, Any], content: Any
) -> tuple[Any, dict[str, str]]:
    """Add one document's components to another's, under new names where they differ.

    Args:
        into: The components to add to.
        schemas: The components to add.
        content: The rest of their document, which refers to them.

    Returns:
        The content with the new names, and the names that changed, as {old: new}.
    """
    other = {name for name, schema in schemas.items() if into.get(name, schema) != schema}
    growing = True
    while growing:
        more = {
            name
            for name in schemas.keys() - other
            if name in into and not other.isdisjoint(map(component_name, references(schemas[name])))
        }
        other |= more
        growing = bool(more)
    renamed: dict[str, str] = {}
    for name in sorted(other):
        renamed[name] = free_name(name, {**into, **schemas, **dict.fromkeys(renamed.values())})
    for name, schema in schemas.items():
        into[renamed.get(name, name)] = rename(schema, renamed)
    return rename(content, renamed), renamed


def rename(node: Any, names: Mapping[str, str]) -> Any:
    """Return a copy with the components renamed in references and discriminators."""
    if isinstance(node, list):
        return [rename(item, names) for item in node]
    if isinstance(node, str) and node.startswith(COMPONENT):
        name = component_name(node)
        return reference_to(names.get(name, name))
    if not isinstance(node, Mapping):
        return node
    return {key: rename(value, names) for key, value in node.items()}
