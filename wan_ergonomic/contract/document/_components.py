"""Names of components."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ._pointer import COMPONENT, component_name, reference_to


def free(wanted: str, taken: Mapping[str, Any]) -> str:
    """Return a name that is not taken yet: the wanted one, or that with a number."""
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}{number}"
    return name


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
        yield component_name(node["$ref"])


def rename(node: Any, names: Mapping[str, str]) -> Any:
    """Return a copy that refers to components by other names, discriminators included."""
    if isinstance(node, list):
        return [rename(item, names) for item in node]
    if isinstance(node, str) and node.startswith(COMPONENT):
        name = component_name(node)
        return reference_to(names.get(name, name))
    if not isinstance(node, Mapping):
        return node
    return {key: rename(value, names) for key, value in node.items()}
