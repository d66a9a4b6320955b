"""Splits a schema: into the types that it allows, or into all the values that it can have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import ceil, floor
from typing import Any

from wan_ergonomic.contract.document._bounds import bound
from wan_ergonomic.contract.document._equality import is_number
from wan_ergonomic.contract.document._node import Node
from wan_ergonomic.contract.document._schema import both, of_types, view
from wan_ergonomic.contract.document._view import TYPES, SchemaView

from ._accepts import COUNTED, Reading

# A property with more values is not split by them.
_MAX_VALUES = 64
# By type, the value with nothing in it.
_EMPTY: Mapping[str, Any] = {"string": "", "array": [], "object": {}}
# Larger numbers are not exact.
_FAR = 2.0**53


def finite(side: SchemaView, reading: Reading) -> list[Any] | None:
    """Return all values that a schema can accept; None if they are many."""
    if side.values is not None:
        values = [node.value for node in side.values]
        return [*values, None] if side.always_null else values
    kinds = kinds_of(side, reading)
    empty = {kind: [value] for kind, value in _EMPTY.items() if _most(side, COUNTED[kind]) == 0}
    if not {*kinds} <= {"boolean", "null", "integer", *empty}:
        return None
    lists: dict[str, list[Any] | None] = {"boolean": [True, False], "null": [None], **empty}
    if "integer" in kinds:
        lists["integer"] = _whole_numbers(side)
    chosen = [lists[kind] for kind in kinds]
    return None if None in chosen else [value for each in chosen for value in each or ()]


def most_of(side: SchemaView, of: str) -> int | None:
    """Return how many items or properties a schema describes, if it allows no others."""
    word = {"Items": "items", "Properties": "additionalProperties"}.get(of)
    others = side.keywords.get(word) if word else None
    if others is None or others.parts or others.value is not False:
        return None
    if of == "Items":
        first = side.keywords.get("prefixItems")
        return len(list(first.elements())) if first is not None and not first.parts else 0
    return None if "patternProperties" in side.keywords else len(side.properties)


def _most(side: SchemaView, of: str) -> float | None:
    counts = [side.count(f"max{of}"), most_of(side, of)]
    return min((count for count in counts if count is not None), default=None)


def _whole_numbers(side: SchemaView) -> list[int] | None:
    """Return the whole numbers within the limits of a schema; None if they are many."""
    upper, lower = bound(side, "maximum", 1), bound(side, "minimum", -1)
    if upper is None or lower is None:
        return None
    least, most = -lower.extent[0], upper.extent[0]
    if not -_FAR < least <= most < _FAR or most - least > _MAX_VALUES:
        return None
    return [*range(ceil(least), floor(most) + 1)]


def kinds_of(side: SchemaView, reading: Reading) -> list[str]:
    """Return the types that a schema allows; of integers and numbers only the wider one."""
    kinds = [k for k in sorted(TYPES) if reading.allows(side, k) and not _is_impossible(side, k)]
    step = side.value("multipleOf")
    if "number" in kinds and is_number(step) and step >= 1 and float(step).is_integer():
        kinds.remove("number")
    whole = "number" not in kinds and reading.allows(side, "integer")
    return [*kinds, "integer"] if whole else kinds


def _is_impossible(side: SchemaView, kind: str) -> bool:
    """Whether a value would have to be longer than it may be."""
    of = COUNTED.get(kind, "")
    least, most = side.count(f"min{of}"), _most(side, of)
    return least is not None and most is not None and least > most


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
