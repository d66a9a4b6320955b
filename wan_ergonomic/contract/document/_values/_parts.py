"""Splits a schema: into the types that it allows, or into all the values that it can have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wan_ergonomic.contract.document._node import Node
from wan_ergonomic.contract.document._schema import both, of_types, view
from wan_ergonomic.contract.document._view import TYPES, SchemaView

from ._accepts import Reading

# A property with more values is not split by them.
_MAX_VALUES = 64


def finite(side: SchemaView, reading: Reading) -> list[Any] | None:
    """Return all values that a schema can accept; None if they are many."""
    if side.values is not None:
        values = [node.value for node in side.values]
        return [*values, None] if side.always_null else values
    kinds = kinds_of(side, reading)
    if not {*kinds} <= {"boolean", "null"}:
        return None
    return [value for kind in kinds for value in ((True, False) if kind == "boolean" else (None,))]


def kinds_of(side: SchemaView, reading: Reading) -> list[str]:
    """Return the types that a schema allows; of integers and numbers only the wider one."""
    kinds = [kind for kind in sorted(TYPES) if reading.allows(side, kind)]
    whole = "number" not in kinds and reading.allows(side, "integer")
    return [*kinds, "integer"] if whole else kinds


def parts_of(side: SchemaView, reading: Reading) -> Iterator[SchemaView]:
    """Yield the parts of a schema: for each type, or for each value of a property."""
    kinds = kinds_of(side, reading)
    if len(kinds) > 1:
        for kind in kinds:
            yield of_types(side, frozenset({kind}))
        return
    for name in side.required:
        node = side.properties.get(name)
        values = finite(view(node), reading) if node is not None else None
        if node is not None and values is not None and 1 < len(values) <= _MAX_VALUES:
            for index, value in enumerate(values):
                only = Node({"enum": [value]}, f"{node.pointer}~{index}", node.tree)
                yield both(side, SchemaView(node, properties={name: only}))
            return
